// A door that does everything wrong: results that nobody asked for, in any order, at any time, in every mode.
// The oracle only counts what the door said while it was asked.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <utility>

#include "validation/transaction.h"

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;

constexpr base::Time start{base::SteadyTime(1000s), base::WallTime(1'700'000'000s), true};
constexpr std::string_view request_id = "sp1_0123456789abcdefghijkl";

class HostileDoor {
 public:
  explicit HostileDoor(unsigned seed) : random_(seed) {}

  void run() {
    choose_policy();
    Attempt attempt{"alice", base::Secret(field()), start, std::string(request_id), 70ms, challenged()};
    auto [login, step] = Transaction::begin(std::move(attempt), policy_, draw_standing(), now_);
    for (int turn = 0; turn < 12; ++turn) {
      if (std::exchange(is_new_, false)) look_at(step, login);
      if (ends_ > 1) return;
      now_ = now_ + std::chrono::milliseconds(pick(2000));
      auto after = next(login, step);
      if (std::holds_alternative<GoOn>(after)) continue;  // what was asked is still asked
      step = std::move(after);
      is_new_ = true;
    }
  }

 private:
  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  bool toss() { return pick(2) == 0; }

  void choose_policy() {
    policy_.mode = static_cast<Mode>(pick(static_cast<int>(modes)));
    policy_.look_up_user = toss();
    policy_.patience = std::chrono::milliseconds(1 + pick(9000));
    policy_.service_limit = 5s;
    policy_.reject_delay = 1s;
    policy_.push_life = 60s;
    policy_.silent_when_service_unreachable = toss();
    policy_.silent_when_user_store_unreachable = toss();
    policy_.second_factor_first = toss();
    policy_.shows_challenges = toss();
    policy_.asks_which = toss();
    mode_ = static_cast<continuity::Mode>(pick(3));
    policy_.first_factor_elsewhere = toss();
    policy_.ladders.own = {static_cast<continuity::Rung>(pick(4)), static_cast<continuity::Rung>(pick(4))};
    policy_.methods.clear();
    for (std::size_t i = 0; i < methods; ++i)
      if (toss()) policy_.methods.push_back(static_cast<Method>(i));
    if (pick(4) == 0) policy_.required_groups = {"vpn"};
    has_password_ = policy_.mode == Mode::password_code || policy_.mode == Mode::challenge;
    first_asked_ = has_password_ || policy_.look_up_user;
  }

  // Any word of the monitor, as old as can be.
  continuity::Standing draw_standing() {
    standing_.mode = policy_.mode == Mode::code && toss() ? continuity::Mode::disabled : mode_;
    standing_.snapshot.state = static_cast<continuity::State>(pick(4));
    standing_.snapshot.valid_until = now_.steady + std::chrono::milliseconds(pick(4000) - 500);
    standing_.snapshot.others_down_until = now_.steady + std::chrono::milliseconds(pick(4000) - 2000);
    return standing_;
  }
  [[nodiscard]] bool may_grant() const {
    const auto state = standing_.state(now_.steady);
    return standing_.mode == continuity::Mode::enabled ||
           (standing_.mode == continuity::Mode::automatic &&
            (state == continuity::State::continuity || state == continuity::State::degraded));
  }

  std::string field() {
    constexpr std::array words{"hunter2123456", "hunter2", "123456", "1", "", "4711654321"};
    return words[static_cast<std::size_t>(pick(6))];
  }

  std::optional<Challenged> challenged() {
    if (!has_password_ || toss()) return std::nullopt;
    is_answer_ = true;
    Challenged out;
    out.asks = static_cast<Challenged::Asks>(pick(3));
    if (out.asks == Challenged::Asks::choice)
      for (int i = pick(3); i >= 0; --i)
        out.offers.push_back({static_cast<Method>(pick(static_cast<int>(methods))), 0});
    if (out.asks == Challenged::Asks::push && toss()) out.transaction_id = "0011223344556677";
    return out;
  }

  Step next(Transaction& login, const Step& step) {
    const bool looks_up = std::holds_alternative<LookUpUser>(step);
    const bool binds = std::holds_alternative<CheckFirstFactor>(step);
    const bool wrong_kind = pick(8) == 0;
    if (pick(6) == 0) return login.on(draw_standing(), now_);
    if (std::holds_alternative<WriteRecord>(step) && pick(4) != 0) {
      const bool is_durable = pick(3) != 0;
      recorded_ = recorded_ || is_durable;
      return login.on(Recorded{is_durable}, now_);
    }
    const auto outcome = static_cast<SecondFactor>(pick(4));
    const bool good = outcome == SecondFactor::good;
    const auto evidence = static_cast<continuity::Evidence>(pick(20));
    if (pick(10) == 0) {
      auto after = login.on_deadline(now_);
      if (const auto* end = std::get_if<Finish>(&after)) EXPECT_NE(end->verdict, Verdict::accept);
      return after;
    }
    if ((looks_up || binds) != wrong_kind) return first_factor(login, looks_up, binds);
    if (std::holds_alternative<FindMethods>(step) != wrong_kind)
      return login.on(MethodsResult{outcome, Cause::none, toss(), toss(), {{Method::sms, "12345"}}, evidence},
                      now_);
    if (std::holds_alternative<SendPush>(step) != wrong_kind)
      return login.on(
          PushResult{outcome, Cause::none, toss() ? "0011223344556677" : "", toss() ? "42" : "", evidence},
          now_);
    if (std::holds_alternative<SendCode>(step) != wrong_kind)
      return login.on(CodeSentResult{outcome, Cause::none, evidence}, now_);
    if (good && (asks_code_ || std::holds_alternative<PollPush>(step))) second_was_good_ = true;
    return login.on(SecondFactorResult{outcome, toss() ? Cause::none : Cause::push_unanswered, evidence}, now_);
  }

  Step first_factor(Transaction& login, bool looks_up, bool binds) {
    FirstFactorResult result{static_cast<FirstFactor>(pick(4)), Cause::none, "alice"};
    if (toss()) result.groups.push_back("staff");
    const bool is_member = toss();
    if (is_member) result.groups.push_back("vpn");
    result.same_user = pick(4) != 0;
    const bool passes = result.outcome == FirstFactor::good && result.same_user &&
                        (policy_.required_groups.empty() || is_member);
    if (binds && passes) proven_ = true;
    // Without a password of its own (modes code and pin_code, the answer to a challenge) a look-up is all there
    // is.
    if (looks_up && passes && (!has_password_ || is_answer_)) proven_ = true;
    if ((looks_up || binds) && passes) found_ = true;
    return login.on(std::move(result), now_);
  }

  void look_at(const Step& step, const Transaction& login) {
    if (const auto* end = std::get_if<Finish>(&step)) {
      ++ends_;
      if (end->verdict == Verdict::accept) {
        EXPECT_EQ(ends_, 1);
        EXPECT_TRUE(!first_asked_ || proven_);
        if (end->rung) {
          EXPECT_TRUE(recorded_) << "no accept by a rung before its line is durable";
          EXPECT_TRUE(may_grant()) << "nor without the monitor's valid word";
          EXPECT_TRUE(first_asked_ || policy_.first_factor_elsewhere);
          EXPECT_TRUE(*end->rung == continuity::Rung::any_code);
        } else {
          EXPECT_TRUE(second_was_good_);
        }
      }
      EXPECT_GE(end->send_at, now_.steady);
      EXPECT_LE(end->send_at, std::max(now_.steady, login.deadline()));
      return;
    }
    asks_code_ = asks_code_ || std::holds_alternative<VerifyCode>(step);
    EXPECT_EQ(ends_, 0) << "something is asked after the end";
    if (std::holds_alternative<Challenge>(step)) {
      ++ends_;
      EXPECT_TRUE(proven_) << "only who has proven the first factor is asked on";
      EXPECT_TRUE(policy_.shows_challenges);
    }
    if (std::holds_alternative<SendPush>(step) || std::holds_alternative<PollPush>(step) ||
        std::holds_alternative<SendCode>(step))
      EXPECT_TRUE(proven_) << "a stranger causes no push and no message";
    if (const auto* bind = std::get_if<CheckFirstFactor>(&step)) {
      EXPECT_EQ(++binds_, 1) << "one bind for one login";
      EXPECT_FALSE(bind->password.empty());
      if (policy_.second_factor_first && policy_.mode == Mode::password_code)
        EXPECT_TRUE(second_was_good_ || may_grant() || lost_before_);
    }
    if (may_grant()) lost_before_ = true;
    look_at_question<VerifyCode>(step, login);
    look_at_question<FindMethods>(step, login);
    look_at_question<SendPush>(step, login);
    look_at_question<SendCode>(step, login);
  }

  template <class T>
  void look_at_question(const Step& step, const Transaction& login) {
    const auto* question = std::get_if<T>(&step);
    if (question == nullptr) return;
    EXPECT_EQ(question->sending, ++sendings_[question->request_id]);
    EXPECT_LE(question->sending, 2);
    EXPECT_TRUE(question->request_id.starts_with(request_id));
    EXPECT_TRUE(!first_asked_ || found_);
    EXPECT_LE(question->deadline, login.deadline());
    EXPECT_LE(question->deadline, now_.steady + policy_.service_limit);
  }

  std::mt19937 random_;
  Policy policy_;
  base::Time now_ = start;
  bool has_password_ = false, first_asked_ = false, is_answer_ = false;
  bool found_ = false, proven_ = false, second_was_good_ = false;
  continuity::Mode mode_{};
  continuity::Standing standing_;
  bool is_new_ = true, recorded_ = false, asks_code_ = false, lost_before_ = false;
  int ends_ = 0, binds_ = 0;
  std::map<std::string, int> sendings_;
};

TEST(Transaction, holds_its_promises_against_a_door_that_does_everything_wrong) {
  for (unsigned seed = 0; seed < 60'000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    HostileDoor(seed).run();
  }
}

}  // namespace
}  // namespace sallyport::validation
