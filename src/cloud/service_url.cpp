#include "cloud/service_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/endpoint.h"

namespace sallyport::cloud {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// RFC 3986 section 3.3, without percent-encoding: no service has been seen that needs it.
bool is_path(std::string_view path) {
  return std::ranges::all_of(
      path, [](char c) { return is_letter_or_digit(c) || std::string_view("/-._~").contains(c); });
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::ranges::all_of(host,
                             [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

base::Result<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0)
    return base::failure(
        fmt::format("expected a port from 1 to 65535 in the service's URL, found \"{}\"", digits));
  return port;
}

struct Authority {
  std::string_view host, port;  // the port is empty where none is written
  bool is_v6 = false;
};

base::Result<Authority> split(std::string_view authority) {
  Authority out;
  auto after_host = authority.find(':');
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return base::failure("the service's URL has a [ without its ]");
    out.is_v6 = true;
    out.host = authority.substr(1, end - 1);
    after_host = end + 1 == authority.size() ? std::string_view::npos : end + 1;
    if (after_host != std::string_view::npos && authority[after_host] != ':')
      return base::failure("expected a colon and a port after the ] of the service's URL");
  } else {
    out.host = authority.substr(0, after_host);
  }
  if (after_host == std::string_view::npos) return out;
  out.port = authority.substr(after_host + 1);
  if (out.port.empty()) return base::failure("the service's URL has a colon without a port");
  return out;
}

}  // namespace

std::string ServiceUrl::of(std::string_view service, std::string_view api) const {
  std::string url = base;
  url.append(service).append("_").append(api);
  std::ranges::replace(url.begin() + static_cast<std::ptrdiff_t>(base.size()), url.end(), '.', '_');
  return url;
}

base::Result<ServiceUrl> ServiceUrl::parse(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (lower(text.substr(0, scheme.size())) != scheme)
    return base::failure(
        "the service's URL must begin with https:// (the service is asked over mutual TLS only)");
  const auto rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  const auto authority = split(rest.substr(0, slash));
  if (!authority) return std::unexpected(authority.error());
  const auto host_is_well_formed =
      authority->is_v6 ? net::Address::parse(authority->host).has_value() && authority->host.contains(':')
                       : is_name(authority->host);
  if (!host_is_well_formed)
    return base::failure(
        fmt::format("expected https://HOST[:PORT]/PATH, found the host \"{}\"", authority->host));

  ServiceUrl url;
  url.host = lower(authority->host);
  if (!authority->port.empty()) {
    const auto port = port_of(authority->port);
    if (!port) return std::unexpected(port.error());
    url.port = *port;
  }
  const auto path = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
  if (!is_path(path))
    return base::failure("the service's URL may have a path of letters, digits and /-._~ and nothing after it");
  url.base = fmt::format(fmt::runtime(authority->is_v6 ? "https://[{}]:{}{}{}" : "https://{}:{}{}{}"), url.host,
                         url.port, path, path.ends_with('/') ? "" : "/");
  return url;
}

}  // namespace sallyport::cloud
