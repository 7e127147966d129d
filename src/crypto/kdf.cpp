#include "crypto/kdf.h"

#include <algorithm>

#include "base/invariant.h"
#include "crypto/hmac.h"

namespace sallyport::crypto {

void hkdf_sha256(base::ByteView secret, base::ByteView salt, std::string_view purpose,
                 std::span<std::uint8_t> output) {
  constexpr std::size_t block = digest_size(HashAlgorithm::sha256);
  SALLYPORT_INVARIANT(output.size() <= 255 * block);
  const HmacKey extracted(HashAlgorithm::sha256, HmacKey(HashAlgorithm::sha256, salt).sign({secret}).octets());
  Mac previous;  // T(0) is empty
  for (std::uint8_t counter = 1; !output.empty(); ++counter) {
    previous = extracted.sign({previous.octets(), base::as_bytes(purpose), base::ByteView(&counter, 1)});
    const auto taken = std::min(output.size(), block);
    std::ranges::copy(previous.first(taken), output.begin());
    output = output.subspan(taken);
  }
}

std::array<std::uint8_t, 32> derive_key(base::ByteView secret, base::ByteView salt, std::string_view purpose) {
  std::array<std::uint8_t, 32> key{};
  hkdf_sha256(secret, salt, purpose, key);
  return key;
}

}  // namespace sallyport::crypto
