#include "authservice/secret_box.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace sallyport::authservice {
namespace {

std::string associated(std::string_view account, std::string_view credential) {
  std::string text = "sallyport credential secret";
  for (auto part : {account, credential}) text.append(1, '\0').append(part);
  return text;
}

base::Result<std::pair<std::int64_t, crypto::AeadKey>> read_key(const base::Secret& text) {
  auto octets = base::from_base64(text.reveal());
  if (!octets || octets->size() != crypto::AeadKey::key_size) {
    return base::failure("a key for secrets is not 32 octets as base 64");
  }
  const auto digest = crypto::sha256({base::as_bytes("sallyport key id"), *octets});
  std::int64_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) id = id << 8 | digest[i];
  crypto::AeadKey key(std::span<const std::uint8_t, crypto::AeadKey::key_size>(octets->data(), octets->size()));
  base::wipe(*octets);
  return std::pair(id, key);
}

}  // namespace

base::Result<SecretBox> SecretBox::make(const base::Secret& key, const std::vector<base::Secret>& old_keys) {
  SecretBox box;
  auto sealing = read_key(key);
  if (!sealing) return std::unexpected(sealing.error());
  box.keys_.push_back(*sealing);
  for (const auto& old : old_keys) {
    auto read = read_key(old);
    if (!read) return std::unexpected(read.error());
    box.keys_.push_back(*read);
  }
  return box;
}

base::Bytes SecretBox::seal(base::ByteView secret, std::string_view account,
                            std::string_view credential) const {
  const auto nonce = crypto::AeadKey::random_nonce();
  const auto text = associated(account, credential);
  base::Bytes sealed(nonce.begin(), nonce.end());
  const auto ciphertext = keys_.front().second.seal(nonce, secret, base::as_bytes(text));
  sealed.insert(sealed.end(), ciphertext.begin(), ciphertext.end());
  return sealed;
}

std::optional<base::Secret> SecretBox::open(base::ByteView sealed, std::int64_t key_id,
                                            std::string_view account, std::string_view credential) const {
  const auto known = std::ranges::find(keys_, key_id, &decltype(keys_)::value_type::first);
  if (known == keys_.end() || sealed.size() < crypto::AeadKey::nonce_size) return std::nullopt;
  crypto::AeadKey::Nonce nonce;
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  const auto text = associated(account, credential);
  return known->second.open_secret(nonce, sealed.subspan(nonce.size()), base::as_bytes(text));
}

std::vector<std::int64_t> SecretBox::key_ids() const {
  std::vector<std::int64_t> ids;
  ids.reserve(keys_.size());
  for (const auto& [id, key] : keys_) ids.push_back(id);
  return ids;
}

}  // namespace sallyport::authservice
