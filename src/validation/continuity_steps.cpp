// Of a Transaction: what becomes of a login that got no verdict of the service, or that came while it is lost.
#include <utility>

#include "base/planted.h"
#include "validation/transaction.h"

namespace sallyport::validation {

using continuity::Decision;
using continuity::Side;
using continuity::State;

namespace {
// From the end of an exchange until the monitor's word about it is here, with room.
constexpr base::Duration time_for_the_word = std::chrono::milliseconds(250);
}  // namespace

Step Transaction::no_verdict(continuity::Evidence evidence, base::Time now) {
  const auto meaning = standing_.side_of(evidence, policy_->profile);
  const bool waits_for_a_word = standing_.mode != continuity::Mode::disabled && meaning != Side::up;
  if (!waits_for_a_word) return may_send_again() ? ask_again(now) : cannot_ask(now);
  if (meaning == Side::barred || base::planted("no_word_is_waited_for")) return cannot_ask(now);
  second_factor_ = SecondFactor::unavailable;
  ended_down_ = meaning == Side::down;
  // The monitor hears of this end too, and may soon say more: asked again at once, an outage of some seconds
  // used up both sendings in a moment.
  const bool is_news = ended_down_ && may_send_again() && standing_.state(now.steady) == State::normal;
  if (!is_news || service_is_lost(now)) return act_on_standing(now);
  asks_again_at_ = now.steady + time_for_the_word;
  awaits_ = Awaits::continuity;
  return AwaitContinuity{};
}

// Its own exchanges had no verdict, and others fail too.
bool Transaction::fails_in_degraded(base::Time now) const {
  if (standing_.mode != continuity::Mode::automatic || standing_.state(now.steady) != State::degraded)
    return false;
  const bool others_fail =
      now.steady < standing_.snapshot.others_down_until || base::planted("degraded_asks_for_no_other_failure");
  return !may_send_again() && ended_down_ && others_fail;
}

Step Transaction::act_on_standing(base::Time now) {
  if (service_is_lost(now)) return without_verdict(now);
  if (standing_.mode == continuity::Mode::disabled)  // since it began to wait
    return may_send_again() ? ask_again(now) : cannot_ask(now);
  switch (standing_.state(now.steady)) {
    case State::degraded:
      if (may_send_again()) return ask_again(now);
      if (fails_in_degraded(now)) return without_verdict(now);
      break;
    case State::normal:
      if (may_send_again()) return ask_again(now);
      break;
    case State::suspect:
    case State::continuity:
      break;
  }
  awaits_ = Awaits::continuity;
  return AwaitContinuity{};
}

Step Transaction::on(const continuity::Standing& standing, base::Time now) {
  standing_ = standing;
  if (finished_) return GoOn{};
  if (awaits_ == Awaits::continuity) {
    awaits_ = Awaits::nothing;
    return act_on_standing(now);
  }
  if (!service_is_lost(now)) return GoOn{};
  if (awaits_ == Awaits::code) return grant_beside_exchange(now);
  if (awaits_ != Awaits::push_answer) return GoOn{};
  awaits_ = Awaits::nothing;
  return without_digits(now);
}

void Transaction::complete(continuity::Known& known) const {
  known.first_factor_is_good =
      first_factor_ == FirstFactor::good ||
      (first_factor_ == FirstFactor::not_asked && !policy_->look_up_user && policy_->first_factor_elsewhere);
  known.groups_are_known = first_factor_ == FirstFactor::good;
  known.digits_were_typed = digits_were_typed();
}

Decision Transaction::ask_ladder() {
  complete(known_);
  return continuity::decide(policy_->ladders, known_);
}

Decision Transaction::rehearse() const {
  auto known = known_;
  complete(known);
  return continuity::decide(policy_->ladders, known);
}

Step Transaction::ladder(base::Time now) {
  second_factor_ = SecondFactor::unavailable;
  if (!password_.empty()) return check_first_factor();  // with second_factor_first it is still untried
  ladder_was_asked_ = true;
  decision_ = ask_ladder();
  switch (decision_.what) {
    case Decision::What::grant:
      return write_record(decision_.rung);
    case Decision::What::deny:
      return finish(Cause::denied_by_ladder, now);
    case Decision::What::silent:
      return finish(Cause::silent_by_ladder, now);
  }
  return broken(now);
}

// A rung that does not grant waits for the end of the exchange: it may still bring a yes.
Step Transaction::grant_beside_exchange(base::Time now) {
  if (!password_.empty() || record_has_failed_) return GoOn{};
  const auto decision = ask_ladder();
  if (decision.what != Decision::What::grant) return GoOn{};
  asks_beside_record_ = true;
  return ladder(now);
}

Step Transaction::write_record(continuity::Rung rung) {
  awaits_ = Awaits::record;
  return WriteRecord{rung, standing_.snapshot.cause, standing_.snapshot.entered};
}

Step Transaction::verdict_beside_record(const SecondFactorResult& result, base::Time now) {
  if (base::planted("verdict_beside_the_record_ignored")) return GoOn{};
  asks_beside_record_ = false;
  if (result.outcome == SecondFactor::unavailable) {
    if (standing_.side_of(result.evidence, policy_->profile) == Side::barred) {
      awaits_ = Awaits::nothing;
      return unreachable(now);
    }
    ended_down_ = true;
    return GoOn{};
  }
  awaits_ = Awaits::code;
  return on(result, now);
}

// The word is asked for once more: a lease may have ended while the disk was slow, or the service be back.
Step Transaction::on(Recorded recorded, base::Time now) {
  if (!expects(Awaits::record)) return broken(now);
  if (recorded.over_limit) {
    known_.over_limit = true;
    return asks_beside_record_ ? wait_for_exchange() : ladder(now);
  }
  if (!recorded.is_durable && !base::planted("a_failed_record_grants")) {
    record_has_failed_ = true;  // the service may say yes still
    return asks_beside_record_ ? wait_for_exchange() : finish(Cause::not_recorded, now);
  }
  const bool holds_anyway =
      base::planted("a_line_holds_when_the_service_is_back") && standing_.state(now.steady) == State::degraded;
  if (service_is_lost(now) || fails_in_degraded(now) || holds_anyway) return finish(Cause::none, now);
  return asks_beside_record_ ? wait_for_exchange() : act_on_standing(now);
}

Step Transaction::wait_for_exchange() {
  asks_beside_record_ = false;
  awaits_ = Awaits::code;
  return GoOn{};
}

Step Transaction::without_verdict(base::Time now) { return code_ ? ladder(now) : without_digits(now); }

// What was asked last.
Step Transaction::ask_again(base::Time now) {
  if (asked_ == asks_methods) return find_methods(now);
  if (asked_ == asks_push) return send_push(now);
  if (asked_ == asks_sending) return send_code(now);
  return verify_code(now);
}

Step Transaction::cannot_ask(base::Time now) {
  const bool may_ask_for_code = asked_ == asks_methods || asked_ == asks_push;
  return may_ask_for_code ? fall_back_to_code(Cause::service_unreachable, now) : unreachable(now);
}

// No rung lets in who typed no digits: they are asked for, where the client can ask.
Step Transaction::without_digits(base::Time now) {
  if (policy_->shows_challenges) {
    const auto asks = transaction_id_.empty() ? Challenged::Asks::code : Challenged::Asks::push;
    return challenge({.carried = {asks, {}, transaction_id_, number_}});
  }
  second_factor_ = SecondFactor::unavailable;
  return finish(Cause::append_code, now);
}

}  // namespace sallyport::validation
