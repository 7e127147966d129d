#pragma once
// The life of one login, from one Access-Request to its answer: no I/O, no clock, no callback. The door (room
// `server`) calls begin(), performs the Step it gets, and hands the result back, until a Finish or a Challenge.
// It arms one timer for deadline(). The answer to a challenge is a login of its own that begins where the
// challenge ended (Attempt::challenged).
//
//   begin ─┬─▶ LookUpUser ───────┐                      ┌─▶ Challenge (code, choice, push)
//          ├─▶ CheckFirstFactor ─┼─▶ no code typed ─▶ FindMethods ─▶ SendCode ─▶ Challenge (code)
//          │                     │         └──────────────────┴────▶ SendPush ─▶ PollPush ─▶ Finish
//          └─────────────────────┴─▶ VerifyCode (twice at most) ───┬─▶ Finish       └─ unanswered ─▶ Challenge
//                                │      second_factor_first only:  └─▶ CheckFirstFactor ─▶ Finish
//                       no verdict, or the service is lost:
//                                └─▶ AwaitContinuity ─▶ the ladder ─▶ WriteRecord ─▶ Finish
//
// With business continuity a login that got no verdict waits for the monitor's word, and is judged by it: asked
// once more, or by the ladder. Every new standing is handed to each login under way. When the ladder grants
// while the service is still being asked, a verdict that comes before the record is durable wins.
//
// Every wait ends inside the client's patience: a step's deadline lies a little before the login's own, so that
// the answer to the step, and not the timer, says what went wrong. Whatever arrives in the wrong state, or
// after the end, is a reject.
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/planted.h"
#include "validation/login.h"
#include "validation/verdict_table.h"

namespace sallyport::validation {

struct LookUpUser {
  std::string user_name;
  base::SteadyTime deadline;
};
struct CheckFirstFactor {
  std::string user_name;
  base::Secret password;
  base::SteadyTime deadline;
};
struct Question {       // to the service
  std::string user_id;  // canonical, from the entry found
  std::string request_id;
  int sending = 1;  // 2: the same request once more, on a fresh connection
  base::SteadyTime deadline;
};
struct VerifyCode : Question {
  base::Secret code;
  std::optional<base::Secret> pin;  // mode pin_code
};
struct FindMethods : Question {};
struct SendPush : Question {
  base::Duration life{};
};
struct PollPush {
  std::string transaction_id;
  base::SteadyTime deadline;
};
struct SendCode : Question {
  Method method{};  // sms, voice or email
  std::string address;
};
struct Challenge {
  struct Shown {
    Method method{};
    std::string destination;  // masked; empty where nothing is sent
  };
  Challenged carried = {};
  std::vector<Shown> shown = {};  // choice: each offer; code: the one under way, if a code was sent
  FirstFactor first_factor{};
};
struct AwaitContinuity {};  // nothing to do until on(Standing), or the deadline, which is a new one
struct WriteRecord {        // before the accept: one line, durable
  continuity::Rung rung{};
  continuity::Evidence cause{};
  base::SteadyTime since{};  // the monitor's state
};
struct GoOn {};  // what is under way goes on
struct Finish {  // `verdict` and `reason` are the verdict table's (verdict_table.h)
  Verdict verdict{};
  Reason reason{};
  Cause cause{};
  FirstFactor first_factor{};
  SecondFactor second_factor{};
  base::SteadyTime send_at{};                 // rejects wait; accepts do not
  std::optional<continuity::Rung> rung = {};  // by which it was accepted
  std::string_view ladder_detail = {};        // why the ladder denied it: a literal
};
using Step = std::variant<LookUpUser, CheckFirstFactor, VerifyCode, FindMethods, SendPush, PollPush, SendCode,
                          AwaitContinuity, WriteRecord, GoOn, Challenge, Finish>;

struct FirstFactorResult {
  FirstFactor outcome{};
  Cause cause{};
  std::string canonical_user;            // when good
  std::vector<std::string> groups = {};  // that the user is in, of all that were looked at
  bool same_user = true;                 // as the one who was challenged
  // For the ladder:
  std::vector<std::pair<std::string, std::string>> attributes = {};
  bool had_recent_success = false;
};
struct SecondFactorResult {  // of a code or a push
  SecondFactor outcome{};
  Cause cause{};
  continuity::Evidence evidence{};  // of the exchange
};
struct Recorded {
  bool is_durable = false;
  bool over_limit = false;  // nothing was written: the outage has let in enough
};
struct Destination {
  Method method{};
  std::string address;
};
struct MethodsResult {
  SecondFactor outcome{};  // good: what follows is known
  Cause cause{};
  bool has_code = false, has_push = false;
  std::vector<Destination> destinations = {};
  continuity::Evidence evidence{};  // of the exchange, here and below
};
struct PushResult {
  SecondFactor outcome{};  // good: it is on its way
  Cause cause{};
  std::string transaction_id = {};
  std::string number = {};
  continuity::Evidence evidence{};
};
struct CodeSentResult {
  SecondFactor outcome{};
  Cause cause{};
  continuity::Evidence evidence{};
};

// A login that cannot be judged at all (CHAP, EAP, no password, a user name that is no text): a reject, as late
// as every other.
Finish refuse_unasked(Cause, base::SteadyTime arrival, base::Duration jitter, const Policy&, base::Time now);

// Where a code goes, for the eyes of somebody who knows a password: "***12", "a***@example.com".
std::string masked(Method, std::string_view address);

class Transaction {
 public:
  struct Begun;
  // `policy` outlives the transaction.
  static Begun begin(Attempt, const Policy& policy, const continuity::Standing&, base::Time now);
  Step on(FirstFactorResult, base::Time now);
  Step on(SecondFactorResult, base::Time now);
  Step on(MethodsResult, base::Time now);
  Step on(PushResult, base::Time now);
  Step on(const CodeSentResult&, base::Time now);
  Step on(const continuity::Standing&, base::Time now);
  Step on(Recorded, base::Time now);
  // Of deadline(): one more try where the login only waited for a word; else a Finish, whatever was under way.
  Step on_deadline(base::Time now);
  [[nodiscard]] base::SteadyTime deadline() const;
  // What the ladder would say of this login, had the service been lost: without effect. Of one that was
  // accepted.
  [[nodiscard]] continuity::Decision rehearse() const;
  [[nodiscard]] bool digits_were_typed() const { return code_.has_value() || code_was_typed_; }

 private:
  enum class Awaits {
    nothing,
    first_factor,
    code,
    methods,
    push_sent,
    push_answer,
    code_sent,
    continuity,
    record
  };

  Transaction(Attempt attempt, const Policy& policy, const continuity::Standing& standing)
      : attempt_(std::move(attempt)), policy_(&policy), standing_(standing) {}
  Step first_step(base::Time now);
  Step read_password(base::Time now);
  Step read_pin_or_code(base::Time now);
  Step read_answer(base::Time now);
  Step after_first_factor(base::Time now);
  Step check_first_factor();
  Step verify_code(base::Time now);
  // continuity_steps.cpp
  [[nodiscard]] bool service_is_lost(base::Time now) const { return standing_.is_lost(now.steady); }
  Step no_verdict(continuity::Evidence, base::Time now);
  Step act_on_standing(base::Time now);
  Step ladder(base::Time now);
  Step grant_beside_exchange(base::Time now);
  Step write_record(continuity::Rung);
  Step wait_for_exchange();
  Step verdict_beside_record(const SecondFactorResult&, base::Time now);
  Step without_digits(base::Time now);
  Step without_verdict(base::Time now);
  Step ask_again(base::Time now);
  Step cannot_ask(base::Time now);
  void complete(continuity::Known&) const;
  [[nodiscard]] continuity::Decision ask_ladder();
  // challenge_steps.cpp
  [[nodiscard]] bool offers(Method) const;
  Step choose_method(base::Time now);
  Step take_choice(base::Time now);
  Step find_methods(base::Time now);
  Step start(const Offer&, base::Time now);
  Step send_push(base::Time now);
  Step send_code(base::Time now);
  Step poll_push(base::Time now);
  Step push_ended(const SecondFactorResult&, base::Time now);
  Step fall_back_to_code(Cause otherwise, base::Time now);
  Step challenge(Challenge);
  Step refused(Cause, base::Time now);
  // Nothing when no time is left for an exchange; else the next sending of what is asked under that name.
  bool ask(Question&, std::string_view name, base::Time now);
  [[nodiscard]] bool fails_in_degraded(base::Time now) const;
  [[nodiscard]] bool may_send_again() const {
    return sendings_ <= 1 || (sendings_ == 2 && base::planted("a_third_sending"));
  }
  [[nodiscard]] bool asks_password() const;
  [[nodiscard]] bool is_in_required_group(const std::vector<std::string>& groups) const;
  bool expects(Awaits);

  [[nodiscard]] base::SteadyTime end_of_steps() const;
  Step broken(base::Time now);
  [[nodiscard]] ByLadder by_ladder(Cause) const;
  Step finish(Cause, base::Time now);
  Step unreachable(base::Time now);

  Attempt attempt_;
  const Policy* policy_;
  bool record_has_failed_ = false;
  continuity::Standing standing_;
  continuity::Known known_;  // for the ladder
  continuity::Decision decision_;
  bool ladder_was_asked_ = false;
  bool asks_beside_record_ = false;                           // the exchange still runs
  bool ended_down_ = false;                                   // the last exchange
  base::SteadyTime asks_again_at_ = base::SteadyTime::max();  // should nothing be heard but `normal`
  base::Secret password_;                                     // until it has been tried
  std::optional<base::Secret> code_, pin_;
  std::optional<std::size_t> choice_;  // of the offers of a challenge
  std::string canonical_user_;
  std::optional<Destination> destination_;
  std::string transaction_id_, number_;  // of a push
  FirstFactor first_factor_ = FirstFactor::not_asked;
  SecondFactor second_factor_ = SecondFactor::not_asked;
  Awaits awaits_ = Awaits::nothing;
  bool finished_ = false, code_was_typed_ = false;
  int sendings_ = 0;  // of the question that is being asked
  static constexpr std::string_view asks_methods = "m", asks_push = "p", asks_sending = "s";
  std::string_view asked_;  // one of these; empty: a code
};
struct Transaction::Begun {
  Transaction transaction;
  Step step;
};

}  // namespace sallyport::validation
