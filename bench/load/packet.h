#pragma once
// An Access-Request and the proof of its reply, written for the load generator alone (RFC 2865, RFC 3579), so
// that a mistake in the gateway's own RADIUS code is not repeated here.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/hmac.h"

namespace sallyport::load {

using Authenticator = std::array<std::uint8_t, 16>;

class SharedSecret {
 public:
  explicit SharedSecret(std::string_view secret);
  [[nodiscard]] base::ByteView octets() const { return base::as_bytes(secret_); }
  [[nodiscard]] const crypto::HmacKey& key() const { return key_; }

 private:
  std::string secret_;
  crypto::HmacKey key_;
};

struct Request {
  std::uint8_t id = 0;
  Authenticator authenticator{};
  std::string_view user_name, password;
  std::string_view calling_station_id{};  // empty: not sent
};

// Message-Authenticator first, then User-Name, User-Password, NAS-Identifier, Calling-Station-Id. Replaces what
// `out` holds.
void encode(const Request&, const SharedSecret&, base::Bytes& out);

enum class Reply { accept, reject, other_code, malformed, bad_authenticator };
Reply check(base::ByteView reply, std::uint8_t id, const Authenticator& request, const SharedSecret&);
std::string_view reply_message(base::ByteView reply);  // the first; empty where there is none

}  // namespace sallyport::load
