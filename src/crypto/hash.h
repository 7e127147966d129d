#pragma once
// One-shot digests over several spans laid end to end. The algorithms are fetched once and each thread keeps
// its own contexts, because fetching and allocating is most of what a small digest costs in OpenSSL 3. No call
// allocates after a thread's first of its kind. MD5 and SHA-1 are here for the protocols that demand them, not
// to choose.
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "base/bytes.h"

namespace sallyport::crypto {

enum class HashAlgorithm : std::uint8_t { md5, sha1, sha256, sha512 };

constexpr std::size_t digest_size(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::md5:
      return 16;
    case HashAlgorithm::sha1:
      return 20;
    case HashAlgorithm::sha256:
      return 32;
    case HashAlgorithm::sha512:
      return 64;
  }
  return 0;
}
constexpr std::size_t max_digest_size = 64;

using Parts = std::initializer_list<base::ByteView>;  // octets that are read as if they lay end to end

std::array<std::uint8_t, 16> md5(Parts parts);
std::array<std::uint8_t, 20> sha1(Parts parts);
std::array<std::uint8_t, 32> sha256(Parts parts);
std::array<std::uint8_t, 64> sha512(Parts parts);

// The digest of `head` followed by `parts`; `digest` is exactly digest_size(algorithm) octets.
void hash_into(HashAlgorithm algorithm, base::ByteView head, Parts parts, std::span<std::uint8_t> digest);

}  // namespace sallyport::crypto
