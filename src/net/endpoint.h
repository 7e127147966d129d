#pragma once
// An IP address with a port, IPv4 or IPv6, and an address prefix.
#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace sallyport::net {

// Always 16 octets; IPv4 is kept as ::ffff:a.b.c.d, so that a dual-stack socket's peers compare equal.
struct Address {
  std::uint8_t octets[16] = {};
  std::uint32_t scope_id = 0;  // of link-local IPv6 addresses

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] std::string to_string() const;  // "192.0.2.1", "2001:db8::1", "fe80::1%2"
  static base::Result<Address> parse(std::string_view);
  friend auto operator<=>(const Address&, const Address&) = default;
  friend bool operator==(const Address&, const Address&) = default;
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  [[nodiscard]] std::string to_string() const;  // "192.0.2.1:1812", "[2001:db8::1]:1812"
  // "127.0.0.1:1812", "[::1]:1812"; a port is asked for.
  static base::Result<Endpoint> parse(std::string_view);
  static Endpoint from(const sockaddr_storage&);
  socklen_t to(sockaddr_storage&) const;  // the length written
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Prefix {
  Address address;        // host bits are zero
  unsigned length = 128;  // bits of the 128: 96 + n for IPv4

  // "10.0.0.0/8", "2001:db8::/32", or one address. Host bits that are set are an error that names the right
  // prefix.
  static base::Result<Prefix> parse(std::string_view);
  [[nodiscard]] bool contains(const Address&) const;
  [[nodiscard]] std::string to_string() const;
};

}  // namespace sallyport::net
