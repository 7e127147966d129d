// Of a Transaction: what happens when the first factor is good and no code was typed with it, and what the
// answer to a challenge means.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "validation/password_split.h"
#include "validation/transaction.h"

namespace sallyport::validation {
namespace {

constexpr std::size_t most_offers = 9;  // so that one digit chooses

std::vector<Offer> offers_of(const std::vector<Method>& wanted, const MethodsResult& has) {
  std::vector<Offer> out;
  for (const auto method : wanted) {
    if (method == Method::code && has.has_code) out.push_back({method, 0});
    if (method == Method::push && has.has_push) out.push_back({method, 0});
    std::uint8_t place = 0;
    for (const auto& one : has.destinations)
      if (one.method == method) out.push_back({method, place++});
  }
  out.resize(std::min(out.size(), most_offers));
  return out;
}

const Destination* destination_of(const Offer& offer, const std::vector<Destination>& all) {
  std::size_t place = 0;
  for (const auto& one : all)
    if (one.method == offer.method && place++ == offer.place) return &one;
  return nullptr;
}

bool is_sent(Method method) { return method != Method::code && method != Method::push; }

std::optional<std::size_t> choice_of(std::string_view text, std::size_t count) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > count)
    return std::nullopt;
  return number - 1;
}

}  // namespace

std::string masked(Method method, std::string_view address) {
  if (!is_sent(method)) return {};
  if (method == Method::email) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0) return "***";
    return fmt::format("{}***{}", address.substr(0, 1), address.substr(at));
  }
  return fmt::format("***{}", address.size() > 4 ? address.substr(address.size() - 2) : "");
}

bool Transaction::offers(Method method) const {
  return std::ranges::find(policy_->methods, method) != policy_->methods.end();
}

// The form of an answer is judged before anything is asked; its user is looked up again, for the groups may
// have changed and the gateway kept nothing.
Step Transaction::read_answer(base::Time now) {
  if (!policy_->shows_challenges) return finish(Cause::stale_challenge, now);
  const auto& challenged = *attempt_.challenged;
  // Under other rules than it was typed under, an answer is not read: after the look-up the user is asked anew.
  if (challenged.asks != Challenged::Asks::again) {
    if (auto code = whole_code(attempt_.password, policy_->code_digits)) {
      code_ = std::move(*code);
    } else if (challenged.asks == Challenged::Asks::choice) {
      choice_ = choice_of(attempt_.password.reveal(), challenged.offers.size());
      if (!choice_) return finish(Cause::no_such_choice, now);
    } else if (challenged.asks == Challenged::Asks::code || challenged.transaction_id.empty()) {
      return finish(code.error(), now);
    }
  }
  attempt_.password.clear();
  awaits_ = Awaits::first_factor;
  return LookUpUser{attempt_.user_name, end_of_steps()};
}

Step Transaction::choose_method(base::Time now) {
  if (first_factor_ != FirstFactor::good) return broken(now);  // no push and no question for a stranger
  if (service_is_lost(now)) return without_digits(now);
  if (!policy_->shows_challenges)
    return offers(Method::push) ? send_push(now) : refused(Cause::no_code_in_password, now);
  const bool only_code = policy_->methods.size() == 1 && offers(Method::code);
  return only_code ? challenge({.carried = {Challenged::Asks::code, {}, {}}}) : find_methods(now);
}

Step Transaction::take_choice(base::Time now) {
  if (service_is_lost(now)) return without_digits(now);
  const auto& offer = attempt_.challenged->offers[*choice_];
  return is_sent(offer.method) ? find_methods(now) : start(offer, now);
}

Step Transaction::find_methods(base::Time now) {
  FindMethods step;
  if (!ask(step, asks_methods, now)) return fall_back_to_code(Cause::service_unreachable, now);
  awaits_ = Awaits::methods;
  return step;
}

Step Transaction::on(MethodsResult result, base::Time now) {
  if (!expects(Awaits::methods)) return broken(now);
  if (result.outcome == SecondFactor::unavailable) return no_verdict(result.evidence, now);
  if (result.outcome == SecondFactor::refused) return refused(result.cause, now);
  if (result.outcome != SecondFactor::good) return broken(now);
  if (choice_) {  // made earlier; the destination may have gone meanwhile
    const auto& offer = attempt_.challenged->offers[*choice_];
    const auto* found = destination_of(offer, result.destinations);
    if (found == nullptr) return refused(Cause::no_credential, now);
    destination_ = *found;
    return start(offer, now);
  }
  auto offers = offers_of(policy_->methods, result);
  if (offers.empty()) return refused(Cause::no_credential, now);
  const auto destination = [&](const Offer& offer) { return destination_of(offer, result.destinations); };
  if (offers.size() > 1 && policy_->asks_which) {
    Challenge out;
    for (const auto& offer : offers) {
      const auto* to = destination(offer);
      out.shown.push_back({offer.method, to == nullptr ? "" : masked(offer.method, to->address)});
    }
    out.carried = {Challenged::Asks::choice, std::move(offers), {}};
    return challenge(std::move(out));
  }
  if (const auto* to = destination(offers.front())) destination_ = *to;
  return start(offers.front(), now);
}

Step Transaction::start(const Offer& offer, base::Time now) {
  switch (offer.method) {
    case Method::code:
      return challenge({.carried = {Challenged::Asks::code, {}, {}}});
    case Method::push:
      return send_push(now);
    case Method::sms:
    case Method::voice:
    case Method::email:
      return destination_ ? send_code(now) : broken(now);
  }
  return broken(now);
}

Step Transaction::send_code(base::Time now) {
  SendCode step;
  if (service_is_lost(now)) return without_digits(now);
  if (!ask(step, asks_sending, now)) return unreachable(now);
  awaits_ = Awaits::code_sent;
  step.method = destination_->method;
  step.address = destination_->address;
  return step;
}

Step Transaction::on(const CodeSentResult& result, base::Time now) {
  if (!expects(Awaits::code_sent)) return broken(now);
  if (result.outcome == SecondFactor::unavailable) return no_verdict(result.evidence, now);
  if (result.outcome == SecondFactor::refused) return refused(result.cause, now);
  if (result.outcome != SecondFactor::good) return broken(now);
  Challenge out;
  out.carried.asks = Challenged::Asks::code;
  out.shown.push_back({destination_->method, masked(destination_->method, destination_->address)});
  return challenge(std::move(out));
}

// Where nobody can be asked on, a push that comes too late lets nobody in: it lives as long as the client
// waits.
Step Transaction::send_push(base::Time now) {
  if (service_is_lost(now)) return without_digits(now);
  SendPush step;
  if (!ask(step, asks_push, now)) return fall_back_to_code(Cause::service_unreachable, now);
  awaits_ = Awaits::push_sent;
  step.life = policy_->shows_challenges ? policy_->push_life : deadline() - now.steady;
  return step;
}

Step Transaction::on(PushResult result, base::Time now) {
  if (!expects(Awaits::push_sent)) return broken(now);
  switch (result.outcome) {
    case SecondFactor::unavailable:
      return no_verdict(result.evidence, now);
    case SecondFactor::refused: {
      const bool codes_still_work = result.cause == Cause::no_credential || result.cause == Cause::push_paused;
      return codes_still_work ? fall_back_to_code(result.cause, now) : refused(result.cause, now);
    }
    case SecondFactor::good:
      break;
    case SecondFactor::not_asked:
      return broken(now);
  }
  if (result.transaction_id.empty()) return broken(now);
  transaction_id_ = std::move(result.transaction_id);
  if (result.number.empty()) return poll_push(now);
  if (!policy_->shows_challenges) return refused(Cause::push_needs_number, now);
  number_ = std::move(result.number);
  return challenge({.carried = {Challenged::Asks::push, {}, transaction_id_, number_}});
}

Step Transaction::poll_push(base::Time now) {
  if (transaction_id_.empty()) {
    transaction_id_ = attempt_.challenged->transaction_id;
    number_ = attempt_.challenged->number;
  }
  if (service_is_lost(now)) return without_digits(now);
  awaits_ = Awaits::push_answer;
  return PollPush{transaction_id_, end_of_steps()};
}

Step Transaction::push_ended(const SecondFactorResult& result, base::Time now) {
  awaits_ = Awaits::nothing;
  const bool no_answer = result.outcome == SecondFactor::unavailable ||
                         (result.outcome == SecondFactor::refused && result.cause == Cause::push_unanswered);
  if (no_answer && policy_->shows_challenges)
    return challenge({.carried = {Challenged::Asks::push, {}, transaction_id_, number_}});
  second_factor_ = result.outcome;
  switch (result.outcome) {
    case SecondFactor::good:
      return finish(Cause::none, now);
    case SecondFactor::refused:
      return finish(result.cause == Cause::none ? Cause::push_failed : result.cause, now);
    case SecondFactor::unavailable:
      return unreachable(now);
    case SecondFactor::not_asked:
      break;
  }
  return broken(now);
}

Step Transaction::fall_back_to_code(Cause otherwise, base::Time now) {
  if (otherwise == Cause::service_unreachable && service_is_lost(now)) return without_digits(now);
  if (policy_->shows_challenges && offers(Method::code))
    return challenge({.carried = {Challenged::Asks::code, {}, {}}});
  if (otherwise == Cause::service_unreachable) return unreachable(now);
  // Who has no push should have typed a code, where codes are taken.
  const bool wants_code =
      otherwise == Cause::no_credential && policy_->mode == Mode::password_code && offers(Method::code);
  return refused(wants_code ? Cause::no_code_in_password : otherwise, now);
}

Step Transaction::refused(Cause cause, base::Time now) {
  second_factor_ = SecondFactor::refused;
  return finish(cause == Cause::none ? Cause::refused_by_service : cause, now);
}

// Only a good first factor is ever asked on.
Step Transaction::challenge(Challenge challenge) {
  finished_ = true;
  challenge.first_factor = first_factor_;
  return challenge;
}

}  // namespace sallyport::validation
