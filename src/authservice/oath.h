#pragma once
// One-time codes of RFC 4226 (HOTP) and RFC 6238 (TOTP), with HMAC-SHA-1, SHA-256 or SHA-512 and 6 or 8 digits,
// as numbers. No clock and no state: what was spent is verification.h's business.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/hmac.h"

namespace sallyport::authservice {

enum class OathAlgorithm : std::uint8_t { sha1 = 1, sha256 = 2, sha512 = 3 };  // kept in the database
std::string_view to_string(OathAlgorithm);                                     // "SHA1", as otpauth URIs say it
std::optional<OathAlgorithm> oath_algorithm(std::string_view);

// RFC 4226 section 4 R6 asks for 16 octets at least; what is imported may be a little shorter.
inline constexpr std::size_t shortest_oath_secret = 10, longest_oath_secret = 128;

class OathKey {
 public:
  OathKey(OathAlgorithm algorithm, int digits, base::ByteView secret);
  // RFC 4226 section 5.3; the moving factor is a counter, or a step of time.
  [[nodiscard]] std::uint32_t code(std::int64_t moving_factor) const;
  [[nodiscard]] int digits() const { return digits_; }

 private:
  crypto::HmacKey key_;
  int digits_;
};

// RFC 6238 section 4.2, with T0 = 0; negative before 1970.
std::int64_t totp_step(base::WallTime now, int period_seconds);

// Exactly `digits` ASCII digits; else nothing.
std::optional<std::uint32_t> read_code(std::string_view text, int digits);
std::string write_code(std::uint32_t code, int digits);

}  // namespace sallyport::authservice
