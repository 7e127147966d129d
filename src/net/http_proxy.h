#pragma once
// The way through an HTTP proxy: what libcurl is told about it, what the proxy said while a tunnel was made,
// and why none was made. For .cpp files of this room only.
#include <string>
#include <string_view>
#include <vector>

#include "net/curl.h"
#include "net/http_client.h"

namespace sallyport::net {

// Sets proxy and sign-in, or "no proxy", so that nothing of the environment is ever used: http_proxy and
// https_proxy for want of a proxy, no_proxy beside one.
void set_proxy(CURL*, const std::optional<HttpProxy>&);

// The header of the proxy's newest answer to CONNECT.
struct ConnectAnswer {
  std::string status;                // "407 Proxy Authentication Required"; empty: none that is HTTP
  std::vector<std::string> offered;  // the schemes of a 407 or 401: "Basic", "Negotiate"
  void take(std::string_view header_line);
};

// For the log of an exchange that got no tunnel, from what ended it (`words` are the library's).
std::string why_no_tunnel(const HttpProxy&, const ConnectAnswer&, HttpEnd, bool reached,
                          std::string_view words);

}  // namespace sallyport::net
