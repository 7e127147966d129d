#include "validation/transaction.h"

#include <gtest/gtest.h>

#include <random>

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::Secret;
using base::Time;

constexpr Time start{base::SteadyTime(1000s), base::WallTime(1'700'000'000s), true};

Policy policy_of(Mode mode) {
  Policy policy;
  policy.mode = mode;
  policy.patience = 8500ms;
  policy.reject_delay = 1s;
  policy.service_limit = 5s;
  return policy;
}

Transaction::Begun begin(const Policy& policy, std::string_view field, Time now = start) {
  return Transaction::begin({"alice", Secret(field), start, "sp1_0123456789abcdefghijkl", 70ms}, policy, now);
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
    const auto begun = begin(policy_of(mode), field);
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

// A door that does everything wrong: results nobody asked for, in any order, at any time. The oracle only
// counts what it said while it was asked.
class HostileDoor {
 public:
  explicit HostileDoor(unsigned seed) : random_(seed) {}

  void run() {
    auto policy = policy_of(pick(2) == 0 ? Mode::code : Mode::password_code);
    policy.look_up_user = pick(2) == 0;
    policy.patience = std::chrono::milliseconds(1 + pick(9000));
    policy.silent_when_service_unreachable = pick(2) == 0;
    policy.silent_when_user_store_unreachable = pick(2) == 0;
    const bool first_asked = policy.mode == Mode::password_code || policy.look_up_user;
    auto [login, step] = begin(policy, policy.mode == Mode::code ? "123456" : "hunter2123456", now_);
    for (int turn = 0; turn < 8; ++turn) {
      look_at(step, policy, login, first_asked);
      if (finishes_ > 1) return;
      now_ = now_ + std::chrono::milliseconds(pick(3000));
      step = next(login, step);
    }
    EXPECT_GE(finishes_, 0);
  }

 private:
  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }

  Step next(Transaction& login, const Step& step) {
    const auto kind = pick(10);
    if (kind == 0) {
      auto end = login.on_deadline(now_);
      EXPECT_TRUE(std::holds_alternative<Finish>(end));
      EXPECT_NE(as<Finish>(end).verdict, Verdict::accept);
      return end;
    }
    const bool awaits_first =
        std::holds_alternative<LookUpUser>(step) || std::holds_alternative<CheckFirstFactor>(step);
    if (kind == 1 ? !awaits_first : awaits_first) {
      const auto outcome = static_cast<FirstFactor>(pick(4));
      if (awaits_first && outcome == FirstFactor::good) first_was_good_ = true;
      return login.on(FirstFactorResult{outcome, Cause::none, "alice"}, now_);
    }
    const auto outcome = static_cast<SecondFactor>(pick(4));
    if (std::holds_alternative<VerifyCode>(step) && outcome == SecondFactor::good) second_was_good_ = true;
    return login.on(SecondFactorResult{outcome, Cause::none}, now_);
  }

  void look_at(const Step& step, const Policy& policy, const Transaction& login, bool first_asked) {
    if (const auto* end = std::get_if<Finish>(&step)) {
      ++finishes_;
      if (end->verdict == Verdict::accept) {
        EXPECT_EQ(finishes_, 1);
        EXPECT_TRUE(second_was_good_);
        EXPECT_TRUE(!first_asked || first_was_good_);
      }
      EXPECT_GE(end->send_at, now_.steady);
      EXPECT_LE(end->send_at, std::max(now_.steady, login.deadline()));
      return;
    }
    EXPECT_EQ(finishes_, 0) << "something is asked after the end";
    if (const auto* code = std::get_if<VerifyCode>(&step)) {
      EXPECT_EQ(code->sending, ++sendings_);
      EXPECT_LE(code->sending, 2);
      EXPECT_EQ(code->request_id, "sp1_0123456789abcdefghijkl");
      EXPECT_TRUE(!first_asked || first_was_good_);
      EXPECT_LE(code->deadline, login.deadline());
      EXPECT_LE(code->deadline, now_.steady + policy.service_limit);
    }
  }

  std::mt19937 random_;
  Time now_ = start;
  bool first_was_good_ = false, second_was_good_ = false;
  int finishes_ = 0, sendings_ = 0;
};

TEST(Transaction, holds_its_promises_against_a_door_that_does_everything_wrong) {
  for (unsigned seed = 0; seed < 20'000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    HostileDoor(seed).run();
  }
}

}  // namespace
}  // namespace sallyport::validation
