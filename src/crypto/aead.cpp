#include "crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/invariant.h"
#include "crypto/random.h"

namespace sallyport::crypto {
namespace {

const EVP_CIPHER* fetched_cipher() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  SALLYPORT_INVARIANT(cipher != nullptr);
  return cipher;
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// Keyed anew for each message: the key schedule costs less than the allocations of a copied context.
EVP_CIPHER_CTX* context_of_thread() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  SALLYPORT_INVARIANT(context != nullptr);
  return context.get();
}

int length_of(base::ByteView octets) {
  SALLYPORT_INVARIANT(octets.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(octets.size());
}

}  // namespace

AeadKey::AeadKey(std::span<const std::uint8_t, key_size> key) : key_() { std::ranges::copy(key, key_.begin()); }
AeadKey::~AeadKey() { base::wipe(key_); }

AeadKey::Nonce AeadKey::random_nonce() {
  Nonce nonce;
  fill_random(nonce);
  return nonce;
}

base::Bytes AeadKey::seal(const Nonce& nonce, base::ByteView plaintext, base::ByteView associated) const {
  base::Bytes sealed(plaintext.size() + tag_size);
  auto* context = context_of_thread();
  int written = 0;
  bool ok = EVP_EncryptInit_ex2(context, fetched_cipher(), key_.data(), nonce.data(), nullptr) == 1;
  if (!associated.empty())
    ok = ok && EVP_EncryptUpdate(context, nullptr, &written, associated.data(), length_of(associated)) == 1;
  if (!plaintext.empty())
    ok = ok && EVP_EncryptUpdate(context, sealed.data(), &written, plaintext.data(), length_of(plaintext)) == 1;
  ok = ok && EVP_EncryptFinal_ex(context, sealed.data() + plaintext.size(), &written) == 1;
  ok = ok &&
       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, sealed.data() + plaintext.size()) == 1;
  SALLYPORT_INVARIANT(ok);
  return sealed;
}

std::optional<base::Bytes> AeadKey::open(const Nonce& nonce, base::ByteView sealed,
                                         base::ByteView associated) const {
  if (sealed.size() < tag_size) return std::nullopt;
  const auto ciphertext = sealed.first(sealed.size() - tag_size);
  std::array<std::uint8_t, tag_size> tag{};  // the library takes it as not const
  std::ranges::copy(sealed.last(tag_size), tag.begin());
  base::Bytes plaintext(ciphertext.size());
  auto* context = context_of_thread();
  int written = 0;
  bool ok = EVP_DecryptInit_ex2(context, fetched_cipher(), key_.data(), nonce.data(), nullptr) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1;
  if (!associated.empty())
    ok = ok && EVP_DecryptUpdate(context, nullptr, &written, associated.data(), length_of(associated)) == 1;
  if (!ciphertext.empty())
    ok = ok &&
         EVP_DecryptUpdate(context, plaintext.data(), &written, ciphertext.data(), length_of(ciphertext)) == 1;
  SALLYPORT_INVARIANT(ok);  // only the tag can be wrong
  std::uint8_t nothing = 0;
  if (EVP_DecryptFinal_ex(context, &nothing, &written) != 1) {
    if (!plaintext.empty()) base::wipe(plaintext);
    return std::nullopt;
  }
  return plaintext;
}

std::optional<base::Secret> AeadKey::open_secret(const Nonce& nonce, base::ByteView sealed,
                                                 base::ByteView associated) const {
  auto plaintext = open(nonce, sealed, associated);
  if (!plaintext) return std::nullopt;
  base::Secret secret{base::as_text(*plaintext)};
  if (!plaintext->empty()) base::wipe(*plaintext);
  return secret;
}

}  // namespace sallyport::crypto
