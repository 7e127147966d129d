#pragma once
// RADIUS attributes by the names that the standards give them, and a view that walks over those of a packet
// without copying. The walk never reads past its octets: it ends before an attribute that does not fit
// (decode() has refused such packets already).
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/bytes.h"

namespace sallyport::radius {

enum class AttributeType : std::uint8_t {
  user_name = 1,  // RFC 2865 section 5
  user_password = 2,
  chap_password = 3,
  nas_ip_address = 4,
  nas_port = 5,
  service_type = 6,
  framed_protocol = 7,
  framed_ip_address = 8,
  framed_ip_netmask = 9,
  filter_id = 11,
  framed_mtu = 12,
  login_ip_host = 14,
  login_service = 15,
  reply_message = 18,
  framed_route = 22,
  state = 24,
  class_attribute = 25,
  vendor_specific = 26,
  session_timeout = 27,
  idle_timeout = 28,
  termination_action = 29,
  called_station_id = 30,
  calling_station_id = 31,
  nas_identifier = 32,
  proxy_state = 33,
  acct_status_type = 40,  // RFC 2866 section 5
  acct_delay_time = 41,
  acct_session_id = 44,
  acct_session_time = 46,
  event_timestamp = 55,  // RFC 2869 section 5
  chap_challenge = 60,   // RFC 2865
  nas_port_type = 61,
  port_limit = 62,
  tunnel_type = 64,  // RFC 2868 section 3
  tunnel_medium_type = 65,
  connect_info = 77,  // RFC 2869
  eap_message = 79,   // RFC 3579 section 3
  message_authenticator = 80,
  tunnel_private_group_id = 81,  // RFC 2868 section 3.6
  acct_interim_interval = 85,    // RFC 2869
  nas_port_id = 87,
  framed_pool = 88,
  nas_ipv6_address = 95,  // RFC 3162
  framed_ipv6_route = 99,
  framed_ipv6_pool = 100,
  error_cause = 101,          // RFC 5176
  framed_ipv6_address = 168,  // RFC 6911
};

constexpr std::size_t attribute_header_size = 2;
constexpr std::size_t max_attribute_value = 253;
constexpr std::size_t authenticator_size = 16;  // also of Message-Authenticator's value

struct Attribute {
  AttributeType type{};
  base::ByteView value;  // lies in the packet
};

// Attributes in a row, as in a packet after its header.
class AttributeList {
 public:
  class Iterator {
   public:
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(base::ByteView rest) : rest_(rest) { stop_at_misfit(); }
    Attribute operator*() const {
      return {static_cast<AttributeType>(rest_[0]),
              rest_.subspan(attribute_header_size, rest_[1] - attribute_header_size)};
    }
    Iterator& operator++() {
      rest_ = rest_.subspan(rest_[1]);
      stop_at_misfit();
      return *this;
    }
    Iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }
    bool operator==(std::default_sentinel_t) const { return rest_.empty(); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

   private:
    void stop_at_misfit() {
      if (rest_.size() < attribute_header_size || rest_[1] < attribute_header_size || rest_[1] > rest_.size())
        rest_ = {};
    }
    base::ByteView rest_;
  };

  AttributeList() = default;
  explicit AttributeList(base::ByteView octets) : octets_(octets) {}
  [[nodiscard]] Iterator begin() const { return Iterator(octets_); }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }
  [[nodiscard]] base::ByteView octets() const { return octets_; }

  [[nodiscard]] std::optional<base::ByteView> find(AttributeType type) const;  // the value of the first
  [[nodiscard]] std::size_t count(AttributeType type) const;

 private:
  base::ByteView octets_;
};

}  // namespace sallyport::radius
