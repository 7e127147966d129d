#pragma once
// The part of the oracle that judges the gateway's belief about the service: each change must stand on evidence
// that the oracle has seen too, and what the evidence asks for must come in time. It hears of each piece of
// evidence just before the gateway's monitor does.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "poll_of_users.h"
#include "signs.h"

namespace sallyport::sim {

struct ProbeSeen {
  enum class When : std::uint8_t { in_time, unfinished, late };
  bool is_canary = false;
  When when{};
  Sign sign{};
  bool timed_out = false;
  base::SteadyTime began{};
};
class StateJudge {
 public:
  struct Rules {
    base::Duration threshold = std::chrono::seconds(5);
    bool has_canary = false, was_ever_reached = false;
  };
  StateJudge(Rules rules, base::SteadyTime now) : rules_(rules), entered_(now), not_own_at_(now) {}

  void hears(const ProbeSeen&, base::SteadyTime now);
  void hears(const ExchangeSeen&, base::SteadyTime now);
  // Since when who began then waits in vain: not while others are answered that began later.
  [[nodiscard]] base::SteadyTime waits_since(base::SteadyTime began) const {
    return began < exchange_answered_began_ ? std::max(began, exchange_answered_at_) : began;
  }
  void one_waits_since(std::optional<base::SteadyTime> when) { one_waits_since_ = when; }
  // What is wrong with it, or nothing.
  std::string change(Sees from, Sees to, std::string_view why, base::SteadyTime now);
  // After each of the monitor's turns: what should have happened has.
  std::string settled(Sees state, base::SteadyTime now);

  // The newest answered login's exchange began then: what began earlier says nothing any more.
  [[nodiscard]] base::SteadyTime answered_began() const { return exchange_answered_began_; }
  [[nodiscard]] Sees state() const { return state_; }
  [[nodiscard]] base::SteadyTime entered() const { return entered_; }
  [[nodiscard]] base::SteadyTime poll_was_bad_at() const { return poll_bad_at_; }
  [[nodiscard]] bool others_were_down_at(base::SteadyTime now) const {
    return others_down_at_ && now - *others_down_at_ <= std::chrono::milliseconds(10'200);
  }
  // At the slowest rate for the threshold: then it is as good as lost.
  [[nodiscard]] bool throttled_for_long(base::SteadyTime now) const {
    const bool was_until_lately = throttled_long_until_ && now - *throttled_long_until_ <= word_lasts;
    return was_until_lately || (throttled_since_ && now - *throttled_since_ >= rules_.threshold);
  }
  // How many good probes in a row the last way back to normal could take: more after each within ten minutes.
  [[nodiscard]] int most_good_needed_then() const { return needed_then_; }

 private:
  struct Kind {             // reach, canary
    std::vector<bool> bad;  // newest last
    std::optional<base::SteadyTime> half_bad_since;
    base::SteadyTime answered_began{}, down_began{};
    int good_in_a_row = 0;
  };
  void good(const ProbeSeen&, base::SteadyTime now);
  void slow(const ProbeSeen&);
  void down(const ProbeSeen&, base::SteadyTime now);
  void barred(base::SteadyTime now);
  void remember(Kind&, bool bad, base::SteadyTime now);
  void begin_anew();
  [[nodiscard]] bool is_lost(base::SteadyTime now) const;
  [[nodiscard]] int most_good_needed() const;
  [[nodiscard]] bool half_bad(base::SteadyTime now) const;
  [[nodiscard]] int good_in_a_row() const;
  [[nodiscard]] std::string lacks(bool evidence, std::string_view what, base::SteadyTime now) const;
  std::string leaves_normal(std::string_view why, base::SteadyTime now);
  std::string other_change(Sees from, std::string_view why, base::SteadyTime now);
  void look_at_poll(base::SteadyTime now);
  void hears_failing(const ExchangeSeen&, base::SteadyTime now);
  [[nodiscard]] bool users_fail(base::SteadyTime now) const;

  Rules rules_;
  Sees state_ = Sees::suspect;
  base::SteadyTime entered_, not_own_at_;
  std::array<Kind, 2> kinds_;
  static constexpr base::Duration word_lasts =
      std::chrono::milliseconds(700);  // until the workers hear another
  std::optional<base::SteadyTime> throttled_long_until_;
  std::optional<base::SteadyTime> failing_since_, barred_since_, throttled_since_, others_down_at_,
      one_waits_since_;
  int failed_ = 0;
  // Two users' failures within two seconds; `possible` ones too, where nobody can tell which login waits.
  struct Failing {
    std::size_t user = 0;
    std::optional<base::SteadyTime> at, two_at;
  };
  static void note(Failing&, std::size_t user, base::SteadyTime now);
  Failing certain_failing_, possible_failing_;
  std::optional<base::SteadyTime> unclear_at_;
  base::SteadyTime last_down_began_{}, exchange_answered_began_{}, exchange_answered_at_{};
  base::SteadyTime probe_down_at_{}, exchange_down_at_{}, throttled_at_{}, good_at_{}, good_began_{},
      poll_bad_at_{}, half_fail_at_{};
  bool begun_anew_ = false;  // by the evidence that is just being heard
  std::vector<base::SteadyTime> returns_;
  int needed_then_ = 3;
  PollOfUsers poll_, poll_in_doubt_;
};

}  // namespace sallyport::sim
