#include <gtest/gtest.h>

#include "validation/transaction.h"

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;
using base::Secret;
using base::Time;

constexpr Time start{base::SteadyTime(1000s), base::WallTime(1'700'000'000s), true};
constexpr std::string_view request_id = "sp1_0123456789abcdefghijkl";

class Challenges : public testing::Test {
 protected:
  Challenges() {
    policy_.mode = Mode::challenge;
    policy_.shows_challenges = true;
    policy_.patience = 8500ms;
    policy_.reject_delay = 1s;
    policy_.service_limit = 5s;
    policy_.push_life = 60s;
  }
  Step begin(std::string_view field, std::optional<Challenged> challenged = {}) {
    auto begun = Transaction::begin(
        {"alice", Secret(field), start, std::string(request_id), 70ms, std::move(challenged)}, policy_, {},
        start);
    login_.emplace(std::move(begun.transaction));
    return std::move(begun.step);
  }
  Step first(FirstFactor outcome = FirstFactor::good, std::vector<std::string> groups = {}) {
    return login_->on(FirstFactorResult{outcome, Cause::none, "alice.smith", std::move(groups)}, now_);
  }
  Step code(SecondFactor outcome, Cause cause = Cause::none) {
    return login_->on(SecondFactorResult{outcome, cause}, now_);
  }
  Step user_has(bool with_code, bool with_push, std::vector<Destination> to = {}) {
    return login_->on(MethodsResult{SecondFactor::good, Cause::none, with_code, with_push, std::move(to)},
                      now_);
  }
  Step push_is_on_its_way(std::string number = {}) {
    return login_->on(PushResult{SecondFactor::good, Cause::none, "0011223344556677", std::move(number)}, now_);
  }
  template <class T>
  static const T& as(const Step& step) {
    return std::get<T>(step);
  }

  Policy policy_;
  std::optional<Transaction> login_;
  Time now_ = start + 5ms;
};

TEST_F(Challenges, ask_for_a_code_after_a_good_password_and_for_nothing_after_a_bad_one) {
  policy_.methods = {Method::code};
  EXPECT_EQ(as<CheckFirstFactor>(begin("hunter2")).password.reveal(), "hunter2");
  EXPECT_EQ(as<Challenge>(first()).carried.asks, Challenged::Asks::code);
  begin("hunter2");
  EXPECT_EQ(as<Finish>(first(FirstFactor::refused)).cause, Cause::wrong_password);
}

TEST_F(Challenges, are_answered_with_a_code_after_the_user_was_looked_up_again) {
  EXPECT_EQ(as<LookUpUser>(begin("123456", Challenged{Challenged::Asks::code})).user_name, "alice");
  const auto step = first();
  EXPECT_EQ(as<VerifyCode>(step).code.reveal(), "123456");
  EXPECT_EQ(as<VerifyCode>(step).user_id, "alice.smith");
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(Challenges, are_refused_before_anything_is_asked_when_the_answer_is_no_code) {
  EXPECT_EQ(as<Finish>(begin("12345", Challenged{Challenged::Asks::code})).cause, Cause::not_a_code);
  EXPECT_EQ(as<Finish>(begin("", Challenged{Challenged::Asks::push})).cause, Cause::not_a_code);
}

TEST_F(Challenges, of_somebody_else_are_stale) {
  begin("123456", Challenged{Challenged::Asks::code});
  FirstFactorResult other{FirstFactor::good, Cause::none, "mallory"};
  other.same_user = false;
  const auto end = as<Finish>(login_->on(other, now_));
  EXPECT_EQ(end.verdict, Verdict::reject);
  EXPECT_EQ(end.cause, Cause::stale_challenge);
}

TEST_F(Challenges, offer_what_the_user_has_in_the_order_of_the_settings) {
  policy_.methods = {Method::sms, Method::push, Method::code, Method::voice};
  begin("hunter2");
  EXPECT_EQ(as<FindMethods>(first()).user_id, "alice.smith");
  const auto step = user_has(true, true, {{Method::sms, "491701234567"}, {Method::sms, "491709876543"}});
  const auto& asked = as<Challenge>(step);
  EXPECT_EQ(asked.carried.asks, Challenged::Asks::choice);
  const std::vector<Offer> offers{{Method::sms, 0}, {Method::sms, 1}, {Method::push, 0}, {Method::code, 0}};
  EXPECT_EQ(asked.carried.offers, offers);
  EXPECT_EQ(asked.shown.at(1).destination, "***43");
}

TEST_F(Challenges, send_a_code_to_the_destination_that_was_chosen) {
  Challenged asked{Challenged::Asks::choice, {{Method::push, 0}, {Method::sms, 1}}};
  begin("2", asked);
  EXPECT_TRUE(std::holds_alternative<FindMethods>(first())) << "the gateway kept no number";
  auto step = user_has(false, true, {{Method::sms, "111111"}, {Method::sms, "491709876543"}});
  EXPECT_EQ(as<SendCode>(step).address, "491709876543");
  step = login_->on(CodeSentResult{SecondFactor::good, Cause::none}, now_);
  EXPECT_EQ(as<Challenge>(step).carried.asks, Challenged::Asks::code);
  EXPECT_EQ(as<Challenge>(step).shown.at(0).destination, "***43");
}

TEST_F(Challenges, take_a_code_where_a_choice_was_asked_and_refuse_what_was_not_offered) {
  const Challenged asked{Challenged::Asks::choice, {{Method::push, 0}, {Method::code, 0}}};
  begin("123456", asked);
  EXPECT_TRUE(std::holds_alternative<VerifyCode>(first()));
  for (const auto* wrong : {"0", "3", "1x", "-1", "", "18446744073709551617"})
    EXPECT_EQ(as<Finish>(begin(wrong, asked)).cause, Cause::no_such_choice) << wrong;
}

TEST_F(Challenges, start_the_only_method_without_asking) {
  begin("hunter2");
  first();
  const auto step = user_has(false, true);
  EXPECT_EQ(as<SendPush>(step).life, 60s);
  EXPECT_EQ(as<SendPush>(step).request_id, std::string(request_id) + "p");
  EXPECT_EQ(as<PollPush>(push_is_on_its_way()).transaction_id, "0011223344556677");
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
}

TEST_F(Challenges, refuse_a_user_who_has_nothing) {
  begin("hunter2");
  first();
  EXPECT_EQ(as<Finish>(user_has(false, false)).cause, Cause::no_credential);
}

TEST_F(Challenges, still_ask_for_a_code_when_the_service_says_nothing) {
  begin("hunter2");
  first();
  auto step = login_->on(MethodsResult{SecondFactor::unavailable, Cause::none}, now_);
  EXPECT_EQ(as<FindMethods>(step).sending, 2);
  step = login_->on(MethodsResult{SecondFactor::unavailable, Cause::none}, now_);
  EXPECT_EQ(as<Challenge>(step).carried.asks, Challenged::Asks::code);
}

TEST_F(Challenges, carry_an_unanswered_push_on_and_ask_for_it_later) {
  begin("hunter2");
  first();
  user_has(false, true);
  push_is_on_its_way();
  const auto step = code(SecondFactor::refused, Cause::push_unanswered);
  EXPECT_EQ(as<Challenge>(step).carried.asks, Challenged::Asks::push);
  begin("", as<Challenge>(step).carried);
  EXPECT_EQ(as<PollPush>(first()).transaction_id, "0011223344556677");
  EXPECT_EQ(as<Finish>(code(SecondFactor::good)).verdict, Verdict::accept);
  begin("654321", as<Challenge>(step).carried);
  EXPECT_EQ(as<VerifyCode>(first()).code.reveal(), "654321") << "or a code, as the user likes";
}

TEST_F(Challenges, show_the_number_to_choose_and_refuse_where_nobody_would_see_it) {
  begin("hunter2");
  first();
  user_has(false, true);
  const auto asked = as<Challenge>(push_is_on_its_way("42")).carried;
  EXPECT_EQ(asked.number, "42");
  begin("", asked);
  first();
  const auto again = as<Challenge>(code(SecondFactor::refused, Cause::push_unanswered)).carried;
  EXPECT_EQ(again.number, "42") << "who goes on too early still has to choose it";
  EXPECT_EQ(again.transaction_id, asked.transaction_id);
  policy_.shows_challenges = false;
  policy_.mode = Mode::password_code;
  begin("hunter2");
  first();
  EXPECT_EQ(as<Finish>(push_is_on_its_way("42")).cause, Cause::push_needs_number);
}

TEST_F(Challenges, end_with_a_push_that_was_denied) {
  begin("hunter2");
  first();
  user_has(false, true);
  push_is_on_its_way();
  const auto end = as<Finish>(code(SecondFactor::refused, Cause::push_denied));
  EXPECT_EQ(end.verdict, Verdict::reject);
  EXPECT_EQ(end.second_factor, SecondFactor::refused);
}

TEST_F(Challenges, let_codes_through_while_pushes_pause_and_nobody_while_one_waits_already) {
  for (const auto& [cause, falls_back] :
       {std::pair{Cause::push_paused, true}, {Cause::no_credential, true}, {Cause::two_at_once, false}}) {
    begin("hunter2");
    first();
    user_has(false, true);
    const auto step = login_->on(PushResult{SecondFactor::refused, cause}, now_);
    EXPECT_EQ(std::holds_alternative<Challenge>(step), falls_back) << to_string(cause);
    if (!falls_back) EXPECT_EQ(as<Finish>(step).cause, cause);
  }
}

class PasswordWithoutCode : public Challenges {
 protected:
  PasswordWithoutCode() {
    policy_.mode = Mode::password_code;
    policy_.shows_challenges = false;
  }
};

TEST_F(PasswordWithoutCode, starts_a_push_that_lives_as_long_as_the_client_waits) {
  EXPECT_EQ(as<CheckFirstFactor>(begin("hunter2")).password.reveal(), "hunter2");
  const auto step = first();
  EXPECT_EQ(as<SendPush>(step).life, 8495ms);
  EXPECT_EQ(as<PollPush>(push_is_on_its_way()).deadline, (start + 8480ms).steady);
  const auto end = as<Finish>(code(SecondFactor::refused, Cause::push_unanswered));
  EXPECT_EQ(end.cause, Cause::push_unanswered);
  EXPECT_EQ(end.reason, Reason::refused);
}

TEST_F(PasswordWithoutCode, is_sent_as_one_push_under_one_id_when_the_service_is_slow) {
  begin("hunter2");
  const auto once = as<SendPush>(first()).request_id;
  const auto step = login_->on(PushResult{SecondFactor::unavailable, Cause::none}, now_);
  EXPECT_EQ(as<SendPush>(step).sending, 2);
  EXPECT_EQ(as<SendPush>(step).request_id, once);
  EXPECT_EQ(as<Finish>(login_->on(PushResult{SecondFactor::unavailable, Cause::none}, now_)).reason,
            Reason::service_unreachable);
}

TEST_F(PasswordWithoutCode, of_a_user_without_push_is_a_lack_of_a_code_only_where_codes_are_taken) {
  policy_.shows_challenges = false;
  begin("hunter2");
  first();
  EXPECT_EQ(as<Finish>(login_->on(PushResult{SecondFactor::refused, Cause::no_credential}, now_)).cause,
            Cause::no_code_in_password);
  policy_.methods = {Method::push};
  begin("hunter2");
  first();
  EXPECT_EQ(as<Finish>(login_->on(PushResult{SecondFactor::refused, Cause::no_credential}, now_)).cause,
            Cause::no_credential);
}

TEST_F(PasswordWithoutCode, causes_no_push_where_the_code_has_to_come_first) {
  policy_.second_factor_first = true;
  EXPECT_EQ(as<Finish>(begin("hunter2")).cause, Cause::no_code_in_password);
}

TEST_F(PasswordWithoutCode, is_refused_at_once_where_neither_push_nor_challenge_is_to_be_had) {
  policy_.methods = {Method::code, Method::sms};
  EXPECT_EQ(as<Finish>(begin("hunter2")).cause, Cause::no_code_in_password);
}

class SecondFactorFirst : public Challenges {
 protected:
  SecondFactorFirst() {
    policy_.mode = Mode::password_code;
    policy_.second_factor_first = true;
  }
};

TEST_F(SecondFactorFirst, tries_the_password_only_after_a_good_code) {
  EXPECT_TRUE(std::holds_alternative<LookUpUser>(begin("hunter2123456")));
  EXPECT_TRUE(std::holds_alternative<VerifyCode>(first()));
  EXPECT_EQ(as<CheckFirstFactor>(code(SecondFactor::good)).password.reveal(), "hunter2");
  EXPECT_EQ(as<Finish>(first()).verdict, Verdict::accept);
}

TEST_F(SecondFactorFirst, costs_no_bind_when_the_code_is_wrong) {
  begin("hunter2123456");
  first();
  const auto end = as<Finish>(code(SecondFactor::refused, Cause::wrong_code));
  EXPECT_EQ(end.verdict, Verdict::reject);
  EXPECT_EQ(end.first_factor, FirstFactor::not_asked);
}

TEST_F(SecondFactorFirst, is_no_accept_when_the_password_is_wrong_or_nobody_can_say) {
  for (const auto outcome : {FirstFactor::refused, FirstFactor::unavailable, FirstFactor::not_asked}) {
    begin("hunter2123456");
    first();
    code(SecondFactor::good);
    EXPECT_EQ(as<Finish>(first(outcome)).verdict, Verdict::reject);
  }
}

TEST_F(Challenges, let_in_only_members_of_a_required_group) {
  policy_.methods = {Method::code};
  policy_.required_groups = {"cn=vpn,dc=example"};
  begin("hunter2");
  EXPECT_EQ(as<Finish>(first()).cause, Cause::not_in_required_group);
  begin("hunter2");
  EXPECT_EQ(as<Finish>(first(FirstFactor::good, {"cn=mail,dc=example"})).cause, Cause::not_in_required_group)
      << "a group that was looked at for another reason is none of the required ones";
  begin("hunter2");
  EXPECT_TRUE(std::holds_alternative<Challenge>(first(FirstFactor::good, {"cn=vpn,dc=example"})));
  begin("123456", Challenged{Challenged::Asks::code});
  EXPECT_EQ(as<Finish>(first()).verdict, Verdict::reject) << "and still when the answer comes";
}

TEST_F(Challenges, tell_a_user_what_the_settings_let_be_told) {
  policy_.told = {Cause::password_expired};
  for (const auto& [cause, reason] : {std::pair{Cause::password_expired, Reason::password_expired},
                                      {Cause::account_locked, Reason::refused}}) {
    begin("hunter2");
    const auto end = login_->on(FirstFactorResult{FirstFactor::refused, cause, ""}, now_);
    EXPECT_EQ(as<Finish>(end).reason, reason);
    EXPECT_EQ(as<Finish>(end).verdict, Verdict::reject);
  }
}

TEST_F(Challenges, check_a_pin_at_the_service) {
  policy_.mode = Mode::pin_code;
  EXPECT_TRUE(std::holds_alternative<LookUpUser>(begin("4711123456")));
  const auto step = first();
  EXPECT_EQ(as<VerifyCode>(step).pin->reveal(), "4711");
  EXPECT_EQ(as<VerifyCode>(step).code.reveal(), "123456");
}

TEST(Masked, shows_no_more_than_the_user_needs) {
  EXPECT_EQ(masked(Method::sms, "491701234567"), "***67");
  EXPECT_EQ(masked(Method::voice, "1234"), "***");
  EXPECT_EQ(masked(Method::email, "alice@example.com"), "a***@example.com");
  EXPECT_EQ(masked(Method::email, "@x"), "***");
  EXPECT_EQ(masked(Method::push, "phone"), "");
}

}  // namespace
}  // namespace sallyport::validation
