#include "crypto/constant_time.h"

#include <openssl/crypto.h>

namespace sallyport::crypto {

bool constant_time_equal(base::ByteView left, base::ByteView right) {
  if (left.size() != right.size()) return false;
  return left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace sallyport::crypto
