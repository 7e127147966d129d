#include "validation/transaction.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
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
// Who waits for the monitor's word in vain asks the service once more so long before the end.
constexpr base::Duration kept_for_last_try = milliseconds(1200);
// Less than this is no time for an exchange over a fresh connection.
constexpr base::Duration shortest_sending = milliseconds(100);

// Rejects leave late, so that their time tells nothing, but never after the client has stopped waiting.
base::SteadyTime reject_at(base::SteadyTime arrival, base::Duration jitter, const Policy& policy,
                           base::Time now) {
  return std::max(now.steady, arrival + std::min(policy.reject_delay + jitter, policy.patience));
}

bool asks_first_factor(const Policy& policy) {
  return policy.mode == Mode::password_code || policy.mode == Mode::challenge || policy.look_up_user;
}

// A cause that a user may see has a reason of its own; all other refusals of credentials look the same.
Reason told_reason(const Policy& policy, Cause cause, Reason otherwise) {
  if (cause == Cause::append_code) return Reason::append_code;
  if (otherwise != Reason::refused || std::ranges::find(policy.told, cause) == policy.told.end())
    return otherwise;
  return own_reason_of(cause);
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

Transaction::Begun Transaction::begin(Attempt attempt, const Policy& policy,
                                      const continuity::Standing& standing, base::Time now) {
  Transaction transaction(std::move(attempt), policy, standing);
  auto step = transaction.first_step(now);
  return {std::move(transaction), std::move(step)};
}

base::SteadyTime Transaction::deadline() const {
  const auto patience_ends = attempt_.arrival.steady + policy_->patience;
  const bool tries_again = !finished_ && awaits_ == Awaits::continuity && may_send_again();
  if (!tries_again) return patience_ends;
  const auto last_try = patience_ends - kept_for_last_try;
  return standing_.snapshot.state == continuity::State::normal ? std::min(asks_again_at_, last_try) : last_try;
}

base::SteadyTime Transaction::end_of_steps() const {
  return attempt_.arrival.steady + policy_->patience - std::min(margin, policy_->patience / 10);
}

Step Transaction::first_step(base::Time now) {
  if (attempt_.user_name.empty()) return finish(Cause::malformed_user_name, now);
  if (attempt_.challenged) return read_answer(now);
  if (policy_->mode == Mode::code || policy_->mode == Mode::pin_code) return read_pin_or_code(now);
  return read_password(now);
}

// Modes with a password here: it may be followed by the code, or (challenge) never is.
Step Transaction::read_password(base::Time now) {
  if (policy_->mode == Mode::password_code) {
    auto parts = split_password(attempt_.password, policy_->code_digits);
    if (parts) {
      password_ = std::move(parts->password);
      code_ = std::move(parts->code);
      attempt_.password.clear();
      return check_first_factor();
    }
    const bool goes_without = policy_->shows_challenges || offers(Method::push);
    // With the second factor first nothing may start before it: a push is nothing that a stranger may cause.
    if (parts.error() != Cause::no_code_in_password || !goes_without || policy_->second_factor_first)
      return finish(parts.error(), now);
  }
  auto whole = whole_password(attempt_.password);
  if (!whole) return finish(whole.error(), now);
  password_ = std::move(*whole);
  attempt_.password.clear();
  return check_first_factor();
}

Step Transaction::read_pin_or_code(base::Time now) {
  if (policy_->mode == Mode::pin_code) {
    auto parts = split_password(attempt_.password, policy_->code_digits);
    if (!parts) return finish(parts.error(), now);
    pin_ = std::move(parts->password);
    code_ = std::move(parts->code);
  } else {
    auto code = whole_code(attempt_.password, policy_->code_digits);
    if (!code) return finish(code.error(), now);
    code_ = std::move(*code);
  }
  attempt_.password.clear();
  if (policy_->look_up_user) {
    awaits_ = Awaits::first_factor;
    return LookUpUser{attempt_.user_name, end_of_steps()};
  }
  canonical_user_ = attempt_.user_name;
  return verify_code(now);
}

Step Transaction::check_first_factor() {
  awaits_ = Awaits::first_factor;
  if (policy_->second_factor_first && second_factor_ == SecondFactor::not_asked)
    return LookUpUser{attempt_.user_name, end_of_steps()};
  return CheckFirstFactor{attempt_.user_name, std::exchange(password_, {}), end_of_steps()};
}

bool Transaction::expects(Awaits what) {
  if (finished_ || awaits_ != what) return false;
  awaits_ = Awaits::nothing;
  return true;
}

Step Transaction::on(FirstFactorResult result, base::Time now) {
  if (base::planted("ladder_without_first_factor") && service_is_lost(now))
    result = {FirstFactor::good, Cause::none, attempt_.user_name};
  if (!expects(Awaits::first_factor)) return broken(now);
  // A look-up before the second factor finds the user; the password has not been tried by it.
  const bool only_found = policy_->second_factor_first && second_factor_ == SecondFactor::not_asked &&
                          !attempt_.challenged && asks_password();
  if (!only_found || result.outcome != FirstFactor::good) first_factor_ = result.outcome;
  switch (result.outcome) {
    case FirstFactor::good:
      if (result.canonical_user.empty()) return broken(now);
      if (!canonical_user_.empty() && canonical_user_ != result.canonical_user) return broken(now);
      if (!result.same_user || !is_in_required_group(result.groups)) {
        first_factor_ = FirstFactor::refused;
        return finish(result.same_user ? Cause::not_in_required_group : Cause::stale_challenge, now);
      }
      canonical_user_ = std::move(result.canonical_user);
      known_.groups = std::move(result.groups);
      known_.attributes = std::move(result.attributes);
      known_.had_recent_success = result.had_recent_success;
      return after_first_factor(now);
    case FirstFactor::refused:
      return finish(cause_or(result.cause, Cause::wrong_password), now);
    case FirstFactor::unavailable:
      return finish(Cause::user_store_unreachable, now);
    case FirstFactor::not_asked:
      break;
  }
  return broken(now);
}

// `groups` may hold others: of reply attributes, and of servers that share the user stores.
bool Transaction::is_in_required_group(const std::vector<std::string>& groups) const {
  const auto& required = policy_->required_groups;
  return required.empty() || std::ranges::any_of(required, [&](const auto& one) {
           return std::ranges::find(groups, one) != groups.end();
         });
}

bool Transaction::asks_password() const {
  return policy_->mode == Mode::password_code || policy_->mode == Mode::challenge;
}

Step Transaction::after_first_factor(base::Time now) {
  if (second_factor_ == SecondFactor::good) return finish(Cause::none, now);  // it came first
  if (second_factor_ == SecondFactor::unavailable) return act_on_standing(now);
  if (code_) return verify_code(now);
  if (!attempt_.challenged || attempt_.challenged->asks == Challenged::Asks::again) return choose_method(now);
  if (choice_) return take_choice(now);
  return poll_push(now);
}

Step Transaction::on(SecondFactorResult result, base::Time now) {
  if (!finished_ && awaits_ == Awaits::push_answer) return push_ended(result, now);
  if (!finished_ && awaits_ == Awaits::record && asks_beside_record_) return verdict_beside_record(result, now);
  if (!expects(Awaits::code)) return broken(now);
  if (base::planted("a_refused_login_goes_to_the_ladder") && result.outcome == SecondFactor::refused &&
      standing_.state(now.steady) == continuity::State::degraded)
    result = {SecondFactor::unavailable, Cause::none, continuity::Evidence::http_error};
  second_factor_ = result.outcome;
  switch (result.outcome) {
    case SecondFactor::good:
      if (!password_.empty()) return check_first_factor();
      return finish(Cause::none, now);
    case SecondFactor::refused:
      return finish(cause_or(result.cause, Cause::wrong_code), now);
    case SecondFactor::unavailable:
      return no_verdict(result.evidence, now);
    case SecondFactor::not_asked:
      break;
  }
  return broken(now);
}

// The service's answer may be lost after it spent the code: so the same request goes out once more, under the
// same id, and never a third time.
Step Transaction::verify_code(base::Time now) {
  if (service_is_lost(now)) return ladder(now);
  VerifyCode step;
  if (!ask(step, "", now)) return unreachable(now);
  awaits_ = Awaits::code;
  step.code = *code_;
  step.pin = pin_;
  return step;
}

bool Transaction::ask(Question& question, std::string_view name, base::Time now) {
  if (asked_ != name) sendings_ = 0;
  asked_ = name;
  const auto passed = base::planted("wall_clock_in_an_interval")
                          ? base::Duration(now.wall - attempt_.arrival.wall)
                          : now.steady - attempt_.arrival.steady;
  const auto left = end_of_steps() - attempt_.arrival.steady - passed;
  if (left < shortest_sending) return false;
  ++sendings_;
  const auto kept = sendings_ == 1 ? std::min(kept_for_second_sending, left / 3) : base::Duration{};
  question.user_id = canonical_user_;
  question.request_id = attempt_.request_id;
  question.request_id += name;
  if (sendings_ > 1 && base::planted("a_new_request_id_on_the_second_sending")) question.request_id += "2";
  question.sending = sendings_;
  question.deadline = now.steady + std::min(policy_->service_limit, left - kept);
  return true;
}

Step Transaction::on_deadline(base::Time now) {
  if (finished_ || awaits_ == Awaits::nothing) return broken(now);
  const auto awaited = std::exchange(awaits_, Awaits::nothing);
  if (awaited == Awaits::continuity) return may_send_again() ? ask_again(now) : cannot_ask(now);
  if (awaited == Awaits::record) return finish(Cause::not_recorded, now);
  if (awaited != Awaits::first_factor) return unreachable(now);
  first_factor_ = FirstFactor::unavailable;
  return finish(Cause::user_store_unreachable, now);
}

Step Transaction::unreachable(base::Time now) {
  second_factor_ = SecondFactor::unavailable;
  return finish(Cause::service_unreachable, now);
}

// Only what the ladder itself led to is judged as its word.
ByLadder Transaction::by_ladder(Cause cause) const {
  if (second_factor_ != SecondFactor::unavailable || !ladder_was_asked_) return ByLadder::not_asked;
  if (cause == Cause::none && decision_.what == continuity::Decision::What::grant) return ByLadder::grants;
  if (cause == Cause::denied_by_ladder) return ByLadder::denies;
  return cause == Cause::silent_by_ladder ? ByLadder::silent : ByLadder::not_asked;
}

Step Transaction::broken(base::Time now) {
  finished_ = true;
  auto out = refuse_unasked(Cause::own_mistake, attempt_.arrival.steady, attempt_.jitter, *policy_, now);
  out.first_factor = first_factor_;
  out.second_factor = second_factor_;
  return out;
}

Step Transaction::finish(Cause cause, base::Time now) {
  finished_ = true;
  code_was_typed_ = code_.has_value();
  code_.reset();
  pin_.reset();
  password_.clear();
  attempt_.password.clear();
  const bool mute = first_factor_ == FirstFactor::unavailable ? policy_->silent_when_user_store_unreachable
                                                              : policy_->silent_when_service_unreachable;
  const auto judged =
      judge(asks_first_factor(*policy_) ? Asked::both : Asked::second_only, first_factor_, second_factor_,
            mute ? WhenUnreachable::silent : WhenUnreachable::reject, by_ladder(cause));
  if (judged.broken) return broken(now);
  Finish out{judged.verdict, told_reason(*policy_, cause, judged.reason), cause, first_factor_, second_factor_,
             now.steady};
  if (judged.verdict == Verdict::accept && second_factor_ != SecondFactor::good) out.rung = decision_.rung;
  if (cause == Cause::denied_by_ladder) out.ladder_detail = decision_.why;
  if (judged.verdict == Verdict::reject)
    out.send_at = reject_at(attempt_.arrival.steady, attempt_.jitter, *policy_, now);
  return out;
}

}  // namespace sallyport::validation
