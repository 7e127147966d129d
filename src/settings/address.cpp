#include "settings/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace sallyport::settings {
namespace {

using Octets = std::array<std::uint8_t, 16>;

std::optional<Octets> parse_numeric(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Octets octets{};
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return octets;
  octets = {};
  octets[10] = octets[11] = 0xff;
  if (inet_pton(AF_INET, terminated.c_str(), octets.data() + 12) == 1) return octets;
  return std::nullopt;
}

bool is_v4(const Octets& octets) {
  return std::all_of(octets.begin(), octets.begin() + 10, [](auto o) { return o == 0; }) &&
         octets[10] == 0xff && octets[11] == 0xff;
}

std::optional<unsigned> parse_number(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > limit) return std::nullopt;
  return value;
}

std::string prefix_text(const AddressPrefix& prefix) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4(prefix.octets) && prefix.length >= 96;
  inet_ntop(v4 ? AF_INET : AF_INET6, prefix.octets.data() + (v4 ? 12 : 0), text.data(), text.size());
  return fmt::format("{}/{}", text.data(), v4 ? prefix.length - 96 : prefix.length);
}

AddressPrefix without_host_bits(AddressPrefix prefix) {
  for (unsigned bit = prefix.length; bit < 128; ++bit)
    prefix.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
  return prefix;
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '-' || c == '_';
         });
}

struct Split {
  std::string_view host, port;
  bool bracketed = false, has_port = false;
};

std::optional<Split> split_port(std::string_view text) {
  Split split;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    split.host = text.substr(1, close - 1);
    split.bracketed = true;
    text.remove_prefix(close + 1);
    if (text.empty()) return split;
    if (text.front() != ':') return std::nullopt;
    split.port = text.substr(1);
    split.has_port = true;
    return split;
  }
  const auto colon = text.find(':');
  split.host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    split.port = text.substr(colon + 1);
    split.has_port = true;
  }
  return split;
}

}  // namespace

base::Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto wrong = [] {
    return base::failure("an address with a port, like \"192.0.2.1:1812\" or \"[2001:db8::1]:1812\"");
  };
  const auto split = split_port(text);
  if (!split || !split->has_port) return wrong();
  ListenAddress address;
  auto host = split->host;
  if (const auto percent = host.find('%'); split->bracketed && percent != std::string_view::npos) {
    address.scope = host.substr(percent + 1);
    if (!is_name(address.scope)) return wrong();
    host = host.substr(0, percent);
  }
  const auto octets = parse_numeric(host);
  const auto port = parse_number(split->port, 65535);
  if (!octets || !port || split->bracketed != (host.find(':') != std::string_view::npos)) return wrong();
  address.octets = *octets;
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

base::Result<AddressPrefix> parse_address_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto octets = parse_numeric(text.substr(0, slash));
  if (!octets)
    return base::failure("an address or a prefix, like \"192.0.2.0/24\", \"2001:db8::/32\" or \"192.0.2.7\"");
  AddressPrefix prefix{*octets, 128};
  if (slash != std::string_view::npos) {
    const unsigned most = text.find(':') == std::string_view::npos ? 32 : 128;
    const auto length = parse_number(text.substr(slash + 1), most);
    if (!length) return base::failure(fmt::format("a prefix length from 0 to {} after the slash", most));
    prefix.length = *length + (128 - most);
  }
  const auto clean = without_host_bits(prefix);
  if (clean != prefix)
    return base::failure(fmt::format("a prefix without host bits: \"{}\"", prefix_text(clean)));
  return prefix;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  const auto octets = parse_numeric(host);
  return octets && is_loopback(ListenAddress{*octets, "", 0});
}

bool is_loopback(const ListenAddress& address) {
  if (is_v4(address.octets)) return address.octets[12] == 127;
  return address.octets == Octets{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

base::Result<HostPort> parse_host_port(std::string_view text) {
  const auto wrong = [] {
    return base::failure("a host with or without a port, like \"dc1.example.com\" or \"[2001:db8::1]:636\"");
  };
  const auto split = split_port(text);
  if (!split) return wrong();
  HostPort result{std::string(split->host), 0};
  if (split->bracketed ? !parse_numeric(split->host) : !is_name(split->host)) return wrong();
  if (split->has_port) {
    const auto port = parse_number(split->port, 65535);
    if (!port || *port == 0) return wrong();
    result.port = static_cast<std::uint16_t>(*port);
  }
  return result;
}

}  // namespace sallyport::settings
