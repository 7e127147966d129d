// Of a LoginOwner: what is asked of the authentication service, and what its answers mean. The only caller of
// the channel.
#include <type_traits>
#include <utility>

#include "base/planted.h"
#include "server/login_owner.h"
#include "server/operator_lines.h"
#include "server/outcomes.h"
#include "server/prompts.h"

namespace sallyport::server {
namespace {

using validation::Cause;
using PushEnd = SharedLimits::PushEnd;

cloud::Asking asking(validation::Question& question) {
  return {std::move(question.user_id), std::move(question.request_id), question.sending > 1, question.deadline};
}

// The whole seconds that a push may be answered: at least one.
std::chrono::seconds whole_seconds(base::Duration life) {
  return std::max(std::chrono::ceil<std::chrono::seconds>(life), std::chrono::seconds(1));
}

template <class Answer>
Answer no_service() {
  Answer out;
  out.outcome = cloud::Outcome::no_verdict;
  out.evidence = cloud::Evidence::local;
  out.detail = "no authentication service is set up";
  return out;
}

}  // namespace

Login* LoginOwner::answered_by_service(std::uint64_t number, const cloud::Answer& answer,
                                       base::Duration service_took, int sending) {
  auto* login = book_.find(number);
  report(login, answer, service_took, sending);
  if (login == nullptr || login->end) {
    note_late_verdict(number, answer);
    return nullptr;
  }
  auto& evidence = login->evidence;
  evidence.service = answer.evidence;
  evidence.second_detail = answer.detail;
  evidence.status = answer.status;
  evidence.service_took += answer.took;
  outside_.tally.service_seconds->observe(answer.took);
  return login;
}

template <class Answer, class Then>
auto LoginOwner::when_answered(Login& login, int sending, Then then) {
  return [this, number = login.number, sending, then](Answer answer) {
    // How long a user takes says nothing about the service.
    const auto service_took = std::is_same_v<Answer, cloud::PollAnswer> ? base::Duration{} : answer.took;
    if (auto* waiting = answered_by_service(number, answer, service_took, sending)) then(*waiting, answer);
  };
}

void LoginOwner::verify_code(Login& login, validation::VerifyCode step) {
  ++login.evidence.sendings;
  auto done = when_answered<cloud::CodeAnswer>(
      login, step.sending, [this](Login& asker, const cloud::CodeAnswer& answer) {
        asker.evidence.credential_id = answer.credential_id;
        perform(asker, asker.transaction->on(second_factor_of(answer), outside_.now()));
      });
  if (!login.channel) return done(no_service<cloud::CodeAnswer>());
  auto code = std::move(step.code);
  auto pin = std::move(step.pin);
  login.channel->authenticate_user(asking(step), std::move(code), std::move(pin), std::move(done));
}

void LoginOwner::find_methods(Login& login, validation::FindMethods step) {
  auto done = when_answered<cloud::UserAnswer>(
      login, step.sending, [this](Login& asker, const cloud::UserAnswer& answer) {
        perform(asker, asker.transaction->on(methods_of(answer), outside_.now()));
      });
  if (!login.channel) return done(no_service<cloud::UserAnswer>());
  login.channel->user_methods(asking(step), std::move(done));
}

void LoginOwner::send_code(Login& login, validation::SendCode step) {
  login.evidence.method = to_string(step.method);
  auto done =
      when_answered<cloud::Answer>(login, step.sending, [this](Login& asker, const cloud::Answer& answer) {
        perform(asker, asker.transaction->on(code_sent_of(answer), outside_.now()));
      });
  if (!login.channel) return done(no_service<cloud::Answer>());
  cloud::Destination to{method_of(step.method), std::move(step.address)};
  login.channel->send_code(asking(step), std::move(to), std::move(done));
}

// One push for one user at a time. The first sending takes the user's place; a second one is the same push.
void LoginOwner::send_push(Login& login, const validation::SendPush& step) {
  const auto now = outside_.now();
  login.evidence.method = to_string(validation::Method::push);
  if (step.sending == 1) {
    const auto user = hash_of_user(login.canonical_user);
    const auto may = outside_.limits.begin_push(user, now.steady + step.life, now.steady);
    if (may == validation::MayPush::one_is_waiting) tell_two_at_once(outside_, login, now);
    if (may != validation::MayPush::yes && !base::planted("a_second_push_on_a_retry")) {
      const auto cause = may == validation::MayPush::paused ? Cause::push_paused : Cause::two_at_once;
      return perform(
          login, login.transaction->on(validation::PushResult{validation::SecondFactor::refused, cause}, now));
    }
  }
  auto done = when_answered<cloud::PushAnswer>(
      login, step.sending, [this](Login& asker, const cloud::PushAnswer& answer) { push_sent(asker, answer); });
  if (!login.channel) return done(no_service<cloud::PushAnswer>());
  auto question = step;
  login.channel->send_push(asking(question), push_texts(login.first.server->prompts, login.first.server->name),
                           whole_seconds(step.life), std::move(done));
}

void LoginOwner::push_sent(Login& login, const cloud::PushAnswer& answer) {
  const auto now = outside_.now();
  if (answer.outcome == cloud::Outcome::refused)
    outside_.limits.end_push(hash_of_user(login.canonical_user), PushEnd::not_sent, now.steady);
  login.evidence.transaction = answer.transaction_id;
  perform(login, login.transaction->on(push_of(answer), now));
}

void LoginOwner::poll_push(Login& login, validation::PollPush step) {
  login.evidence.method = to_string(validation::Method::push);
  login.evidence.transaction = step.transaction_id;
  auto done = when_answered<cloud::PollAnswer>(
      login, 1, [this](Login& asker, const cloud::PollAnswer& answer) { push_ended(asker, answer); });
  if (!login.channel) return done(no_service<cloud::PollAnswer>());
  login.channel->await_push(std::move(step.transaction_id), step.deadline, std::move(done));
}

void LoginOwner::push_ended(Login& login, const cloud::PollAnswer& answer) {
  const auto now = outside_.now();
  const auto user = hash_of_user(login.canonical_user);
  const auto end = push_end_of(answer);
  login.evidence.credential_id = answer.credential_id;
  // Where the user can be asked on, a push without an answer goes on waiting.
  const bool goes_on =
      answer.outcome == cloud::Outcome::no_verdict && login.first.client->policy.shows_challenges;
  if (end.outcome == validation::SecondFactor::good)
    outside_.limits.end_push(user, PushEnd::approved, now.steady);
  else if (!goes_on)
    outside_.limits.end_push(user, PushEnd::denied, now.steady);
  perform(login, login.transaction->on(end, now));
}

}  // namespace sallyport::server
