#pragma once
// AES-256-GCM. What is sealed comes back unchanged under the same key, nonce and associated data, or not at
// all. The caller never uses a nonce twice under one key: draw it with random_nonce(), and derive a fresh key
// long before 2^32 messages. A key can be shared by threads; it is wiped when it goes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/secret.h"

namespace sallyport::crypto {

class AeadKey {
 public:
  static constexpr std::size_t key_size = 32;
  static constexpr std::size_t nonce_size = 12;
  static constexpr std::size_t tag_size = 16;
  using Nonce = std::array<std::uint8_t, nonce_size>;

  explicit AeadKey(std::span<const std::uint8_t, key_size> key);
  AeadKey(const AeadKey&) = default;
  AeadKey& operator=(const AeadKey&) = default;
  ~AeadKey();

  static Nonce random_nonce();  // 96 bits from the kernel

  // Ciphertext, then the tag: tag_size octets longer than the plaintext.
  [[nodiscard]] base::Bytes seal(const Nonce& nonce, base::ByteView plaintext, base::ByteView associated) const;
  // Nothing when a bit of nonce, octets or associated data differs.
  [[nodiscard]] std::optional<base::Bytes> open(const Nonce& nonce, base::ByteView sealed,
                                                base::ByteView associated) const;
  [[nodiscard]] std::optional<base::Secret> open_secret(const Nonce& nonce, base::ByteView sealed,
                                                        base::ByteView associated) const;

 private:
  std::array<std::uint8_t, key_size> key_;
};

}  // namespace sallyport::crypto
