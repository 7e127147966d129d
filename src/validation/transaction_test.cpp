#include "validation/transaction.h"

#include <gtest/gtest.h>

#include <array>

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::Secret;
using base::Time;

constexpr Time start{base::SteadyTime(1000s), base::WallTime(1'700'000'000s), true};

// Outlives every transaction.
const Policy& policy_of(Mode mode) {
  static const auto policies = [] {
    std::array<Policy, modes> out;
    for (std::size_t i = 0; i < modes; ++i) {
      out[i].mode = static_cast<Mode>(i);
      out[i].patience = 8500ms;
      out[i].reject_delay = 1s;
      out[i].service_limit = 5s;
      out[i].push_life = 60s;
    }
    return out;
  }();
  return policies.at(static_cast<std::size_t>(mode));
}

Transaction::Begun begin(const Policy& policy, std::string_view field, Time now = start) {
  return Transaction::begin({"alice", Secret(field), start, "sp1_0123456789abcdefghijkl", 70ms, std::nullopt},
                            policy, {}, now);
}

template <class T>
const T& as(const Step& step) {
  return std::get<T>(step);
}

TEST(Transaction, binds_with_the_password_and_asks_the_service_with_the_code_for_the_user_that_was_found) {
  auto [login, step] = begin(policy_of(Mode::password_code), "hunter2123456");
  EXPECT_EQ(as<CheckFirstFactor>(step).user_name, "alice");
  EXPECT_EQ(as<CheckFirstFactor>(step).password.reveal(), "hunter2");
  step = login.on(FirstFactorResult{FirstFactor::good, Cause::none, "alice.smith"}, start + 5ms);
  EXPECT_EQ(as<VerifyCode>(step).user_id, "alice.smith");
  EXPECT_EQ(as<VerifyCode>(step).code.reveal(), "123456");
  EXPECT_EQ(as<VerifyCode>(step).sending, 1);
  step = login.on(SecondFactorResult{SecondFactor::good, Cause::none}, start + 9ms);
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::accept);
  EXPECT_EQ(as<Finish>(step).reason, Reason::success);
  EXPECT_EQ(as<Finish>(step).send_at, (start + 9ms).steady);
}

TEST(Transaction, looks_the_user_up_in_mode_code_and_never_sees_a_password) {
  auto [login, step] = begin(policy_of(Mode::code), "123456");
  EXPECT_EQ(as<LookUpUser>(step).user_name, "alice");
  step = login.on(FirstFactorResult{FirstFactor::good, Cause::none, "alice.smith"}, start);
  EXPECT_EQ(as<VerifyCode>(step).user_id, "alice.smith");
  step = login.on(SecondFactorResult{SecondFactor::refused, Cause::wrong_code}, start);
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::reject);
  EXPECT_EQ(as<Finish>(step).cause, Cause::wrong_code);
}

TEST(Transaction, asks_the_service_at_once_without_a_look_up) {
  auto policy = policy_of(Mode::code);
  policy.look_up_user = false;
  auto [login, step] = begin(policy, "123456");
  EXPECT_EQ(as<VerifyCode>(step).user_id, "alice");
  step = login.on(SecondFactorResult{SecondFactor::good, {}}, start);
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::accept);
  EXPECT_EQ(as<Finish>(step).first_factor, FirstFactor::not_asked);
}

TEST(Transaction, refuses_before_anything_is_asked_when_the_field_cannot_be_right) {
  const std::tuple<Mode, std::string_view, Cause> cases[] = {
      {Mode::password_code, "hunter2", Cause::no_code_in_password},
      {Mode::password_code, "123456", Cause::empty_password},
      {Mode::password_code, "", Cause::empty_password},
      {Mode::code, "hunter2123456", Cause::not_a_code},
      {Mode::code, "", Cause::not_a_code}};
  for (const auto& [mode, field, cause] : cases) {
    auto policy = policy_of(mode);
    policy.methods = {Method::code};
    const auto begun = begin(policy, field);
    ASSERT_TRUE(std::holds_alternative<Finish>(begun.step)) << field;
    const auto& end = as<Finish>(begun.step);
    EXPECT_EQ(end.verdict, Verdict::reject);
    EXPECT_EQ(end.cause, cause);
    EXPECT_EQ(end.reason, Reason::refused);
    EXPECT_EQ(end.send_at, (start + 1070ms).steady);
  }
}

TEST(Transaction, stops_at_the_first_factor_when_it_is_refused) {
  auto [login, step] = begin(policy_of(Mode::password_code), "hunter2123456");
  step = login.on(FirstFactorResult{FirstFactor::refused, Cause::unknown_user, ""}, start + 10ms);
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::reject);
  EXPECT_EQ(as<Finish>(step).reason, Reason::refused);
  EXPECT_EQ(as<Finish>(step).second_factor, SecondFactor::not_asked);
}

TEST(Transaction, sends_a_code_without_a_verdict_once_more_under_the_same_id_and_not_a_third_time) {
  auto policy = policy_of(Mode::code);
  policy.look_up_user = false;
  auto [login, step] = begin(policy, "123456");
  const auto first = as<VerifyCode>(step);
  step = login.on(SecondFactorResult{SecondFactor::unavailable, {}}, Time{first.deadline, {}, true});
  const auto second = as<VerifyCode>(step);
  EXPECT_EQ(second.sending, 2);
  EXPECT_EQ(second.request_id, first.request_id);
  EXPECT_EQ(second.code.reveal(), first.code.reveal());
  EXPECT_LT(second.deadline, login.deadline());
  step = login.on(SecondFactorResult{SecondFactor::unavailable, {}}, Time{second.deadline, {}, true});
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::reject);
  EXPECT_EQ(as<Finish>(step).reason, Reason::service_unreachable);
}

TEST(Transaction, does_not_send_again_when_no_time_is_left_for_it) {
  auto policy = policy_of(Mode::code);
  policy.look_up_user = false;
  auto [login, step] = begin(policy, "123456");
  step = login.on(SecondFactorResult{SecondFactor::unavailable, {}}, start + 8450ms);
  EXPECT_EQ(as<Finish>(step).reason, Reason::service_unreachable);
}

TEST(Transaction, keeps_time_for_a_second_sending_where_patience_is_short) {
  for (auto patience : {500ms, 1500ms, 4000ms, 5500ms, 8500ms, 29500ms}) {
    auto policy = policy_of(Mode::code);
    policy.look_up_user = false;
    policy.patience = patience;
    auto [login, step] = begin(policy, "123456");
    const auto first = as<VerifyCode>(step);
    EXPECT_LE(first.deadline, start.steady + policy.service_limit);
    step = login.on(SecondFactorResult{SecondFactor::unavailable, {}}, Time{first.deadline, {}, true});
    EXPECT_TRUE(std::holds_alternative<VerifyCode>(step)) << patience.count();
  }
}

TEST(Transaction, says_what_the_server_wants_said_when_a_factor_is_unreachable) {
  for (const bool silent : {false, true}) {
    auto policy = policy_of(Mode::password_code);
    policy.silent_when_user_store_unreachable = silent;
    policy.silent_when_service_unreachable = !silent;
    auto store = begin(policy, "hunter2123456");
    auto step = store.transaction.on(FirstFactorResult{FirstFactor::unavailable, {}, ""}, start);
    EXPECT_EQ(as<Finish>(step).verdict, silent ? Verdict::silent : Verdict::reject);
    EXPECT_EQ(as<Finish>(step).reason, Reason::user_store_unreachable);

    auto service = begin(policy, "hunter2123456");
    (void)service.transaction.on(FirstFactorResult{FirstFactor::good, {}, "alice"}, start);
    (void)service.transaction.on(SecondFactorResult{SecondFactor::unavailable, {}}, start);
    step = service.transaction.on(SecondFactorResult{SecondFactor::unavailable, {}}, start);
    EXPECT_EQ(as<Finish>(step).verdict, silent ? Verdict::reject : Verdict::silent);
    EXPECT_EQ(as<Finish>(step).reason, Reason::service_unreachable);
  }
}

TEST(Transaction, names_what_was_under_way_when_patience_ends) {
  auto first = begin(policy_of(Mode::password_code), "hunter2123456");
  auto step = first.transaction.on_deadline(start + 8500ms);
  EXPECT_EQ(as<Finish>(step).reason, Reason::user_store_unreachable);
  EXPECT_EQ(as<Finish>(step).send_at, first.transaction.deadline());

  auto second = begin(policy_of(Mode::password_code), "hunter2123456");
  (void)second.transaction.on(FirstFactorResult{FirstFactor::good, {}, "alice"}, start);
  step = second.transaction.on_deadline(start + 8500ms);
  EXPECT_EQ(as<Finish>(step).reason, Reason::service_unreachable);
}

TEST(Transaction, rejects_leave_late_but_inside_patience) {
  auto policy = policy_of(Mode::code);
  policy.reject_delay = 60s;
  EXPECT_EQ(as<Finish>(begin(policy, "x").step).send_at, (start + policy.patience).steady);
  policy.reject_delay = 0ms;
  EXPECT_EQ(as<Finish>(begin(policy, "x").step).send_at, (start + 70ms).steady);
  EXPECT_EQ(as<Finish>(begin(policy, "x", start + 3s).step).send_at, (start + 3s).steady);
}

TEST(Transaction, rejects_a_good_look_up_that_names_nobody) {
  auto [login, step] = begin(policy_of(Mode::code), "123456");
  step = login.on(FirstFactorResult{FirstFactor::good, Cause::none, ""}, start);
  EXPECT_EQ(as<Finish>(step).verdict, Verdict::reject);
  EXPECT_EQ(as<Finish>(step).cause, Cause::own_mistake);
}

TEST(Refusal, of_what_cannot_be_judged_is_a_reject_as_late_as_any) {
  const auto end = refuse_unasked(Cause::ms_chap, start.steady, 70ms, policy_of(Mode::code), start);
  EXPECT_EQ(end.verdict, Verdict::reject);
  EXPECT_EQ(end.reason, Reason::not_acceptable);
  EXPECT_EQ(end.send_at, (start + 1070ms).steady);
}

}  // namespace
}  // namespace sallyport::validation
