#pragma once
// A RADIUS packet as it came from the wire, looked at in place: nothing is copied or allocated, and the view
// lives as long as the datagram. decode() checks the form only; whether anything in the packet may be believed
// is for authenticator.h to say. Everything that makes a packet be dropped without an answer is a DropReason.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "radius/attribute.h"

namespace sallyport::radius {

constexpr std::size_t header_size = 20;
constexpr std::size_t max_packet_size = 4096;  // RFC 2865 section 3

enum class Code : std::uint8_t {
  access_request = 1,
  access_accept = 2,
  access_reject = 3,
  accounting_request = 4,
  accounting_response = 5,
  access_challenge = 11,
  status_server = 12,
  disconnect_request = 40,  // RFC 5176
  disconnect_ack = 41,
  disconnect_nak = 42,
};
std::string_view to_string(Code);  // "Access-Request"

enum class DropReason : std::uint8_t {
  too_short,             // fewer than 20 octets received
  length_too_small,      // the Length field says less than 20
  length_beyond_octets,  // the Length field says more than was received
  too_long,              // the Length field, or the datagram, is over 4,096
  unknown_code,
  unexpected_code,      // a code that this port does not serve
  attribute_too_small,  // an attribute whose length is 0 or 1
  attribute_past_end,
  repeated_message_authenticator,
  message_authenticator_length,  // not 16 octets
  repeated_attribute,  // User-Name, User-Password, CHAP-Password or State twice (RFC 2865 section 5.44)
  message_authenticator_missing,
  message_authenticator_wrong,  // the shared secret differs, or the packet was changed
  request_authenticator_wrong,  // of an Accounting-Request
  proxy_state_unprotected,      // Proxy-State and no Message-Authenticator (CVE-2024-3596)
  wrong_secret,                 // no Message-Authenticator, and the password unhides to no text
  replayed,                     // its Request Authenticator was seen before
};
constexpr std::size_t drop_reason_count = 17;
std::string_view to_string(DropReason);  // "too_short": for metrics and logs

using Authenticator = std::array<std::uint8_t, authenticator_size>;

class PacketView {
 public:
  [[nodiscard]] Code code() const { return static_cast<Code>(octets_[0]); }
  [[nodiscard]] std::uint8_t id() const { return octets_[1]; }
  [[nodiscard]] std::span<const std::uint8_t, authenticator_size> authenticator() const {
    return octets_.subspan<4, authenticator_size>();
  }
  [[nodiscard]] Authenticator authenticator_copy() const;
  [[nodiscard]] AttributeList attributes() const { return AttributeList(octets_.subspan(header_size)); }
  [[nodiscard]] std::optional<base::ByteView> find(AttributeType type) const { return attributes().find(type); }
  [[nodiscard]] base::ByteView octets() const { return octets_; }  // without padding after Length

  // Where Message-Authenticator's 16 octets begin in octets(); 0 when there is none.
  [[nodiscard]] std::size_t message_authenticator_offset() const { return message_authenticator_offset_; }
  [[nodiscard]] bool has_message_authenticator() const { return message_authenticator_offset_ != 0; }

 private:
  friend base::Result<PacketView, DropReason> decode(base::ByteView);
  explicit PacketView(base::ByteView octets) : octets_(octets) {}
  std::optional<DropReason> check_attributes();
  base::ByteView octets_;
  std::size_t message_authenticator_offset_ = 0;
};

// Any of the codes above. Octets after Length are padding and ignored (RFC 2865 section 3).
base::Result<PacketView, DropReason> decode(base::ByteView datagram);

enum class Port : std::uint8_t { authentication, accounting };

// What a server takes on that port: Access-Request or Accounting-Request, and Status-Server on both (RFC 5997).
base::Result<PacketView, DropReason> decode_request(base::ByteView datagram, Port port);

// How the user proves himself in an Access-Request. Of several, the one that this gateway cannot judge is
// named, so that it is rejected rather than half understood.
enum class PasswordMethod : std::uint8_t { user_password, chap, ms_chap, eap, none };
PasswordMethod password_method(const PacketView& request);

// Whether `again` can be `first` sent once more by a client that builds a new packet for a retry: every
// attribute that both carry has the same values, save those that a retry may change (Message-Authenticator,
// User-Password, Proxy-State, Event-Timestamp, Acct-Delay-Time). The caller compares the passwords.
bool may_be_a_retry(const PacketView& first, const PacketView& again);

}  // namespace sallyport::radius
