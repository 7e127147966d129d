#pragma once
// The settings' URL of the authentication service, taken apart once. Only https is taken, and nothing that a
// URL may carry beside host, port and path: a user name, a query or a fragment is a typing error that would be
// sent along.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::cloud {

struct ServiceUrl {
  std::string host;  // lower case; an IPv6 literal without its brackets
  std::uint16_t port = 443;
  std::string base;  // "https://host:port/vipuserservices/", with the slash at its end

  // "AuthenticationService" of API "1.8" is asked at base + "AuthenticationService_1_8".
  [[nodiscard]] std::string of(std::string_view service, std::string_view api) const;
  static base::Result<ServiceUrl> parse(std::string_view text);
};

}  // namespace sallyport::cloud
