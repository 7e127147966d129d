#include "state_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
constexpr base::Duration just_now = 200ms;  // longer than any message within the gateway takes

bool is_recent(base::SteadyTime when, base::SteadyTime now) {
  return when != base::SteadyTime{} && now - when <= just_now;
}

}  // namespace

void StateJudge::hears(const ProbeSeen& probe, base::SteadyTime now) {
  begun_anew_ = false;
  if (probe.sign != Sign::own) not_own_at_ = now;
  auto sign = probe.sign;
  if (sign == Sign::throttled && throttled_since_ && probe.began >= *throttled_since_ + rules_.threshold)
    sign = Sign::down;
  const bool is_late = probe.when == ProbeSeen::When::late;
  switch (sign) {
    case Sign::answered:
      return is_late ? slow(probe) : good(probe, now);
    case Sign::down:
      if (!is_late) down(probe, now);
      return;
    case Sign::barred:
      return barred(now);
    case Sign::throttled:
      if (state_ == Sees::normal) begin_anew();
      begun_anew_ = true;
      if (!throttled_since_) throttled_since_ = now;
      throttled_at_ = now;
      return remember(kinds_[probe.is_canary ? 1 : 0], true, now);
    case Sign::own:
      return;
  }
}

void StateJudge::good(const ProbeSeen& probe, base::SteadyTime now) {
  auto& kind = kinds_[probe.is_canary ? 1 : 0];
  rules_.was_ever_reached = true;
  barred_since_.reset();
  kind.answered_began = std::max(kind.answered_began, probe.began);
  remember(kind, false, now);
  if (failing_since_ && probe.began >= *failing_since_) {
    failing_since_.reset();
    failed_ = 0;
  }
  // What a canary or a login saw does not keep the gateway from asking again.
  if (!probe.is_canary && probe.began > kind.down_began) {
    good_at_ = now;
    good_began_ = probe.began;
  }
  if (probe.began <= last_down_began_) return;
  ++kind.good_in_a_row;
  if (probe.is_canary) return;
  if (throttled_since_ && now - *throttled_since_ >= rules_.threshold) throttled_long_until_ = now;
  throttled_since_.reset();
}

void StateJudge::slow(const ProbeSeen& probe) {
  auto& kind = kinds_[probe.is_canary ? 1 : 0];
  rules_.was_ever_reached = true;
  barred_since_.reset();
  kind.answered_began = std::max(kind.answered_began, probe.began);
  if (!failing_since_ || probe.began < *failing_since_) return;
  failing_since_.reset();
  failed_ = 0;
}

void StateJudge::down(const ProbeSeen& probe, base::SteadyTime now) {
  auto& kind = kinds_[probe.is_canary ? 1 : 0];
  if (probe.began < kind.answered_began) return;  // something newer was answered
  const bool counts = !probe.timed_out || state_ != Sees::suspect || probe.began < entered_ ||
                      probe.began >= entered_ + 1s;  // else it may be the gateway's own load
  if (state_ == Sees::normal) {
    begin_anew();
    begun_anew_ = true;
  }
  barred_since_.reset();
  last_down_began_ = std::max(last_down_began_, probe.began);
  kind.down_began = std::max(kind.down_began, probe.began);
  others_down_at_ = probe_down_at_ = now;
  for (auto& one : kinds_) one.good_in_a_row = 0;
  remember(kind, true, now);
  if (probe.is_canary) return;
  if (!failing_since_) failing_since_ = probe.began;
  if (counts) ++failed_;
}

void StateJudge::barred(base::SteadyTime now) {
  failing_since_.reset();
  failed_ = 0;
  for (auto& one : kinds_) {
    one.good_in_a_row = 0;
    one.bad.clear();
    one.half_bad_since.reset();
  }
  if (!barred_since_) barred_since_ = now;
}

void StateJudge::remember(Kind& kind, bool bad, base::SteadyTime now) {
  kind.bad.push_back(bad);
  if (kind.bad.size() > 10) kind.bad.erase(kind.bad.begin());
  const auto bad_ones = std::ranges::count(kind.bad, true);
  if (4 * bad_ones <= std::ssize(kind.bad))
    kind.half_bad_since.reset();
  else if (!kind.half_bad_since && 2 * bad_ones >= std::ssize(kind.bad))
    kind.half_bad_since = now;
}

void StateJudge::hears(const ExchangeSeen& exchange, base::SteadyTime now) {
  auto sign = exchange.sign;
  if (sign == Sign::throttled && throttled_since_ && exchange.began >= *throttled_since_ + rules_.threshold)
    sign = Sign::down;
  if (sign == Sign::answered) {
    rules_.was_ever_reached = true;
    exchange_answered_began_ = std::max(exchange_answered_began_, exchange.began);
    exchange_answered_at_ = std::max(exchange_answered_at_, exchange.ended);
    if (failing_since_ && exchange.began >= *failing_since_) {
      failing_since_.reset();
      failed_ = 0;
    }
  }
  poll_.hears(exchange, sign, now);
  const bool in_doubt = state_ == Sees::suspect || state_ == Sees::degraded;
  if (in_doubt) poll_in_doubt_.hears(exchange, sign, now);
  look_at_poll(now);
  if ((exchange.votes || exchange.may_vote) && sign == Sign::down) hears_failing(exchange, now);
  if (sign == Sign::throttled) {
    if (!throttled_since_) throttled_since_ = now;
    throttled_at_ = now;
  }
  if (sign != Sign::down || exchange.began < exchange_answered_began_) return;
  last_down_began_ = std::max(last_down_began_, exchange.began);
  exchange_down_at_ = now;
}

void StateJudge::note(Failing& failing, std::size_t user, base::SteadyTime now) {
  if (failing.at && now - *failing.at <= 2s && failing.user != user) failing.two_at = now;
  failing.user = user;
  failing.at = now;
}

void StateJudge::hears_failing(const ExchangeSeen& exchange, base::SteadyTime now) {
  if (now - exchange.began > 1s) return;
  if (exchange.votes)
    note(certain_failing_, exchange.user, now);
  else
    unclear_at_ = now;
  note(possible_failing_, exchange.user, now);
  if (possible_failing_.two_at != now) return;
  exchange_down_at_ = now;
  if (state_ == Sees::degraded && poll_in_doubt_.part_is_down(10, now)) others_down_at_ = now;
}

// For sure.
bool StateJudge::users_fail(base::SteadyTime now) const {
  const bool is_unclear = unclear_at_ && now - *unclear_at_ < 4s;
  return !is_unclear && certain_failing_.two_at && now - *certain_failing_.two_at < 2s;
}

void StateJudge::look_at_poll(base::SteadyTime now) {
  if (!rules_.was_ever_reached || !poll_.half_are_down(now)) return;
  poll_bad_at_ = now;
  if (!poll_.half_fail(now)) return;
  half_fail_at_ = now;
  others_down_at_ = now;
}

// In and out of normal what was counted is counted from nothing.
void StateJudge::begin_anew() {
  failing_since_.reset();
  failed_ = 0;
  barred_since_.reset();
  for (auto& kind : kinds_) {
    kind.bad.clear();
    kind.half_bad_since.reset();
    kind.good_in_a_row = 0;
  }
}

bool StateJudge::is_lost(base::SteadyTime now) const {
  return rules_.was_ever_reached && failing_since_ && now - *failing_since_ >= rules_.threshold && failed_ >= 3;
}

bool StateJudge::half_bad(base::SteadyTime now) const {
  return std::ranges::any_of(kinds_, [&](const Kind& kind) {
    return kind.half_bad_since && now - *kind.half_bad_since >= rules_.threshold;
  });
}

int StateJudge::good_in_a_row() const {
  const int reach = kinds_[0].good_in_a_row;
  return rules_.has_canary ? std::min(reach, kinds_[1].good_in_a_row) : reach;
}

int StateJudge::most_good_needed() const {
  int out = 3;
  for (std::size_t i = 1; i < returns_.size(); ++i)
    out = returns_[i] - returns_[i - 1] < 10min ? std::min(2 * out, 300) : 3;
  return out;
}

std::string StateJudge::lacks(bool evidence, std::string_view what, base::SteadyTime now) const {
  if (evidence) return {};
  return fmt::format("without {}: failing for {} ms, {} failed probes, {} good in a row", what,
                     failing_since_ ? (now - *failing_since_) / 1ms : -1, failed_, good_in_a_row());
}

std::string StateJudge::change(Sees from, Sees to, std::string_view why, base::SteadyTime now) {
  look_at_poll(now);
  std::string wrong;
  if (from != state_) wrong = "from another state than it was in";
  if (wrong.empty()) wrong = from == Sees::normal ? leaves_normal(why, now) : other_change(from, why, now);
  if (!wrong.empty()) wrong = fmt::format("{} -> {} ({}) {}", to_string(from), to_string(to), why, wrong);
  if ((from == Sees::normal && !begun_anew_) || to == Sees::normal || why == "blind") begin_anew();
  if (to == Sees::normal) throttled_since_.reset();
  if (to == Sees::normal) needed_then_ = why == "risen" ? most_good_needed() : 3;
  if (why == "risen") {
    returns_.push_back(now);
    poll_.clear();
  }
  begun_anew_ = false;
  if (from != Sees::suspect) poll_in_doubt_.clear();
  if (why == "first_good") {
    poll_.outage_ended(good_began_);
    poll_in_doubt_.outage_ended(good_began_);
  }
  state_ = to;
  entered_ = now;
  return wrong;
}

std::string StateJudge::leaves_normal(std::string_view why, base::SteadyTime now) {
  if (why == "worry")
    return lacks(one_waits_since_ && now - *one_waits_since_ >= 1s, "a login that waited for a second", now);
  if (why == "login_down") return lacks(is_recent(exchange_down_at_, now), "a login that failed", now);
  if (why == "probe_down") return lacks(is_recent(probe_down_at_, now), "a probe that failed", now);
  if (why == "throttled") return lacks(is_recent(throttled_at_, now), "being throttled", now);
  return lacks(why == "many_users_down" && is_recent(half_fail_at_, now), "half of the users failing", now);
}

std::string StateJudge::other_change(Sees from, std::string_view why, base::SteadyTime now) {
  if (why == "threshold") return lacks(is_lost(now), "nothing but failures for the threshold", now);
  if (why == "two_good" && users_fail(now)) return "while users fail";
  if (why == "two_good") return lacks(good_in_a_row() >= 2, "two good probes", now);
  if (why == "nothing_known")
    return lacks(from == Sees::suspect && now - entered_ >= 15s, "15 s of doubt", now);
  if (why == "only_barred")
    return lacks(barred_since_ && now - *barred_since_ >= rules_.threshold, "only barred evidence", now);
  if (why == "half_down") return lacks(half_bad(now), "half of the probes failing", now);
  const bool a_tenth_fail =
      from == Sees::suspect && now - entered_ >= rules_.threshold && poll_in_doubt_.part_is_down(10, now);
  if (why == "many_users_down" && a_tenth_fail) others_down_at_ = now;
  if (why == "many_users_down")
    return lacks(a_tenth_fail || is_recent(half_fail_at_, now),
                 "half of the users failing, or a tenth for long", now);
  if (why == "risen") return lacks(good_in_a_row() >= 3, "three good probes", now);
  if (why == "blind") return lacks(now - not_own_at_ >= 30s, "30 s of the gateway's own trouble", now);
  return lacks(why == "first_good" && good_at_ == now, "a good probe", now);
}

std::string StateJudge::settled(Sees state, base::SteadyTime now) {
  look_at_poll(now);
  if (state != state_) return "the state is another than the changes said";
  if (state == Sees::continuity && good_at_ == now) return "continuity goes on after a good probe";
  const bool own_trouble = now - not_own_at_ >= 30'200ms;
  if (own_trouble && (state == Sees::continuity || state == Sees::degraded))
    return "a gateway that is blind goes on granting";
  if (state == Sees::suspect && now - entered_ >= 15'200ms) return "suspect lasts over 15 s";
  if (state != Sees::normal && barred_since_ && now - *barred_since_ >= rules_.threshold + 200ms)
    return fmt::format("{} goes on although all evidence is barred", to_string(state));
  const bool should_enter = state == Sees::suspect || state == Sees::degraded;
  if (should_enter && is_lost(now - 200ms) && failing_since_ < now - rules_.threshold - 200ms)
    return "nothing but failures for the threshold, and no continuity";
  return {};
}

}  // namespace sallyport::sim
