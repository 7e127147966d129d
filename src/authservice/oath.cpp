#include "authservice/oath.h"

#include <fmt/format.h>

#include <array>

#include "base/invariant.h"

namespace sallyport::authservice {
namespace {

crypto::HashAlgorithm hash_of(OathAlgorithm algorithm) {
  switch (algorithm) {
    case OathAlgorithm::sha1:
      return crypto::HashAlgorithm::sha1;
    case OathAlgorithm::sha256:
      return crypto::HashAlgorithm::sha256;
    case OathAlgorithm::sha512:
      return crypto::HashAlgorithm::sha512;
  }
  SALLYPORT_INVARIANT(false);
}

}  // namespace

std::string_view to_string(OathAlgorithm algorithm) {
  switch (algorithm) {
    case OathAlgorithm::sha1:
      return "SHA1";
    case OathAlgorithm::sha256:
      return "SHA256";
    case OathAlgorithm::sha512:
      return "SHA512";
  }
  return "?";
}

std::optional<OathAlgorithm> oath_algorithm(std::string_view text) {
  for (auto algorithm : {OathAlgorithm::sha1, OathAlgorithm::sha256, OathAlgorithm::sha512}) {
    if (to_string(algorithm) == text) return algorithm;
  }
  return std::nullopt;
}

OathKey::OathKey(OathAlgorithm algorithm, int digits, base::ByteView secret)
    : key_(hash_of(algorithm), secret), digits_(digits) {
  SALLYPORT_INVARIANT(digits == 6 || digits == 8);
}

std::uint32_t OathKey::code(std::int64_t moving_factor) const {
  std::array<std::uint8_t, 8> counter{};
  auto rest = static_cast<std::uint64_t>(moving_factor);
  for (std::size_t i = counter.size(); i-- > 0; rest >>= 8U) counter[i] = static_cast<std::uint8_t>(rest);
  const auto mac = key_.sign({base::ByteView(counter)});
  const auto octets = mac.octets();
  const std::size_t offset = octets.back() & 0x0fU;  // dynamic truncation; SHA-2 takes the last octet alike
  const std::uint32_t number = (octets[offset] & 0x7fU) << 24U |
                               static_cast<std::uint32_t>(octets[offset + 1]) << 16U |
                               static_cast<std::uint32_t>(octets[offset + 2]) << 8U | octets[offset + 3];
  return number % (digits_ == 6 ? 1'000'000U : 100'000'000U);
}

std::int64_t totp_step(base::WallTime now, int period_seconds) {
  SALLYPORT_INVARIANT(period_seconds > 0);
  const auto seconds = base::unix_seconds(now);
  const auto step = seconds / period_seconds;
  return seconds < 0 && seconds % period_seconds != 0 ? step - 1 : step;
}

std::optional<std::uint32_t> read_code(std::string_view text, int digits) {
  if (text.size() != static_cast<std::size_t>(digits)) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return number;
}

std::string write_code(std::uint32_t code, int digits) { return fmt::format("{:0{}}", code, digits); }

}  // namespace sallyport::authservice
