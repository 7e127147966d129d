// Logins in an outage: what the monitor's word makes of them.
#include <gtest/gtest.h>

#include "validation/transaction.h"

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;
using base::Time;
using continuity::Evidence;
using continuity::Rung;
using continuity::Standing;
using continuity::State;

constexpr Time start{base::SteadyTime(1000s), base::WallTime(1'700'000'000s), true};

class AnOutage : public testing::Test {
 protected:
  AnOutage() {
    policy_.mode = Mode::password_code;
    policy_.patience = 8500ms;
    policy_.reject_delay = 1s;
    policy_.service_limit = 5s;
    policy_.push_life = 60s;
  }
  [[nodiscard]] Standing standing(State state) const {
    Standing out{continuity::Mode::automatic, {}};
    out.snapshot.state = state;
    out.snapshot.valid_until = now_.steady + 3s;
    out.snapshot.others_down_until = now_.steady + 10s;
    out.snapshot.cause = Evidence::refused;
    return out;
  }
  Step begin(const Standing& standing, std::string_view field = "hunter2123456") {
    auto begun = Transaction::begin(
        {"alice", base::Secret(field), start, "sp1_0123456789abcdefghijkl", 0ms, {}}, policy_, standing, now_);
    login_.emplace(std::move(begun.transaction));
    return std::move(begun.step);
  }
  Step first(FirstFactor outcome = FirstFactor::good) {
    return login_->on(FirstFactorResult{outcome, Cause::none, "alice.smith"}, now_);
  }
  Step code(SecondFactor outcome, Evidence evidence = Evidence::answered) {
    return login_->on(SecondFactorResult{outcome, Cause::none, evidence}, now_);
  }
  Step down(Evidence evidence = Evidence::refused) { return code(SecondFactor::unavailable, evidence); }
  Step word(State state) { return login_->on(standing(state), now_); }
  Step recorded(bool is_durable = true) { return login_->on(Recorded{is_durable}, now_); }
  // Under way, with a good first factor: the service is being asked.
  void ask(State state = State::normal) {
    begin(standing(state));
    ASSERT_TRUE(is<VerifyCode>(first()));
  }
  template <class T>
  static bool is(const Step& step) {
    return std::holds_alternative<T>(step);
  }
  template <class T>
  static const T& as(const Step& step) {
    return std::get<T>(step);
  }

  Policy policy_;
  std::optional<Transaction> login_;
  Time now_ = start;
};

TEST_F(AnOutage, that_is_known_lets_in_who_brings_the_first_factor_and_digits_once_that_is_on_record) {
  begin(standing(State::continuity));
  const auto step = first();
  EXPECT_EQ(as<WriteRecord>(step).rung, Rung::any_code);
  EXPECT_EQ(as<WriteRecord>(step).cause, Evidence::refused);
  const auto end = as<Finish>(recorded());
  EXPECT_EQ(end.verdict, Verdict::accept);
  EXPECT_EQ(end.rung, Rung::any_code);
  EXPECT_EQ(end.second_factor, SecondFactor::unavailable);
}

TEST_F(AnOutage, lets_nobody_in_with_a_wrong_first_factor_or_with_none_that_could_be_asked) {
  for (const auto outcome : {FirstFactor::refused, FirstFactor::unavailable}) {
    begin(standing(State::continuity));
    EXPECT_EQ(as<Finish>(first(outcome)).verdict, Verdict::reject);
  }
}

TEST_F(AnOutage, lets_nobody_in_whose_line_is_not_durable) {
  begin(standing(State::continuity));
  first();
  const auto end = as<Finish>(recorded(false));
  EXPECT_EQ(end.verdict, Verdict::reject);
  EXPECT_EQ(end.cause, Cause::not_recorded);
  begin(standing(State::continuity));
  first();
  now_ = start + 8500ms;
  EXPECT_EQ(as<Finish>(login_->on_deadline(now_)).verdict, Verdict::reject);
}

TEST_F(AnOutage, lets_nobody_in_over_a_limit_where_only_the_rungs_below_decide) {
  for (const auto last : {Rung::deny, Rung::silent}) {
    policy_.ladders.own = {Rung::any_code, last};
    begin(standing(State::continuity));
    EXPECT_TRUE(is<WriteRecord>(first()));
    const auto end = as<Finish>(login_->on(Recorded{false, true}, now_));
    EXPECT_EQ(end.verdict, last == Rung::deny ? Verdict::reject : Verdict::silent);
    EXPECT_EQ(end.cause, last == Rung::deny ? Cause::denied_by_ladder : Cause::silent_by_ladder);
    EXPECT_FALSE(end.rung);
  }
}

TEST_F(AnOutage, that_has_let_in_enough_leaves_the_exchange_that_is_under_way_its_verdict) {
  ask();
  EXPECT_TRUE(is<WriteRecord>(word(State::continuity)));
  EXPECT_TRUE(is<GoOn>(login_->on(Recorded{false, true}, now_)));
  EXPECT_TRUE(is<GoOn>(word(State::continuity)));  // it is not asked again
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(AnOutage, whose_record_fails_leaves_the_exchange_that_is_under_way_its_verdict) {
  ask();
  EXPECT_TRUE(is<WriteRecord>(word(State::continuity)));
  EXPECT_TRUE(is<GoOn>(recorded(false)));
  EXPECT_TRUE(is<GoOn>(word(State::continuity)));  // not written again at each word
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
  ask();
  word(State::continuity);
  recorded(false);
  EXPECT_TRUE(is<WriteRecord>(down()));
  EXPECT_EQ(as<Finish>(recorded(false)).cause, Cause::not_recorded);
}

TEST_F(AnOutage, lets_nobody_in_by_a_rung_once_somebody_has_disabled_it) {
  const auto disabled = [this](State state) {
    auto out = standing(state);
    out.mode = continuity::Mode::disabled;
    return out;
  };
  for (const auto state : {State::continuity, State::degraded}) {
    begin(standing(State::continuity));
    EXPECT_TRUE(is<WriteRecord>(first()));
    login_->on(disabled(state), now_);
    EXPECT_TRUE(is<VerifyCode>(recorded())) << "the service is asked instead";
    EXPECT_TRUE(is<VerifyCode>(down()));
    EXPECT_EQ(as<Finish>(down()).cause, Cause::service_unreachable);
  }
  ask(State::suspect);
  EXPECT_TRUE(is<AwaitContinuity>(down(Evidence::reset)));
  EXPECT_TRUE(is<VerifyCode>(login_->on(disabled(State::degraded), now_)));
  EXPECT_EQ(as<Finish>(down()).cause, Cause::service_unreachable);
}

TEST_F(AnOutage, can_be_rehearsed_on_who_was_let_in_by_the_service) {
  using What = continuity::Decision::What;
  ask();
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
  EXPECT_EQ(login_->rehearse().what, What::grant);
  EXPECT_EQ(login_->rehearse().rung, Rung::any_code);
  policy_.ladders.own = {Rung::recent_success};
  EXPECT_EQ(login_->rehearse().what, What::deny);
}

TEST_F(AnOutage, that_begins_meanwhile_holds_a_login_until_the_word_comes) {
  ask();
  EXPECT_TRUE(is<AwaitContinuity>([&] {
    word(State::suspect);
    return down();
  }()));
  now_ = start + 6s;
  EXPECT_TRUE(is<WriteRecord>(word(State::continuity)));
  EXPECT_EQ(as<Finish>(recorded()).verdict, Verdict::accept);
}

TEST_F(AnOutage, that_the_settings_call_an_alarm_holds_nobody) {
  ask();
  EXPECT_TRUE(is<AwaitContinuity>(down(Evidence::own_certificate_expired)));
  policy_.profile = continuity::Profile::strict;
  ask();
  EXPECT_EQ(as<Finish>(down(Evidence::own_certificate_expired)).verdict, Verdict::reject);
  policy_.profile.throttled = continuity::Side::barred;
  begin([this] {
    auto out = standing(State::normal);
    out.snapshot.throttled_is_down = true;
    return out;
  }());
  ASSERT_TRUE(is<VerifyCode>(first()));
  EXPECT_EQ(as<Finish>(down(Evidence::throttled)).verdict, Verdict::reject);
}

TEST_F(AnOutage, that_was_none_sends_a_login_that_waited_once_more_under_the_same_id) {
  ask(State::suspect);
  down(Evidence::reset);
  const auto step = word(State::normal);
  EXPECT_EQ(as<VerifyCode>(step).sending, 2);
  EXPECT_EQ(as<VerifyCode>(step).request_id, "sp1_0123456789abcdefghijkl");
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(AnOutage, runs_the_ladder_beside_an_exchange_that_is_under_way_and_a_verdict_that_comes_first_wins) {
  for (const auto verdict : {SecondFactor::good, SecondFactor::refused}) {
    ask();
    EXPECT_TRUE(is<WriteRecord>(word(State::continuity)));
    const auto end = as<Finish>(code(verdict));
    EXPECT_EQ(end.verdict, verdict == SecondFactor::good ? Verdict::accept : Verdict::reject);
    EXPECT_FALSE(end.rung);
  }
  ask();
  word(State::continuity);
  EXPECT_TRUE(is<GoOn>(down(Evidence::timed_out)));
  EXPECT_EQ(as<Finish>(recorded()).rung, Rung::any_code);
}

TEST_F(AnOutage, lets_nobody_in_whose_exchange_ends_as_if_somebody_meant_it_before_the_line_is_durable) {
  ask();
  EXPECT_TRUE(is<WriteRecord>(word(State::continuity)));
  EXPECT_EQ(as<Finish>(down(Evidence::service_not_trusted)).verdict, Verdict::reject);
}

TEST_F(AnOutage, lets_no_refused_login_in_whatever_comes_after) {
  for (const auto state : {State::normal, State::suspect, State::degraded, State::continuity}) {
    ask();
    EXPECT_EQ(as<Finish>(code(SecondFactor::refused)).verdict, Verdict::reject);
    EXPECT_TRUE(is<GoOn>(word(state)));
  }
}

TEST_F(AnOutage, that_is_partial_asks_the_service_for_everybody_twice_before_the_ladder) {
  ask(State::degraded);
  EXPECT_EQ(as<VerifyCode>(down(Evidence::http_error)).sending, 2);
  EXPECT_TRUE(is<WriteRecord>(down(Evidence::http_error)));
}

TEST_F(AnOutage, that_is_partial_needs_others_that_ended_down_too) {
  auto alone = standing(State::degraded);
  alone.snapshot.others_down_until = now_.steady;
  begin(alone);
  first();
  down(Evidence::http_error);
  EXPECT_TRUE(is<AwaitContinuity>(down(Evidence::http_error)));
  ask(State::degraded);
  down(Evidence::local);
  EXPECT_TRUE(is<AwaitContinuity>(down(Evidence::local))) << "our own trouble is no outage";
}

TEST_F(AnOutage, that_ends_while_the_line_is_written_asks_the_service_first) {
  for (const auto state : {State::degraded, State::normal}) {
    begin(standing(State::continuity));
    EXPECT_TRUE(is<WriteRecord>(first()));
    EXPECT_TRUE(is<GoOn>(word(state)));
    EXPECT_TRUE(is<VerifyCode>(recorded()));
    EXPECT_EQ(as<Finish>(code(SecondFactor::refused)).verdict, Verdict::reject);
  }
}

TEST_F(AnOutage, is_none_when_somebody_may_have_meant_it) {
  ask();
  word(State::suspect);
  EXPECT_EQ(as<Finish>(down(Evidence::service_not_trusted)).cause, Cause::service_unreachable);
}

TEST_F(AnOutage, whose_word_has_expired_grants_nothing) {
  auto old = standing(State::continuity);
  old.snapshot.valid_until = now_.steady;
  begin(old);
  EXPECT_TRUE(is<VerifyCode>(first()));
  EXPECT_TRUE(is<AwaitContinuity>(down()));
  // A slow disk: the word was good when the line was written, and is not any more.
  begin(standing(State::continuity));
  first();
  now_ = now_ + 4s;
  EXPECT_TRUE(is<AwaitContinuity>(recorded()));
}

TEST_F(AnOutage, without_a_word_until_the_end_lets_a_login_ask_once_more_and_then_says_so) {
  ask();
  word(State::suspect);
  down();
  EXPECT_EQ(login_->deadline(), start.steady + 7300ms);
  now_ = start + 7300ms;
  EXPECT_EQ(as<VerifyCode>(login_->on_deadline(now_)).sending, 2);
  EXPECT_EQ(login_->deadline(), start.steady + 8500ms);
  EXPECT_TRUE(is<AwaitContinuity>(down()));
  now_ = start + 8500ms;
  EXPECT_EQ(as<Finish>(login_->on_deadline(now_)).cause, Cause::service_unreachable);
}

// Found by the simulation: on a word older than its failure both sendings were used up in a moment.
TEST_F(AnOutage, of_seconds_does_not_use_up_both_sendings_in_a_moment) {
  ask(State::normal);
  EXPECT_TRUE(is<AwaitContinuity>(down()));
  EXPECT_EQ(login_->deadline(), now_.steady + 250ms);
  EXPECT_TRUE(is<AwaitContinuity>(word(State::suspect)));
  EXPECT_EQ(login_->deadline(), start.steady + 7300ms);
  EXPECT_EQ(as<VerifyCode>(word(State::normal)).sending, 2);
  // Where nothing more is heard it was no outage.
  ask(State::normal);
  down();
  EXPECT_EQ(as<VerifyCode>(login_->on_deadline(now_)).sending, 2);
}

TEST_F(AnOutage, leaves_a_server_without_continuity_as_it_was) {
  auto none = standing(State::continuity);
  none.mode = continuity::Mode::disabled;
  begin(none);
  EXPECT_EQ(as<VerifyCode>(first()).sending, 1);
  EXPECT_EQ(as<VerifyCode>(down()).sending, 2);
  EXPECT_EQ(as<Finish>(down()).cause, Cause::service_unreachable);
}

TEST_F(AnOutage, by_hand_asks_no_service) {
  auto by_hand = standing(State::normal);
  by_hand.mode = continuity::Mode::enabled;
  begin(by_hand);
  EXPECT_TRUE(is<WriteRecord>(first()));
  EXPECT_EQ(as<Finish>(recorded()).verdict, Verdict::accept);
}

TEST_F(AnOutage, denies_or_stays_silent_as_the_ladder_says) {
  policy_.ladders.own = {Rung::deny};
  begin(standing(State::continuity));
  const auto denied = as<Finish>(first());
  EXPECT_EQ(denied.verdict, Verdict::reject);
  EXPECT_EQ(denied.reason, Reason::denied_in_outage);
  policy_.ladders.own = {Rung::silent};
  begin(standing(State::continuity));
  EXPECT_EQ(as<Finish>(first()).verdict, Verdict::silent);
}

TEST_F(AnOutage, lets_a_denied_login_wait_for_the_exchange_that_is_under_way) {
  policy_.ladders.own = {Rung::deny};
  ask();
  EXPECT_TRUE(is<GoOn>(word(State::continuity)));
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(AnOutage, asks_for_digits_where_a_push_would_have_gone) {
  begin(standing(State::continuity), "hunter2");
  EXPECT_EQ(as<Finish>(first()).reason, Reason::append_code);
  policy_.shows_challenges = true;
  begin(standing(State::continuity), "hunter2");
  EXPECT_EQ(as<Challenge>(first()).carried.asks, Challenged::Asks::code);
  begin(standing(State::normal), "hunter2");
  first();
  login_->on(MethodsResult{SecondFactor::good, Cause::none, false, true}, now_);
  EXPECT_TRUE(is<PollPush>(login_->on(PushResult{SecondFactor::good, Cause::none, "0011223344556677"}, now_)));
  const auto step = word(State::continuity);
  EXPECT_EQ(as<Challenge>(step).carried.asks, Challenged::Asks::push);
  EXPECT_EQ(as<Challenge>(step).carried.transaction_id, "0011223344556677");
}

// Which methods a user has, a push or a code that is to be sent: an outage of seconds loses none of them.
TEST_F(AnOutage, that_begins_while_a_push_is_to_be_sent_holds_the_login_until_the_word_comes) {
  policy_.shows_challenges = true;
  const auto ask_methods = [this] {
    begin(standing(State::normal), "hunter2");
    EXPECT_TRUE(is<FindMethods>(first()));
    return login_->on(MethodsResult{.outcome = SecondFactor::unavailable, .evidence = Evidence::reset}, now_);
  };
  EXPECT_TRUE(is<AwaitContinuity>(ask_methods()));
  EXPECT_TRUE(is<AwaitContinuity>(word(State::suspect)));
  EXPECT_EQ(as<FindMethods>(word(State::normal)).sending, 2);
  EXPECT_TRUE(is<SendPush>(login_->on(MethodsResult{SecondFactor::good, Cause::none, false, true}, now_)));
  const PushResult none_sent{.outcome = SecondFactor::unavailable, .evidence = Evidence::timed_out};
  EXPECT_TRUE(is<AwaitContinuity>(login_->on(none_sent, now_)));
  word(State::suspect);
  EXPECT_EQ(as<SendPush>(word(State::normal)).sending, 2);
  EXPECT_TRUE(is<PollPush>(login_->on(PushResult{SecondFactor::good, Cause::none, "0011223344556677"}, now_)));

  ask_methods();
  EXPECT_EQ(as<Challenge>(word(State::continuity)).carried.asks, Challenged::Asks::code);
  policy_.methods = {Method::push};
  ask_methods();
  word(State::suspect);
  now_ = start + 8500ms;
  EXPECT_EQ(as<Finish>(login_->on_deadline(now_)).cause, Cause::service_unreachable);

  now_ = start;
  policy_.shows_challenges = false;
  begin(standing(State::normal), "hunter2");
  EXPECT_TRUE(is<SendPush>(first()));
  EXPECT_TRUE(is<AwaitContinuity>(login_->on(none_sent, now_)));
  EXPECT_EQ(as<Finish>(word(State::continuity)).reason, Reason::append_code);
}

TEST_F(AnOutage, tries_the_password_before_the_ladder_where_the_second_factor_comes_first) {
  policy_.second_factor_first = true;
  begin(standing(State::continuity));
  const auto step = first();  // found
  EXPECT_EQ(as<CheckFirstFactor>(step).password.reveal(), "hunter2");
  EXPECT_EQ(as<Finish>(first(FirstFactor::refused)).cause, Cause::wrong_password);
  begin(standing(State::continuity));
  first();
  EXPECT_TRUE(is<WriteRecord>(first()));
  EXPECT_EQ(as<Finish>(recorded()).verdict, Verdict::accept);
}

TEST_F(AnOutage, that_ends_before_the_ladder_was_asked_lets_the_service_be_asked) {
  policy_.second_factor_first = true;
  begin(standing(State::continuity));
  first();  // found: then the password is tried
  login_->on(standing(State::normal), now_);
  const auto step = first();
  EXPECT_EQ(as<VerifyCode>(step).sending, 1);
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(AnOutage, lets_in_by_a_code_alone_only_where_the_first_factor_is_checked_elsewhere) {
  policy_.mode = Mode::code;
  policy_.look_up_user = false;
  EXPECT_EQ(as<Finish>(begin(standing(State::continuity), "123456")).cause, Cause::denied_by_ladder);
  policy_.first_factor_elsewhere = true;
  EXPECT_TRUE(is<WriteRecord>(begin(standing(State::continuity), "123456")));
  EXPECT_EQ(as<Finish>(recorded()).verdict, Verdict::accept);
}

}  // namespace
}  // namespace sallyport::validation
