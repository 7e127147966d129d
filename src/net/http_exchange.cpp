#include "net/http_exchange.h"

#include <fmt/format.h>

namespace sallyport::net {

base::Result<std::string> octets_of(const HttpRequest& request, const HttpUrl& target,
                                    std::string_view user_agent) {
  std::string out;
  out.reserve(512 + request.body.size());
  const auto add = [&](auto... parts) { (out.append(parts), ...); };
  add(request.body.empty() ? "GET " : "POST ", std::string_view(target.path),
      " HTTP/1.1\r\nHost: ", std::string_view(target.host), "\r\nUser-Agent: ", user_agent, "\r\n");
  for (const auto& [name, value] : request.headers) {
    constexpr std::string_view breaks("\r\n\0", 3);
    if (name.find_first_of(breaks) != std::string::npos || value.find_first_of(breaks) != std::string::npos)
      return base::failure("a header field holds an end of line");
    add(std::string_view(name), ": ", std::string_view(value), "\r\n");
  }
  if (!request.body.empty())
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", request.body.size());
  add("\r\n", std::string_view(request.body));
  return out;
}

}  // namespace sallyport::net
