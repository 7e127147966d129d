#include "continuity/monitor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace sallyport::continuity {
namespace {

using namespace std::chrono_literals;
using base::SteadyTime;
using When = Probed::When;

// A gateway's watch in small: probes begin when they are due, and end as the service of this test would have
// it.
class AMonitor : public testing::Test {
 protected:
  struct Answer {
    Evidence evidence = Evidence::answered;
    base::Duration took = 5ms;
  };
  using Service = std::function<Answer(SteadyTime)>;

  static Service healthy() {
    return [](SteadyTime) { return Answer{}; };
  }
  static Service failing(Evidence evidence, base::Duration took = 1ms) {
    return [=](SteadyTime) { return Answer{evidence, took}; };
  }
  static Service silent() { return failing(Evidence::timed_out, 10s); }

  void make(bool armed = true) { monitor_.emplace(rules_, armed, now_); }
  void make_normal() {
    make();
    service_ = healthy();
    pass(2s);
    ASSERT_EQ(monitor_->state(), State::normal);
    seen_.clear();
  }
  // In steps of 10 ms.
  void pass(base::Duration time) {
    for (const auto end = now_ + time; now_ < end; now_ += 10ms) step();
  }
  void step() {
    if (now_ >= monitor_->next_probe()) {
      monitor_->probes_begin(now_, jitter_);
      ++probes_begun_;
      for (const auto probe : {Probe::reach, Probe::canary}) {
        if (probe == Probe::canary && !rules_.has_canary) continue;
        const auto answer = probe == Probe::canary && canary_service_ ? canary_service_(now_) : service_(now_);
        if (answer.took >= probe_limit)
          events_.emplace(now_ + probe_limit, Probed{probe, When::unfinished, Evidence::timed_out, now_});
        const auto when = answer.took >= probe_limit ? When::late : When::in_time;
        events_.emplace(now_ + answer.took, Probed{probe, when, answer.evidence, now_});
      }
    }
    while (!events_.empty() && events_.begin()->first <= now_) {
      monitor_->observe(events_.begin()->second, now_);
      events_.erase(events_.begin());
    }
    monitor_->tick(now_);
    for (const auto& change : monitor_->take_changes()) {
      EXPECT_TRUE(is_edge(change.from, change.to, change.why))
          << to_string(change.from) << " -> " << to_string(change.to) << " " << to_string(change.why);
      seen_.push_back(change);
    }
  }
  // How long it takes until the state is that; `limit` at most.
  base::Duration until(State state, base::Duration limit) {
    const auto begin = now_;
    while (monitor_->state() != state && now_ < begin + limit) {
      step();
      now_ += 10ms;
    }
    return now_ - begin;
  }
  void login(Evidence evidence, base::Duration took = 5ms, std::uint64_t user = 0, std::uint64_t client = 1) {
    monitor_->observe(LoginEnd{evidence, now_ - took, now_, took, user, client}, now_);
  }
  [[nodiscard]] bool was(State state) const {
    return std::ranges::any_of(seen_, [&](const auto& change) { return change.to == state; });
  }

  Rules rules_;
  double jitter_ = 0;
  int probes_begun_ = 0;
  SteadyTime now_{1000s};
  std::optional<Monitor> monitor_;
  Service service_ = healthy(), canary_service_;
  std::multimap<SteadyTime, Probed> events_;
  std::vector<Change> seen_;
};

TEST_F(AMonitor, starts_in_doubt_and_two_good_probes_make_it_normal) {
  make();
  EXPECT_EQ(monitor_->state(), State::suspect);
  EXPECT_LE(until(State::normal, 10s), 1100ms);
}

TEST_F(AMonitor, a_silent_service_is_lost_six_seconds_after_the_login_that_met_it) {
  make_normal();
  service_ = silent();
  const auto arrival = now_;
  while (monitor_->state() == State::normal) {
    monitor_->unanswered(arrival, now_);
    step();
    now_ += 10ms;
  }
  EXPECT_NEAR(static_cast<double>((now_ - arrival) / 10ms), 100, 2);
  until(State::continuity, 20s);
  EXPECT_LE(now_ - arrival, 6100ms);
  EXPECT_GE(now_ - arrival, 5900ms);
}

TEST_F(AMonitor, a_closed_port_is_an_outage_after_the_threshold) {
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  EXPECT_EQ(monitor_->state(), State::suspect);
  EXPECT_GE(until(State::continuity, 20s), 5s);
  EXPECT_EQ(seen_.back().why, Why::threshold);
  EXPECT_EQ(seen_.back().cause, Evidence::refused);
}

TEST_F(AMonitor, an_idle_gateway_knows_within_sixteen_seconds) {
  for (const auto& outage : {silent(), failing(Evidence::refused)}) {
    make_normal();
    until(State::suspect, 10ms);
    const auto due = monitor_->next_probe();
    while (now_ <= due) pass(10ms);  // the outage begins right after a probe
    service_ = outage;
    EXPECT_LE(until(State::continuity, 60s), 16s);
  }
}

TEST_F(AMonitor, an_idle_gateway_asks_about_every_ten_seconds) {
  make_normal();
  jitter_ = 1;
  const int before = probes_begun_;
  pass(90s);
  EXPECT_NEAR(probes_begun_ - before, 10, 1);
}

TEST_F(AMonitor, every_login_asks_again_at_most_a_probe_after_healing_and_all_is_normal_after_three) {
  for (const auto& outage : {silent(), failing(Evidence::refused)}) {
    make_normal();
    service_ = outage;
    for (std::uint64_t user = 1; user <= 20; ++user) login(Evidence::reset, 0ms, user);
    ASSERT_LT(until(State::continuity, 20s), 20s);
    pass(3330ms);
    service_ = healthy();
    EXPECT_LE(until(State::degraded, 20s), 1200ms);
    EXPECT_LE(until(State::normal, 20s), 2300ms);
  }
}

TEST_F(AMonitor, no_sequence_of_login_results_leads_out_of_doubt_while_probes_are_well) {
  make_normal();
  for (std::size_t i = 0; i < 20000; ++i) {
    login(static_cast<Evidence>(i * 7 % evidence_kinds), 5ms, 1 + i % 9);
    monitor_->unanswered(now_ - 10s, now_);
    step();
    now_ += 10ms;
  }
  EXPECT_TRUE(was(State::suspect));
  EXPECT_FALSE(was(State::degraded));
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, what_somebody_may_have_meant_never_opens_it) {
  for (const auto evidence : {Evidence::service_not_trusted, Evidence::own_certificate_refused,
                              Evidence::refused_by_service, Evidence::redirected, Evidence::clock_doubtful}) {
    make_normal();
    service_ = failing(evidence);
    login(Evidence::reset);
    for (int i = 0; i < 100; ++i) {
      login(evidence);
      pass(500ms);
    }
    EXPECT_FALSE(was(State::continuity)) << to_string(evidence);
    EXPECT_FALSE(was(State::degraded)) << to_string(evidence);
    EXPECT_EQ(monitor_->state(), State::normal);
    EXPECT_TRUE(monitor_->sees_only_barred());
  }
}

TEST_F(AMonitor, what_somebody_may_have_meant_does_not_keep_it_open) {
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  until(State::continuity, 20s);
  service_ = failing(Evidence::service_not_trusted);
  EXPECT_LE(until(State::normal, 30s), 6100ms);
  EXPECT_EQ(seen_.back().why, Why::only_barred);
}

TEST_F(AMonitor, downs_between_barred_ones_open_nothing) {
  make_normal();
  login(Evidence::reset);
  service_ = [n = 0](SteadyTime) mutable {
    return Answer{++n % 2 == 0 ? Evidence::service_not_trusted : Evidence::refused, 1ms};
  };
  pass(60s);
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, an_expired_certificate_opens_the_article_profile_and_bars_the_strict_one) {
  for (const auto profile : {Profile::article, Profile::strict}) {
    rules_.profile = profile;
    make_normal();
    service_ = failing(Evidence::own_certificate_expired);
    pass(60s);
    EXPECT_EQ(was(State::continuity), profile == Profile::article);
  }
}

TEST_F(AMonitor, a_cause_that_the_settings_call_an_alarm_opens_nothing) {
  for (const auto cause : {Evidence::http_error, Evidence::service_error, Evidence::throttled}) {
    for (const bool is_alarm : {false, true}) {
      rules_.profile = {};
      if (is_alarm) rules_.profile = {Side::down, Side::down, Side::barred, Side::barred, Side::barred};
      make_normal();
      service_ = failing(cause);
      login(cause);
      pass(60s);
      EXPECT_EQ(was(State::continuity), !is_alarm) << to_string(cause) << (is_alarm ? " as an alarm" : "");
    }
  }
}

TEST_F(AMonitor, our_own_trouble_opens_nothing_and_ends_continuity) {
  make_normal();
  service_ = failing(Evidence::local);
  login(Evidence::reset);
  pass(60s);
  EXPECT_FALSE(was(State::continuity));
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  until(State::continuity, 20s);
  service_ = failing(Evidence::local);
  EXPECT_LE(until(State::suspect, 60s), 31s);
  EXPECT_EQ(seen_.back().why, Why::blind);
}

TEST_F(AMonitor, a_slow_service_is_degraded_never_lost) {
  make_normal();
  service_ = failing(Evidence::answered, 3s);
  monitor_->unanswered(now_ - 5s, now_);
  pass(120s);
  EXPECT_TRUE(was(State::degraded));
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, every_second_probe_failing_is_degraded_never_lost) {
  make_normal();
  login(Evidence::http_error);
  service_ = [n = 0](SteadyTime) mutable {
    return Answer{++n % 2 == 0 ? Evidence::answered : Evidence::http_error, 5ms};
  };
  pass(120s);
  EXPECT_TRUE(was(State::degraded));
  EXPECT_FALSE(was(State::continuity));
  EXPECT_EQ(monitor_->state(), State::degraded);
}

TEST_F(AMonitor, what_was_never_reached_is_not_lost) {
  make(false);
  service_ = failing(Evidence::name_not_resolved);
  for (int i = 0; i < 200; ++i) {
    login(Evidence::name_not_resolved, 1ms, 1 + static_cast<std::uint64_t>(i),
          static_cast<std::uint64_t>(i % 3));
    pass(500ms);
  }
  EXPECT_FALSE(was(State::continuity));
  EXPECT_FALSE(was(State::degraded));
  EXPECT_FALSE(monitor_->is_armed());
  service_ = healthy();
  login(Evidence::answered);
  pass(30s);
  EXPECT_TRUE(monitor_->is_armed());
  EXPECT_FALSE(was(State::degraded)) << "what failed before is no outage of what is reached now";
  EXPECT_EQ(monitor_->state(), State::normal);
}

TEST_F(AMonitor, doubt_ends_after_fifteen_seconds_whatever_is_seen) {
  make_normal();
  service_ = [n = 0](SteadyTime) mutable {
    ++n;
    return Answer{n % 3 == 0   ? Evidence::local
                  : n % 3 == 1 ? Evidence::answered
                               : Evidence::service_not_trusted,
                  5ms};
  };
  login(Evidence::reset);
  ASSERT_EQ(monitor_->state(), State::suspect);
  while (monitor_->state() == State::suspect) {
    login(Evidence::reset, 0ms);
    step();
    now_ += 10ms;
    ASSERT_LE(now_, seen_.empty() ? now_ : seen_.front().at + 15100ms);
  }
}

TEST_F(AMonitor, stays_in_doubt_while_two_users_fail_though_probes_are_well) {
  make_normal();
  const auto fail_for = [&](base::Duration time, std::uint64_t users) {
    for (const auto end = now_ + time; now_ < end; pass(200ms))
      login(Evidence::http_error, 5ms, 1 + static_cast<std::uint64_t>(now_.time_since_epoch() / 200ms) % users);
  };
  fail_for(10s, 2);
  EXPECT_EQ(seen_.size(), 1U) << "suspect, and not to and fro";
  EXPECT_LE(until(State::normal, 5s), 2500ms);
  seen_.clear();
  fail_for(10s, 1);
  EXPECT_GE(seen_.size(), 4U) << "one user alone may have trouble of their own";
}

TEST_F(AMonitor, is_degraded_after_the_threshold_when_a_tenth_of_many_users_fail_though_probes_are_well) {
  make_normal();
  const auto begin = now_;
  std::uint64_t user = 0;
  const auto next_login = [&] {
    ++user;
    login(user % 8 == 0 ? Evidence::http_error : Evidence::answered, 5ms, user, user / 8 % 2);
    pass(20ms);
  };
  while (!was(State::degraded) && now_ < begin + 20s) next_login();
  EXPECT_LE(now_ - begin, 5500ms);
  for (const auto end = now_ + 20s; now_ < end;) next_login();
  EXPECT_EQ(monitor_->state(), State::degraded) << "as long as they do";
  EXPECT_LE(until(State::normal, 10s), 3500ms);
}

TEST_F(AMonitor, is_degraded_by_a_tenth_and_opens_the_ladder_for_them) {
  make_normal();
  pass(20s);
  seen_.clear();
  const auto begin = now_;
  std::uint64_t user = 0;
  const auto next_login = [&] {
    ++user;
    login(user % 5 == 0 ? Evidence::http_error : Evidence::answered, 5ms, user, user / 5 % 2);
    pass(20ms);
  };
  while (!was(State::degraded) && now_ < begin + 20s) next_login();
  EXPECT_LE(now_ - begin, 6s);
  for (int i = 0; i < 500; ++i) next_login();
  EXPECT_EQ(monitor_->state(), State::degraded);
  EXPECT_GT(monitor_->snapshot(now_).others_down_until, now_ + 8s);
}

TEST_F(AMonitor, is_not_degraded_by_users_while_probes_are_barred) {
  make_normal();
  service_ = failing(Evidence::own_certificate_refused);
  std::uint64_t user = 0;
  for (const auto end = now_ + 30s; now_ < end; pass(20ms)) {  // some see a reset before they see the alert
    ++user;
    login(user % 5 == 0 ? Evidence::reset : Evidence::own_certificate_refused, 5ms, user, user / 5 % 2);
  }
  EXPECT_FALSE(was(State::degraded));
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, leaves_degraded_while_two_of_many_users_fail) {
  make_normal();
  std::uint64_t user = 0;
  const auto login_of_many = [&](std::uint64_t bad) {
    ++user;
    login(user % 5 == 0 ? Evidence::http_error : Evidence::answered, 5ms,
          user % 5 == 0 ? user % bad : user + 100, user / 5 % 2);
    pass(20ms);
  };
  while (!was(State::degraded) && user < 2000) login_of_many(1000);
  ASSERT_EQ(monitor_->state(), State::degraded);
  for (int i = 0; i < 2000; ++i) login_of_many(10);  // users 0 and 5
  EXPECT_NE(monitor_->state(), State::degraded);
}

TEST_F(AMonitor, that_is_blind_is_not_degraded_by_users_whose_logins_fail) {
  make_normal();
  service_ = failing(Evidence::local);
  std::uint64_t user = 0;
  for (const auto end = now_ + 40s; now_ < end; pass(50ms)) {
    ++user;
    login(Evidence::http_error, 5ms, user, user % 2);
  }
  EXPECT_TRUE(was(State::degraded)) << "as long as it was not";
  EXPECT_NE(monitor_->state(), State::degraded);
  EXPECT_LE(seen_.size(), 6U) << "and not to and fro";
}

TEST_F(AMonitor, is_degraded_in_time_by_a_service_that_fails_every_second_time) {
  for (const int first : {0, 1}) {
    seen_.clear();
    make_normal();
    int count = first;
    service_ = [&count](SteadyTime) {
      return Answer{++count % 2 == 0 ? Evidence::http_error : Evidence::answered};
    };
    std::uint64_t user = 0;
    const auto begin = now_;
    for (; !was(State::degraded) && now_ < begin + 20s; pass(50ms))
      login(Evidence::http_error, 5ms, 1 + ++user % 5);
    EXPECT_LE(now_ - begin, 7500ms) << first;
    EXPECT_FALSE(was(State::normal));
  }
}

TEST_F(AMonitor, ten_users_whose_logins_fail_degrade_it_though_probes_are_well) {
  make_normal();
  for (std::uint64_t user = 1; user <= 9; ++user) login(Evidence::service_error, 5ms, user);
  pass(10ms);
  EXPECT_FALSE(was(State::degraded));
  login(Evidence::service_error, 5ms, 10);
  pass(10ms);
  EXPECT_EQ(monitor_->state(), State::degraded);
  EXPECT_GT(monitor_->snapshot(now_).others_down_until, now_);
  pass(29s);
  EXPECT_EQ(monitor_->state(), State::degraded);
  pass(2s);
  EXPECT_EQ(monitor_->state(), State::normal);
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, is_not_degraded_because_the_users_who_were_answered_are_forgotten_first) {
  make_normal();
  for (std::uint64_t user = 1; user <= 20; ++user) login(Evidence::answered, 5ms, user);
  pass(10s);
  for (std::uint64_t user = 21; user <= 35; ++user) login(Evidence::service_not_trusted, 5ms, user);
  for (std::uint64_t user = 36; user <= 50; ++user) login(Evidence::service_error, 5ms, user);
  pass(40s);  // after twenty of these half of the votes that are left are down
  EXPECT_FALSE(was(State::degraded));
}

TEST_F(AMonitor, a_canary_that_fails_while_the_service_is_reached_degrades_it) {
  rules_.has_canary = true;
  make_normal();
  canary_service_ = failing(Evidence::service_error, 5ms);
  EXPECT_LE(until(State::degraded, 60s), 17s);
  pass(60s);
  EXPECT_FALSE(was(State::continuity));
  EXPECT_EQ(monitor_->state(), State::degraded);
  canary_service_ = healthy();
  EXPECT_LE(until(State::normal, 60s), 3500ms);
}

TEST_F(AMonitor, a_canary_that_fails_neither_opens_continuity_nor_keeps_it_open) {
  rules_.has_canary = true;
  make_normal();
  service_ = canary_service_ = failing(Evidence::refused);
  until(State::continuity, 60s);
  service_ = healthy();
  EXPECT_LE(until(State::degraded, 60s), 1200ms);
  pass(60s);
  EXPECT_EQ(monitor_->state(), State::degraded);
  canary_service_ = healthy();
  make_normal();
  service_ = failing(Evidence::refused);
  canary_service_ = failing(Evidence::service_error, 5ms);
  pass(12s);  // some refused, and then it is reached
  service_ = healthy();
  seen_.clear();
  pass(60s);
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, what_began_before_the_newest_success_is_not_counted) {
  make_normal();
  const auto began = now_;
  pass(11s);  // a probe was answered since
  monitor_->observe(Probed{Probe::reach, When::in_time, Evidence::reset, began}, now_);
  EXPECT_EQ(monitor_->state(), State::normal);
  login(Evidence::answered);
  login(Evidence::reset, 5s);
  EXPECT_EQ(monitor_->state(), State::normal);
}

TEST_F(AMonitor, too_much_is_no_outage_until_we_have_asked_slowly_for_long) {
  make_normal();
  service_ = failing(Evidence::throttled, 5ms);
  login(Evidence::throttled);
  EXPECT_EQ(monitor_->state(), State::suspect);
  EXPECT_FALSE(monitor_->snapshot(now_).throttled_is_down);
  EXPECT_LE(until(State::degraded, 30s), 5100ms);
  EXPECT_TRUE(monitor_->snapshot(now_).throttled_is_down);
}

TEST_F(AMonitor, returns_within_ten_minutes_take_longer_each_time) {
  make_normal();
  std::vector<base::Duration> took;
  for (int i = 0; i < 4; ++i) {
    service_ = failing(Evidence::refused);
    login(Evidence::refused, 0ms);
    until(State::continuity, 60s);
    service_ = healthy();
    took.push_back(until(State::normal, 100s));
  }
  EXPECT_LE(took[0], 3100ms);
  EXPECT_LE(took[1], 3100ms);
  EXPECT_GT(took[2], 5s);
  EXPECT_GT(took[3], 11s);
}

// What follows was found by the simulation (tests/sim).
TEST_F(AMonitor, that_went_blind_counts_from_nothing) {
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  until(State::continuity, 6s);
  service_ = failing(Evidence::local);
  until(State::suspect, 31s);
  seen_.clear();
  pass(10s);
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, is_worried_by_a_login_older_than_an_answer_when_that_was_the_last_for_a_second) {
  make_normal();
  const auto old = now_;
  pass(2s);
  login(Evidence::answered);
  monitor_->unanswered(old, now_);
  EXPECT_EQ(monitor_->state(), State::normal);
  pass(990ms);
  monitor_->unanswered(old, now_);
  EXPECT_EQ(monitor_->state(), State::normal);
  pass(10ms);  // since when nobody has heard anything
  monitor_->unanswered(old, now_);
  EXPECT_EQ(monitor_->state(), State::suspect);
}

TEST_F(AMonitor, asks_at_once_when_a_login_fails_that_is_older_than_an_answer) {
  make_normal();
  pass(3s);
  login(Evidence::answered, 1ms);
  service_ = failing(Evidence::refused);
  login(Evidence::refused, 100ms);
  EXPECT_EQ(monitor_->state(), State::normal);
  EXPECT_LE(until(State::suspect, 1s), 20ms) << "before the login is sent again";
  EXPECT_EQ(seen_.back().why, Why::probe_down);
}

TEST_F(AMonitor, asks_once_a_second_at_most_while_old_logins_fail) {
  make_normal();
  const int before = probes_begun_;
  for (int i = 0; i < 500; ++i) {
    login(Evidence::answered, 1ms);
    login(Evidence::reset, 2s);
    pass(10ms);
  }
  EXPECT_EQ(monitor_->state(), State::normal);
  EXPECT_NEAR(probes_begun_ - before, 5, 1);
}

TEST_F(AMonitor, users_who_asked_before_the_answer_that_ended_an_outage_do_not_delay_the_return) {
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  until(State::continuity, 20s);
  service_ = healthy();
  until(State::degraded, 2s);
  for (std::uint64_t user = 1; user <= 20; ++user) login(Evidence::timed_out, 5s, user);
  EXPECT_LE(until(State::normal, 20s), 2300ms);
}

TEST_F(AMonitor, that_is_reached_for_the_first_time_has_lost_nothing) {
  rules_.has_canary = true;
  make(false);
  service_ = failing(Evidence::refused);
  pass(8s);
  canary_service_ = healthy();
  pass(1s);
  EXPECT_TRUE(monitor_->is_armed());
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, sees_no_outage_where_logins_are_answered) {
  make_normal();
  service_ = failing(Evidence::http_error);
  login(Evidence::http_error);
  for (int i = 0; i < 10; ++i) {
    pass(1s);
    login(Evidence::answered);
  }
  EXPECT_FALSE(was(State::continuity));
}

TEST_F(AMonitor, its_word_is_a_lease) {
  make_normal();
  service_ = failing(Evidence::refused);
  login(Evidence::refused);
  until(State::continuity, 20s);
  const Standing standing{Mode::automatic, monitor_->snapshot(now_)};
  EXPECT_EQ(standing.state(now_ + 2900ms), State::continuity);
  EXPECT_EQ(standing.state(now_ + 3s), State::suspect);
  EXPECT_FALSE(standing.is_lost(now_ + 3s));
}

TEST_F(AMonitor, a_service_that_is_always_slow_worries_nobody) {
  make_normal();
  for (int i = 0; i < 2000; ++i) login(Evidence::answered, 800ms);
  EXPECT_GT(monitor_->worry(), 3s);
  EXPECT_LE(monitor_->worry(), 4s);
  for (int i = 0; i < 5000; ++i) login(Evidence::answered, 20ms);
  EXPECT_EQ(monitor_->worry(), 1s);
}

}  // namespace
}  // namespace sallyport::continuity
