#include "validation/transaction.h"

#include <algorithm>
#include <utility>

#include "validation/password_split.h"
#include "validation/reasons.h"
#include "validation/verdict_table.h"

namespace sallyport::validation {
namespace {

using std::chrono::milliseconds;

// A step ends this long before the login does: time for its answer to be judged and sent.
constexpr base::Duration margin = milliseconds(20);
// A first sending leaves this much (at most a third of what is left) for a second one.
constexpr base::Duration kept_for_second_sending = std::chrono::seconds(1);
// Less than this is no time for an exchange over a fresh connection.
constexpr base::Duration shortest_sending = milliseconds(100);

base::SteadyTime end_of_steps(const Policy& policy, base::SteadyTime arrival) {
  return arrival + policy.patience - std::min(margin, policy.patience / 10);
}

// Rejects leave late, so that their time tells nothing, but never after the client has stopped waiting.
base::SteadyTime reject_at(base::SteadyTime arrival, base::Duration jitter, const Policy& policy,
                           base::Time now) {
  return std::max(now.steady, arrival + std::min(policy.reject_delay + jitter, policy.patience));
}

bool asks_first_factor(const Policy& policy) {
  return policy.mode == Mode::password_code || policy.look_up_user;
}

Cause cause_or(Cause said, Cause otherwise) { return said == Cause::none ? otherwise : said; }

}  // namespace

Finish refuse_unasked(Cause cause, base::SteadyTime arrival, base::Duration jitter, const Policy& policy,
                      base::Time now) {
  Finish out;
  out.verdict = Verdict::reject;
  out.reason = reason_of(cause);
  out.cause = cause;
  out.send_at = reject_at(arrival, jitter, policy, now);
  return out;
}

Transaction::Begun Transaction::begin(Attempt attempt, const Policy& policy, base::Time now) {
  Transaction transaction(std::move(attempt), policy);
  auto step = transaction.first_step(now);
  return {std::move(transaction), std::move(step)};
}

base::SteadyTime Transaction::deadline() const { return attempt_.arrival.steady + policy_.patience; }

Step Transaction::first_step(base::Time now) {
  if (attempt_.user_name.empty()) return finish(Cause::malformed_user_name, now);
  const auto until = end_of_steps(policy_, attempt_.arrival.steady);
  if (policy_.mode == Mode::password_code) {
    auto parts = split_password(attempt_.password, policy_.code_digits);
    if (!parts) return finish(parts.error(), now);
    attempt_.password.clear();
    code_ = std::move(parts->code);
    awaits_ = Awaits::first_factor;
    return CheckFirstFactor{attempt_.user_name, std::move(parts->password), until};
  }
  auto code = whole_code(attempt_.password, policy_.code_digits);
  if (!code) return finish(code.error(), now);
  attempt_.password.clear();
  code_ = std::move(*code);
  if (policy_.look_up_user) {
    awaits_ = Awaits::first_factor;
    return LookUpUser{attempt_.user_name, until};
  }
  canonical_user_ = attempt_.user_name;
  return verify_code(now);
}

Step Transaction::on(FirstFactorResult result, base::Time now) {
  if (finished_ || awaits_ != Awaits::first_factor) return broken(now);
  awaits_ = Awaits::nothing;
  first_factor_ = result.outcome;
  switch (result.outcome) {
    case FirstFactor::good:
      if (result.canonical_user.empty()) return broken(now);
      canonical_user_ = std::move(result.canonical_user);
      return verify_code(now);
    case FirstFactor::refused:
      return finish(cause_or(result.cause, Cause::wrong_password), now);
    case FirstFactor::unavailable:
      return finish(Cause::user_store_unreachable, now);
    case FirstFactor::not_asked:
      break;
  }
  return broken(now);
}

Step Transaction::on(SecondFactorResult result, base::Time now) {
  if (finished_ || awaits_ != Awaits::second_factor) return broken(now);
  awaits_ = Awaits::nothing;
  second_factor_ = result.outcome;
  switch (result.outcome) {
    case SecondFactor::good:
      return finish(Cause::none, now);
    case SecondFactor::refused:
      return finish(cause_or(result.cause, Cause::wrong_code), now);
    case SecondFactor::unavailable:
      if (sendings_ == 1) return verify_code(now);
      return finish(Cause::service_unreachable, now);
    case SecondFactor::not_asked:
      break;
  }
  return broken(now);
}

// The service's answer may be lost after it spent the code: so the same request goes out once more, under the
// same id, and never a third time.
Step Transaction::verify_code(base::Time now) {
  const auto left = end_of_steps(policy_, attempt_.arrival.steady) - now.steady;
  if (left < shortest_sending) {
    second_factor_ = SecondFactor::unavailable;
    return finish(Cause::service_unreachable, now);
  }
  ++sendings_;
  const auto kept = sendings_ == 1 ? std::min(kept_for_second_sending, left / 3) : base::Duration{};
  awaits_ = Awaits::second_factor;
  return VerifyCode{canonical_user_, code_, attempt_.request_id, sendings_,
                    now.steady + std::min(policy_.service_limit, left - kept)};
}

Step Transaction::on_deadline(base::Time now) {
  if (finished_) return broken(now);
  switch (std::exchange(awaits_, Awaits::nothing)) {
    case Awaits::first_factor:
      first_factor_ = FirstFactor::unavailable;
      return finish(Cause::user_store_unreachable, now);
    case Awaits::second_factor:
      second_factor_ = SecondFactor::unavailable;
      return finish(Cause::service_unreachable, now);
    case Awaits::nothing:
      break;
  }
  return broken(now);
}

Step Transaction::broken(base::Time now) {
  finished_ = true;
  auto out = refuse_unasked(Cause::own_mistake, attempt_.arrival.steady, attempt_.jitter, policy_, now);
  out.first_factor = first_factor_;
  out.second_factor = second_factor_;
  return out;
}

Step Transaction::finish(Cause cause, base::Time now) {
  finished_ = true;
  code_.clear();
  attempt_.password.clear();
  const bool mute = first_factor_ == FirstFactor::unavailable ? policy_.silent_when_user_store_unreachable
                                                              : policy_.silent_when_service_unreachable;
  const auto judged = judge(asks_first_factor(policy_) ? Asked::both : Asked::second_only, first_factor_,
                            second_factor_, mute ? WhenUnreachable::silent : WhenUnreachable::reject);
  if (judged.broken) return broken(now);
  Finish out{judged.verdict, judged.reason, cause, first_factor_, second_factor_, now.steady};
  if (judged.verdict == Verdict::reject)
    out.send_at = reject_at(attempt_.arrival.steady, attempt_.jitter, policy_, now);
  return out;
}

}  // namespace sallyport::validation
