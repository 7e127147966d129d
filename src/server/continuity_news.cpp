#include "server/continuity_news.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;
using continuity::Change;
using continuity::State;
using continuity::Why;

std::string text_of(base::WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

// The wall time of a moment on the monotonic clock.
std::string text_of(base::SteadyTime then, base::Time now) {
  return text_of(now.wall - std::chrono::duration_cast<std::chrono::microseconds>(now.steady - then));
}

std::string words_of(std::string_view cause) {
  std::string words(cause);
  std::ranges::replace(words, '_', ' ');
  return words;
}

// A peer's words: a piece of one line.
std::string clean(std::string_view detail) {
  constexpr std::size_t most = 300;
  std::string out(detail.substr(0, most));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return out;
}

std::string cause_of(continuity::Evidence cause, std::string_view detail) {
  auto words = words_of(continuity::to_string(cause));
  if (!detail.empty()) words += " (" + clean(detail) + ")";
  return words;
}

std::string_view why_it_ended(Why why) {
  switch (why) {
    case Why::only_barred:
      return "what is seen now looks as if somebody meant it, which lets nobody in";
    case Why::blind:
      return "this gateway has trouble of its own and cannot tell any more";
    default:
      return "the service answers again";
  }
}

// The message catalogue says what it means and what to do.
News news_of(std::string_view event, std::string headline, const std::string& lines,
             const telemetry::Message& message) {
  auto text = fmt::format("{}\n{}\n\nWhat to do: {}\n\n({})\n", lines, message.meaning, message.advice,
                          telemetry::id_text(message));
  return {std::string(event), std::move(headline), std::move(text)};
}

}  // namespace

News ContinuityNews::entered(const Change& change, std::string_view detail, base::Time now) const {
  const auto lines = fmt::format(
      "State: continuity, since {}\nIn doubt since: {}\nCause: {}\nLogins let in so far: 0\n",
      text_of(change.at, now), text_of(doubted_.value_or(change.at), now), cause_of(change.cause, detail));
  return news_of("continuity_entered", "business continuity has begun", lines, messages::continuity_entered);
}

News ContinuityNews::left(const Change& change, std::uint64_t let_in, base::Time now) const {
  const auto lines =
      fmt::format("State: {}, since {}\nContinuity had lasted since: {}\nWhy it ended: {}\nLogins let in: {}\n",
                  to_string(change.to), text_of(change.at, now), text_of(entered_, now),
                  why_it_ended(change.why), let_in - let_in_before_);
  return news_of("continuity_left", "business continuity has ended", lines, messages::continuity_left);
}

News ContinuityNews::as_before(const Change& change, base::Time now) {
  const bool answers = change.why == Why::two_good || change.why == Why::risen;
  return news_of("service_normal",
                 answers ? "the authentication service is as it should be"
                         : "the authentication service is not taken for degraded any more",
                 fmt::format("State: normal, since {}\nWhy: {}\n", text_of(change.at, now),
                             words_of(to_string(change.why))),
                 answers ? messages::service_normal : messages::service_unknown);
}

std::optional<News> ContinuityNews::of(const Change& change, std::string_view detail, std::uint64_t let_in,
                                       base::Time now) {
  if (change.from == State::normal) doubted_ = change.at;
  if (change.to == State::continuity) {
    (void)degraded_.is_over();  // the end of continuity is told instead
    entered_ = change.at;
    let_in_before_ = let_in;
    return entered(change, detail, now);
  }
  if (change.from == State::continuity) return left(change, let_in, now);
  if (change.to == State::degraded && degraded_.begins(now.steady))
    return news_of(
        "service_degraded", "the authentication service is degraded",
        fmt::format("State: degraded, since {}\nIn doubt since: {}\nCause: {}\n", text_of(change.at, now),
                    text_of(doubted_.value_or(change.at), now), cause_of(change.cause, detail)),
        messages::service_degraded);
  if (change.to == State::normal && degraded_.is_over()) return as_before(change, now);
  return std::nullopt;
}

std::optional<News> ContinuityNews::of(continuity::Evidence evidence, continuity::Side side,
                                       std::string_view detail, base::Time now) {
  if (side == continuity::Side::up) (void)barred_.is_over();
  if (side != continuity::Side::barred || !barred_.begins(now.steady)) return std::nullopt;
  return news_of("continuity_barred", "the authentication service fails as if somebody meant it",
                 fmt::format("Seen at: {}\nCause: {}\n", text_of(now.wall), cause_of(evidence, detail)),
                 messages::continuity_barred);
}

News record_fails(std::string_view detail, base::WallTime now) {
  return news_of("record_failing", "the continuity record cannot be written",
                 fmt::format("Since: {}\nCause: {}\n", text_of(now), clean(detail)), messages::record_failing);
}

News record_is_back(base::WallTime now) {
  return news_of("record_back", "the continuity record can be written again",
                 fmt::format("Since: {}\n", text_of(now)), messages::record_back);
}

News many_logins(std::string_view server, std::int64_t logins, base::WallTime now) {
  return news_of("outage_logins_alarm", fmt::format("{} logins at {} by business continuity", logins, server),
                 fmt::format("Since: {}\n", text_of(now)), messages::outage_logins_alarm);
}

News mode_by_hand(std::string_view server, continuity::Mode mode, std::string_view by, std::string_view until,
                  base::WallTime now) {
  return news_of("mode_by_hand",
                 fmt::format("business continuity of {} is {} by hand", server, to_string(mode)),
                 fmt::format("Since: {}\nUntil: {}\nBy: {}\n", text_of(now), until, clean(by)),
                 messages::continuity_mode_changed);
}

News still_by_hand(std::string_view server, continuity::Mode mode, base::WallTime now) {
  return news_of("still_by_hand",
                 fmt::format("business continuity of {} is still {} by hand", server, to_string(mode)),
                 fmt::format("Seen at: {}\n", text_of(now)), messages::continuity_by_hand);
}

News by_hand_is_over(std::string_view server, continuity::Mode mode, std::string_view by, base::WallTime now) {
  return news_of(
      "by_hand_is_over",
      fmt::format("business continuity of {} is {} again, as the settings say", server, to_string(mode)),
      fmt::format("Since: {}\nBy: {}\n", text_of(now), clean(by)), messages::by_hand_is_over);
}

News files_unread(std::string_view detail, base::WallTime now) {
  return news_of("files_unread", "what business continuity keeps on the disk cannot be read",
                 fmt::format("Since: {}\nCause: {}\n", text_of(now), clean(detail)),
                 messages::continuity_state_unread);
}

News certificate_ends(const telemetry::Message& message, std::string_view whose, std::string_view when,
                      std::int64_t days_left) {
  return news_of("certificate_ends", fmt::format("{} certificate ends on {}", whose, when),
                 fmt::format("Valid until: {}\nDays left: {}\n", when, days_left), message);
}

News refusal_surge_begins(const RefusalSurge::Count& count, base::WallTime now) {
  return news_of("refusal_surge", "the authentication service does not know users who signed in before",
                 fmt::format("Seen at: {}\nUsers who are refused: {} of {} in the last five minutes\n",
                             text_of(now), count.refused, count.users),
                 messages::refusal_surge);
}

News refusal_surge_is_over(const RefusalSurge::Count& count, base::WallTime now) {
  return news_of("refusal_surge_over", "the authentication service knows most users again",
                 fmt::format("Since: {}\nUsers who are refused: {} of {} in the last five minutes\n",
                             text_of(now), count.refused, count.users),
                 messages::refusal_surge_over);
}

News dns_has_changed(const cloud::Elsewhere& where, base::WallTime now) {
  return news_of("dns_changed", "the authentication service is reached where its name does not lead",
                 fmt::format("Since: {}\nReached at: {}\nIts name: {}\nThat leads to: {}\n", text_of(now),
                             where.address, where.name, clean(where.whereto)),
                 messages::dns_changed);
}

News dns_is_right_again(base::WallTime now) {
  return news_of("dns_changed_is_over", "the authentication service is reached where its name leads",
                 fmt::format("Since: {}\n", text_of(now)), messages::dns_changed_is_over);
}

}  // namespace sallyport::server
