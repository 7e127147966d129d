#include "net/http_url.h"

#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <charconv>

#include "net/endpoint.h"

namespace sallyport::net {

base::Result<HttpOrigin> origin_of(const std::string& url, bool plain) {
  const auto parsed = boost::urls::parse_uri(url);
  const auto wrong = [&](const char* what) { return base::failure(fmt::format("'{}' {}", url, what)); };
  if (!parsed) return wrong("is not a URL");
  if (parsed->scheme() != (plain ? "http" : "https")) return wrong("is not an https URL");
  if (parsed->has_userinfo()) return wrong("carries a user name, which is not sent");
  HttpOrigin origin;
  if (plain) origin.port = 80;
  origin.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_address())
                                                                    : std::string(parsed->host());
  if (origin.host.empty()) return wrong("names no host");
  if (parsed->has_port()) {
    const std::string digits(parsed->port());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
    if (error != std::errc{}) origin.port = 0;
  }
  if (origin.port == 0) return wrong("has no port that can be used");
  return origin;
}

base::Result<HttpUrl> url_of(const std::string& url) {
  HttpUrl target;
  target.plain = is_plain(url);
  auto origin = origin_of(url, target.plain);
  if (!origin) return std::unexpected(origin.error());
  target.origin = std::move(*origin);
  target.host_is_address = Address::parse(target.origin.host).has_value();
  const auto parsed = boost::urls::parse_uri(url);
  target.host = parsed->encoded_host();
  if (target.origin.port != (target.plain ? 80 : 443)) target.host += fmt::format(":{}", target.origin.port);
  target.key = fmt::format("{}://{}:{}", target.plain ? "http" : "https",
                           std::string_view(parsed->encoded_host()), target.origin.port);
  target.path = parsed->encoded_path().empty() ? "/" : std::string(parsed->encoded_path());
  if (parsed->has_query()) target.path += "?" + std::string(parsed->encoded_query());
  return target;
}

}  // namespace sallyport::net
