#pragma once
// Where a URL leads, taken apart once; for .cpp files of this room only.
#include <cstdint>
#include <string>

#include "base/result.h"

namespace sallyport::net {

// "host" and "port" of an https URL, or of an http URL where that may be.
struct HttpOrigin {
  std::string host;
  std::uint16_t port = 443;
};
base::Result<HttpOrigin> origin_of(const std::string& url, bool plain = false);

inline bool is_plain(const std::string& url) { return url.starts_with("http:"); }

struct HttpUrl {
  HttpOrigin origin;
  bool plain = false;
  bool host_is_address = false;
  std::string key;   // "https://host:port": connections are kept by it
  std::string host;  // the field Host (RFC 9110, 7.2)
  std::string path;  // with its query, as it goes into the request line (RFC 9112, 3.2.1)
};
base::Result<HttpUrl> url_of(const std::string& url);

}  // namespace sallyport::net
