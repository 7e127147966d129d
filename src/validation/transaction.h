#pragma once
// The life of one login: no I/O, no clock, no callback. The door (room `server`) calls begin(), performs the
// Step it gets, and hands the result back, until a Finish. It arms one timer for deadline().
//
//   begin ──┬─▶ LookUpUser ───────┐ on(FirstFactorResult)
//           ├─▶ CheckFirstFactor ─┼──▶ VerifyCode ──▶ on(SecondFactorResult) ──▶ Finish
//           ├─▶ VerifyCode        │       ▲   │ no verdict, the first time
//           └─▶ Finish            ▼       └───┘
//                               Finish
//
// Every wait ends inside the client's patience: a step's deadline lies a little before the login's own, so that
// the answer to the step, and not the timer, says what went wrong. Whatever arrives in the wrong state, or
// after the Finish, is a reject.
#include <string>
#include <variant>

#include "validation/login.h"

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
struct VerifyCode {
  std::string user_id;  // canonical, from the entry found
  base::Secret code;
  std::string request_id;
  int sending = 1;  // 2: the same request once more, on a fresh connection
  base::SteadyTime deadline;
};
struct Finish {  // `verdict` and `reason` are the verdict table's (verdict_table.h)
  Verdict verdict{};
  Reason reason{};
  Cause cause{};
  FirstFactor first_factor{};
  SecondFactor second_factor{};
  base::SteadyTime send_at{};  // rejects wait; accepts do not
};
using Step = std::variant<LookUpUser, CheckFirstFactor, VerifyCode, Finish>;

struct FirstFactorResult {
  FirstFactor outcome{};
  Cause cause{};
  std::string canonical_user;  // when good
};
struct SecondFactorResult {
  SecondFactor outcome{};
  Cause cause{};
};

// A login that cannot be judged at all (CHAP, EAP, no password, a user name that is no text): a reject, as late
// as every other.
Finish refuse_unasked(Cause, base::SteadyTime arrival, base::Duration jitter, const Policy&, base::Time now);

class Transaction {
 public:
  struct Begun;
  static Begun begin(Attempt, const Policy&, base::Time now);
  Step on(FirstFactorResult, base::Time now);
  Step on(SecondFactorResult, base::Time now);
  Step on_deadline(base::Time now);  // patience has ended: a Finish, whatever was under way
  [[nodiscard]] base::SteadyTime deadline() const;

 private:
  enum class Awaits { first_factor, second_factor, nothing };

  Transaction(Attempt attempt, const Policy& policy) : attempt_(std::move(attempt)), policy_(policy) {}
  Step first_step(base::Time now);
  Step verify_code(base::Time now);
  Step broken(base::Time now);
  Step finish(Cause, base::Time now);

  Attempt attempt_;
  Policy policy_;
  base::Secret code_;
  std::string canonical_user_;
  FirstFactor first_factor_ = FirstFactor::not_asked;
  SecondFactor second_factor_ = SecondFactor::not_asked;
  Awaits awaits_ = Awaits::nothing;
  bool finished_ = false;
  int sendings_ = 0;
};
struct Transaction::Begun {
  Transaction transaction;
  Step step;
};

}  // namespace sallyport::validation
