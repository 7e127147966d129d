#include <fmt/format.h>

#include <algorithm>

#include "load/run.h"

namespace sallyport::load {
namespace {

double at(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[std::min(index, sorted.size() - 1)]);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= ' ' && c < 0x7f ? c : '?';
  }
  return out + "\"";
}

}  // namespace

std::string Report::json() {
  std::ranges::sort(latencies_ms);
  std::string words;
  for (const auto& [what, count] : wrong_words)
    words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", quoted(what), count);
  const auto logins = std::max<double>(1, static_cast<double>(in_window));
  return fmt::format(
      "{{\"rate\": {:.1f}, \"seconds\": {:.3f}, \"logins\": {}, \"accepted\": {}, \"rejected\": {}, \"lost\": "
      "{}, "
      "\"no_answer\": {}, \"wrong_verdict\": {}, \"bad_authenticator\": {}, \"stray\": {}, \"sent_again\": {}, "
      "\"p50_ms\": {:.3f}, \"p95_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"max_ms\": {:.3f}, "
      "\"cpu_seconds\": {:.3f}, \"cpu_us_per_login\": {:.2f}, \"wrong_words\": {{{}}}}}\n",
      static_cast<double>(in_window) / std::max(seconds, 1e-9), seconds, in_window, accepted, rejected, lost(),
      no_answer, wrong_verdict, bad_authenticator, stray, sent_again, at(latencies_ms, 0.50),
      at(latencies_ms, 0.95), at(latencies_ms, 0.99),
      latencies_ms.empty() ? 0.0 : static_cast<double>(latencies_ms.back()), cpu_seconds,
      cpu_seconds * 1e6 / logins, words);
}

}  // namespace sallyport::load
