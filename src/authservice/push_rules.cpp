#include "authservice/push_rules.h"

#include <algorithm>
#include <charconv>

#include "crypto/constant_time.h"
#include "text/utf8.h"

namespace sallyport::authservice {
namespace {

// It will stand on a lock screen, in a terminal and in a log: one line of text, nothing that steers.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return text::has_control(line) ? std::string() : line;
}

std::string_view value_of(const std::vector<vip::KeyValuePair>& pairs, std::string_view key) {
  const auto found = std::ranges::find(pairs, key, &vip::KeyValuePair::key);
  return found == pairs.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace

std::string_view to_string(PushState state) {
  switch (state) {
    case PushState::in_progress:
      return "in progress";
    case PushState::approved:
      return "approved";
    case PushState::denied:
      return "denied";
    case PushState::expired:
      return "expired";
    case PushState::wrong_number:
      return "denied for a wrong number";
  }
  return "?";
}

base::Result<PushWish> push_wish(const vip::PushAuthData& given) {
  PushWish wish;
  for (const auto* key : {"display.message.title", "display.message.text", "display.message.profile"}) {
    const auto part = one_line(value_of(given.display_parameters, key));
    if (!part.empty()) wish.text += (wish.text.empty() ? "" : " - ") + part;
  }
  if (wish.text.empty()) wish.text = one_line(value_of(given.display_parameters, "push.message.text"));
  const auto timeout = value_of(given.request_parameters, "request.timeout");
  if (timeout.empty()) return wish;
  int seconds = 0;
  const auto [end, error] = std::from_chars(timeout.data(), timeout.data() + timeout.size(), seconds);
  if (error != std::errc{} || end != timeout.data() + timeout.size() || seconds <= 0)
    return base::failure("request.timeout must be a number of seconds");
  wish.life = std::chrono::seconds(seconds);
  return wish;
}

std::chrono::seconds push_life(const PushWish& wish, const PushPolicy& policy) {
  return std::clamp(wish.life.value_or(policy.life), std::chrono::seconds(1), policy.longest);
}

PushState seen_at(PushState state, std::int64_t expires, std::int64_t now) {
  return state == PushState::in_progress && now >= expires ? PushState::expired : state;
}

PushState after_answer(std::string_view number_asked_for, const PushAnswer& answer) {
  if (!answer.approves) return PushState::denied;
  const bool right = number_asked_for.empty() || crypto::constant_time_equal(base::as_bytes(number_asked_for),
                                                                             base::as_bytes(answer.number));
  return right ? PushState::approved : PushState::wrong_number;
}

}  // namespace sallyport::authservice
