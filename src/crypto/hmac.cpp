#include "crypto/hmac.h"

#include <algorithm>

#include "base/secret.h"
#include "crypto/constant_time.h"

namespace sallyport::crypto {

HmacKey::HmacKey(HashAlgorithm algorithm, base::ByteView key)
    : algorithm_(algorithm), block_size_(algorithm == HashAlgorithm::sha512 ? 128 : 64) {
  if (key.size() > block_size_) {
    hash_into(algorithm_, key, {}, std::span(inner_).first(digest_size(algorithm_)));
  } else {
    std::ranges::copy(key, inner_.begin());
  }
  for (std::size_t i = 0; i < block_size_; ++i) {
    outer_[i] = inner_[i] ^ 0x5cU;
    inner_[i] ^= 0x36U;
  }
}

HmacKey::~HmacKey() {
  base::wipe(inner_);
  base::wipe(outer_);
}

void HmacKey::sign_into(Parts message, std::span<std::uint8_t> mac) const {
  std::array<std::uint8_t, max_digest_size> inner_digest{};
  const auto inner = std::span(inner_digest).first(digest_size(algorithm_));
  hash_into(algorithm_, {inner_.data(), block_size_}, message, inner);
  hash_into(algorithm_, {outer_.data(), block_size_}, {inner}, mac);
}

Mac HmacKey::sign(Parts message) const {
  Mac mac;
  mac.size_ = digest_size(algorithm_);
  sign_into(message, std::span(mac.octets_).first(mac.size_));
  return mac;
}

bool HmacKey::verify(Parts message, base::ByteView expected) const {
  constexpr std::size_t shortest = 10;
  if (expected.size() < shortest || expected.size() > digest_size(algorithm_)) return false;
  return constant_time_equal(sign(message).first(expected.size()), expected);
}

}  // namespace sallyport::crypto
