#include "crypto/password_hash.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/invariant.h"
#include "crypto/constant_time.h"
#include "crypto/random.h"

namespace sallyport::crypto {
namespace {

constexpr std::size_t longest_hash = CRYPT_OUTPUT_SIZE - 1;

// 32 KiB of working memory; it holds the password and its intermediate digests.
struct WorkingMemory {
  std::unique_ptr<crypt_data> memory = std::make_unique<crypt_data>();
  WorkingMemory() = default;
  WorkingMemory(const WorkingMemory&) = delete;
  WorkingMemory& operator=(const WorkingMemory&) = delete;
  ~WorkingMemory() { base::wipe({reinterpret_cast<std::uint8_t*>(memory.get()), sizeof *memory}); }
};

// What a C string would cut short, and what the library would refuse.
bool hashable(const base::Secret& password) {
  const auto text = password.reveal();
  return !text.empty() && text.size() <= CRYPT_MAX_PASSPHRASE_SIZE && text.find('\0') == std::string_view::npos;
}

std::string hash_with(const base::Secret& password, const char* setting) {
  WorkingMemory working;
  std::string phrase(password.reveal());
  const char* hashed = crypt_rn(phrase.c_str(), setting, working.memory.get(), sizeof(crypt_data));
  base::wipe({reinterpret_cast<std::uint8_t*>(phrase.data()), phrase.size()});
  return hashed == nullptr ? std::string() : std::string(hashed);
}

}  // namespace

bool valid_password_hash(std::string_view hash_text) {
  constexpr std::size_t yescrypt_digits = 43;  // 256 bits
  constexpr std::size_t sha512_digits = 86;    // 512 bits
  constexpr std::string_view alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$=";
  const bool sha512_form = hash_text.starts_with("$6$");
  if (!sha512_form && !hash_text.starts_with("$y$") && !hash_text.starts_with("$7$")) return false;
  if (hash_text.size() > longest_hash || hash_text.find_first_not_of(alphabet) != std::string_view::npos)
    return false;
  const auto digits = hash_text.size() - hash_text.rfind('$') - 1;
  if (digits != (sha512_form ? sha512_digits : yescrypt_digits)) return false;
  return std::ranges::count(hash_text, '$') >= 3 &&
         crypt_checksalt(std::string(hash_text).c_str()) == CRYPT_SALT_OK;
}

bool verify_password(std::string_view hash_text, const base::Secret& password) {
  if (!hashable(password) || !valid_password_hash(hash_text)) return false;
  const auto computed = hash_with(password, std::string(hash_text).c_str());
  return !computed.empty() && constant_time_equal(base::as_bytes(computed), base::as_bytes(hash_text));
}

std::string make_password_hash(const base::Secret& password) {
  if (!hashable(password)) return {};
  std::array<std::uint8_t, 16> salt;
  fill_random(salt);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  SALLYPORT_INVARIANT(crypt_gensalt_rn("$y$", 0, reinterpret_cast<const char*>(salt.data()), salt.size(),
                                       setting.data(), static_cast<int>(setting.size())) != nullptr);
  return hash_with(password, setting.data());
}

std::string_view dummy_password_hash() {
  return "$y$j9T$nnUsNyKyUJBHTKwpGSvzn/$...........................................";
}

}  // namespace sallyport::crypto
