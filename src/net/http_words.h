#pragma once
// HTTP as text, for files of this room: what a request's target means, and an answer's octets. No socket here.
#include <optional>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace sallyport::net {

struct HttpTarget {
  std::string path;   // percent-decoded
  std::string query;  // as sent
};
// Origin and absolute form (RFC 9112, 3.2); nothing for malformed encodings and NUL.
std::optional<HttpTarget> read_target(std::string_view target);

struct AnswerFraming {
  bool close = false;         // says "Connection: close"
  bool without_body = false;  // HEAD: the length is told, the body is not sent
};
// Appends the answer. Fields whose name or value could end a line are left out.
void write_answer(std::string& out, const HttpServerAnswer&, const AnswerFraming&, std::string_view date);

std::string lower(std::string_view);  // ASCII

std::string http_date(base::WallTime);  // RFC 9110, 5.6.7

}  // namespace sallyport::net
