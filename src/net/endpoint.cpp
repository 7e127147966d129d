#include "net/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace sallyport::net {
namespace {

constexpr std::uint8_t v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291, 2.5.5.2

template <class T>
std::optional<T> number(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Address masked(Address address, unsigned length) {
  for (unsigned i = 0; i < 16; ++i) {
    const auto kept = std::clamp(static_cast<int>(length) - static_cast<int>(8 * i), 0, 8);
    address.octets[i] = static_cast<std::uint8_t>(address.octets[i] & (0xff00U >> static_cast<unsigned>(kept)));
  }
  return address;
}

base::Result<std::uint32_t> scope(std::string_view zone) {
  if (const auto index = number<std::uint32_t>(zone)) return *index;
  if (const auto index = if_nametoindex(std::string(zone).c_str()); index != 0) return index;
  return base::failure(fmt::format("there is no network interface '{}'", zone));
}

}  // namespace

bool Address::is_v4() const { return std::memcmp(octets, v4_mapped, sizeof v4_mapped) == 0; }

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4()) return inet_ntop(AF_INET, octets + 12, text, sizeof text);
  inet_ntop(AF_INET6, octets, text, sizeof text);
  return scope_id == 0 ? text : fmt::format("{}%{}", text, scope_id);
}

base::Result<Address> Address::parse(std::string_view text) {
  Address address;
  const auto percent = text.find('%');
  const std::string digits(text.substr(0, percent));
  if (digits.find('\0') == std::string::npos) {
    if (percent == std::string_view::npos && inet_pton(AF_INET, digits.c_str(), address.octets + 12) == 1) {
      std::memcpy(address.octets, v4_mapped, sizeof v4_mapped);
      return address;
    }
    if (inet_pton(AF_INET6, digits.c_str(), address.octets) == 1) {
      if (percent == std::string_view::npos) return address;
      auto index = scope(text.substr(percent + 1));
      if (!index) return std::unexpected(index.error());
      address.scope_id = *index;
      return address;
    }
  }
  return base::failure(fmt::format("'{}' is not an IPv4 or IPv6 address", text));
}

std::string Endpoint::to_string() const {
  return address.is_v4() ? fmt::format("{}:{}", address.to_string(), port)
                         : fmt::format("[{}]:{}", address.to_string(), port);
}

base::Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto wrong = [&] {
    return base::failure(
        fmt::format("'{}' is not an address with a port, such as 192.0.2.1:1812 or [::1]:1812", text));
  };
  if (colon == std::string_view::npos) return wrong();
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = Address::parse(host);
  const auto port = number<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port || bracketed == (host.find(':') == std::string_view::npos)) return wrong();
  return Endpoint{*address, *port};
}

Endpoint Endpoint::from(const sockaddr_storage& socket_address) {
  Endpoint endpoint;
  if (socket_address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket_address);
    std::memcpy(endpoint.address.octets, v4_mapped, sizeof v4_mapped);
    std::memcpy(endpoint.address.octets + 12, &v4.sin_addr, 4);
    endpoint.port = ntohs(v4.sin_port);
  } else if (socket_address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket_address);
    std::memcpy(endpoint.address.octets, &v6.sin6_addr, 16);
    endpoint.address.scope_id = v6.sin6_scope_id;
    endpoint.port = ntohs(v6.sin6_port);
  }
  return endpoint;
}

socklen_t Endpoint::to(sockaddr_storage& socket_address) const {
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.octets + 12, 4);
    std::memcpy(&socket_address, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_scope_id = address.scope_id;
  std::memcpy(&v6.sin6_addr, address.octets, 16);
  std::memcpy(&socket_address, &v6, sizeof v6);
  return sizeof v6;
}

base::Result<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto host = text.substr(0, slash);
  const auto address = Address::parse(host);
  if (!address) return base::failure(fmt::format("'{}' is not an address or an address prefix", text));
  Prefix prefix{*address, 128};
  if (slash == std::string_view::npos) return prefix;
  const unsigned before = host.find(':') == std::string_view::npos ? 96 : 0;
  const auto length = number<unsigned>(text.substr(slash + 1));
  if (!length || *length > 128 - before) {
    return base::failure(fmt::format("'{}' wants a length from 0 to {} after the '/'", text, 128 - before));
  }
  prefix.length = before + *length;
  if (const auto right = masked(prefix.address, prefix.length); right != prefix.address) {
    return base::failure(fmt::format("'{}' has bits set after its first {}: {} is the prefix", text, *length,
                                     Prefix{right, prefix.length}.to_string()));
  }
  return prefix;
}

bool Prefix::contains(const Address& other) const {
  // ::/0 is all of IPv6; that IPv4 is kept as a corner of it must open no door.
  if (length < 96 && other.is_v4()) return false;
  const auto start = masked(other, length);
  return std::memcmp(start.octets, address.octets, sizeof start.octets) == 0 &&
         (address.scope_id == 0 || address.scope_id == other.scope_id);
}

std::string Prefix::to_string() const {
  const bool v4 = address.is_v4() && length >= 96;
  if (length == 128) return address.to_string();
  return fmt::format("{}/{}", address.to_string(), v4 ? length - 96 : length);
}

}  // namespace sallyport::net
