#include "crypto/hash.h"

#include <openssl/evp.h>

#include <memory>

#include "base/invariant.h"

namespace sallyport::crypto {
namespace {

constexpr std::size_t algorithm_count = 4;

// Never freed: threads may still hash while static objects are destroyed.
const EVP_MD* fetched(HashAlgorithm algorithm) {
  static const std::array<EVP_MD*, algorithm_count> digests = [] {
    std::array<EVP_MD*, algorithm_count> found = {
        EVP_MD_fetch(nullptr, "MD5", nullptr), EVP_MD_fetch(nullptr, "SHA1", nullptr),
        EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_fetch(nullptr, "SHA512", nullptr)};
    for (const auto* digest : found) SALLYPORT_INVARIANT(digest != nullptr);
    return found;
  }();
  return digests[static_cast<std::size_t>(algorithm)];
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* context_of(HashAlgorithm algorithm) {
  thread_local std::array<std::unique_ptr<EVP_MD_CTX, FreeContext>, algorithm_count> contexts;
  auto& context = contexts[static_cast<std::size_t>(algorithm)];
  if (!context) context.reset(EVP_MD_CTX_new());
  SALLYPORT_INVARIANT(context != nullptr);
  return context.get();
}

template <std::size_t size>
std::array<std::uint8_t, size> hash(HashAlgorithm algorithm, Parts parts) {
  std::array<std::uint8_t, size> digest{};
  hash_into(algorithm, {}, parts, digest);
  return digest;
}

}  // namespace

void hash_into(HashAlgorithm algorithm, base::ByteView head, Parts parts, std::span<std::uint8_t> digest) {
  SALLYPORT_INVARIANT(digest.size() == digest_size(algorithm));
  auto* context = context_of(algorithm);
  bool ok = EVP_DigestInit_ex2(context, fetched(algorithm), nullptr) == 1;
  ok = ok && (head.empty() || EVP_DigestUpdate(context, head.data(), head.size()) == 1);
  for (const auto part : parts)
    ok = ok && (part.empty() || EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  ok = ok && EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  SALLYPORT_INVARIANT(ok);
}

std::array<std::uint8_t, 16> md5(Parts parts) { return hash<16>(HashAlgorithm::md5, parts); }
std::array<std::uint8_t, 20> sha1(Parts parts) { return hash<20>(HashAlgorithm::sha1, parts); }
std::array<std::uint8_t, 32> sha256(Parts parts) { return hash<32>(HashAlgorithm::sha256, parts); }
std::array<std::uint8_t, 64> sha512(Parts parts) { return hash<64>(HashAlgorithm::sha512, parts); }

}  // namespace sallyport::crypto
