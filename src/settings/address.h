#pragma once
// Addresses as a settings file writes them, checked and made comparable. Floor 2 may not use `net`, whose
// parsers read the same texts again when sockets are made; net::Endpoint and net::Prefix accept what these
// accept.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::settings {

struct ListenAddress {
  std::array<std::uint8_t, 16> octets{};  // IPv4 as ::ffff:a.b.c.d
  std::string scope;                      // of "fe80::1%eth0"
  std::uint16_t port = 0;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};
// "192.0.2.1:1812", "[2001:db8::1]:1812"
base::Result<ListenAddress> parse_listen_address(std::string_view);

struct AddressPrefix {
  std::array<std::uint8_t, 16> octets{};
  unsigned length = 128;  // IPv4: 96 + n
  friend bool operator==(const AddressPrefix&, const AddressPrefix&) = default;
};
// "192.0.2.0/24", "2001:db8::/32", or one address. Host bits that are set are an error that names the right
// prefix.
base::Result<AddressPrefix> parse_address_prefix(std::string_view);

// "127.0.0.1" (all of 127/8), "::1", "localhost": what leads to a host without leaving this machine.
bool is_loopback(std::string_view host);
bool is_loopback(const ListenAddress&);

// "host", "host:636", "[::1]:636", "192.0.2.1"; a name has letters, digits, dots, hyphens and underscores.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;  // 0: not given
};
base::Result<HostPort> parse_host_port(std::string_view);

}  // namespace sallyport::settings
