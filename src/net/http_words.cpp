#include "net/http_words.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "net/beast.h"

namespace sallyport::net {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
      c = static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    decoded += c;
  }
  return decoded;
}

bool safe(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<HttpTarget> read_target(std::string_view target) {
  if (target == "*") return HttpTarget{"*", {}};
  if (!target.starts_with('/')) {
    const auto authority = target.find("://");
    if (authority == std::string_view::npos) return std::nullopt;
    const auto path = target.find_first_of("/?", authority + 3);
    if (path == std::string_view::npos) return HttpTarget{"/", {}};
    target.remove_prefix(path);
  }
  const auto question = target.find('?');
  auto path = percent_decoded(target.substr(0, question));
  if (!path) return std::nullopt;
  if (path->empty()) path = "/";
  return HttpTarget{std::move(*path), question == std::string_view::npos
                                          ? std::string()
                                          : std::string(target.substr(question + 1))};
}

void write_answer(std::string& out, const HttpServerAnswer& answer, const AnswerFraming& framing,
                  std::string_view date) {
  namespace http = boost::beast::http;
  const auto status = static_cast<unsigned>(std::clamp(answer.status, 200, 599));
  const std::string_view reason = http::obsolete_reason(http::int_to_status(status));
  const bool bodiless = status == 204 || status == 304;
  auto at = std::back_inserter(out);
  fmt::format_to(at, "HTTP/1.1 {} {}\r\nDate: {}\r\n", status, reason, date);
  if (!bodiless) fmt::format_to(at, "Content-Length: {}\r\n", answer.body.size());
  if (!bodiless && !answer.content_type.empty() && safe(answer.content_type)) {
    fmt::format_to(at, "Content-Type: {}\r\n", answer.content_type);
  }
  for (const auto& [name, value] : answer.headers) {
    if (safe(name) && safe(value) && !name.empty()) fmt::format_to(at, "{}: {}\r\n", name, value);
  }
  if (framing.close) out += "Connection: close\r\n";
  out += "\r\n";
  if (!bodiless && !framing.without_body) out += answer.body;
}

std::string http_date(base::WallTime now) {
  const std::time_t seconds = base::unix_seconds(now);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fields);
}

}  // namespace sallyport::net
