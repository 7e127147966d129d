// The steps of a login: what `validation` asks for is done here, and what came of it is handed back.
#include <utility>

#include "radius/reply.h"
#include "server/audit.h"
#include "server/login_owner.h"
#include "server/operator_lines.h"
#include "server/outcomes.h"
#include "validation/reasons.h"

namespace sallyport::server {
namespace {

using validation::Verdict;

constexpr base::Duration mute_for = std::chrono::seconds(10);

directory::Answer no_stores() {
  directory::Answer out;
  out.outcome = directory::Outcome::unavailable;
  out.detail = "no user store is set up";
  return out;
}

cloud::CodeAnswer no_service() {
  cloud::CodeAnswer out;
  out.outcome = cloud::Outcome::no_verdict;
  out.evidence = cloud::Evidence::local;
  out.detail = "no authentication service is set up";
  return out;
}

}  // namespace

void LoginOwner::perform(Login& login, validation::Step step) {
  struct {
    LoginOwner& owner;
    Login& login;
    void operator()(validation::LookUpUser& s) const { owner.look_up(login, std::move(s)); }
    void operator()(validation::CheckFirstFactor& s) const { owner.check_first_factor(login, std::move(s)); }
    void operator()(validation::VerifyCode& s) const { owner.verify_code(login, std::move(s)); }
    void operator()(validation::Finish& s) const { owner.decide(login, s); }
  } performer{*this, login};
  std::visit(performer, step);
}

void LoginOwner::look_up(Login& login, validation::LookUpUser step) {
  if (!login.stores) return first_factor_answered(login.number, no_stores());
  login.stores->look_up(
      std::move(step.user_name), step.deadline,
      [this, number = login.number](directory::Answer answer) { first_factor_answered(number, answer); });
}

void LoginOwner::check_first_factor(Login& login, validation::CheckFirstFactor step) {
  if (!login.stores) return first_factor_answered(login.number, no_stores());
  login.stores->check_first_factor(
      std::move(step.user_name), std::move(step.password), step.deadline,
      [this, number = login.number](directory::Answer answer) { first_factor_answered(number, answer); });
}

void LoginOwner::verify_code(Login& login, validation::VerifyCode step) {
  ++login.evidence.sendings;
  if (!login.channel) return second_factor_answered(login.number, no_service());
  login.channel->authenticate_user(
      {std::move(step.user_id), std::move(step.request_id), step.sending > 1, step.deadline},
      std::move(step.code), std::nullopt,
      [this, number = login.number](cloud::CodeAnswer answer) { second_factor_answered(number, answer); });
}

// An answer to a login that patience has ended meanwhile comes too late to count.
void LoginOwner::first_factor_answered(std::uint64_t number, const directory::Answer& answer) {
  auto* login = book_.find(number);
  if (login == nullptr || login->end) return;
  auto& evidence = login->evidence;
  evidence.user_store = answer.entry.user_store;
  evidence.first_detail = answer.detail;
  evidence.search_took = answer.search_took;
  evidence.bind_took = answer.bind_took;
  login->canonical_user = answer.entry.canonical_user;
  if (answer.search_took.count() > 0) outside_.tally.search_seconds->observe(answer.search_took);
  if (answer.bind_took.count() > 0) outside_.tally.bind_seconds->observe(answer.bind_took);
  perform(*login, login->transaction->on(first_factor_of(answer), outside_.now()));
}

void LoginOwner::second_factor_answered(std::uint64_t number, const cloud::CodeAnswer& answer) {
  auto* login = book_.find(number);
  if (login == nullptr || login->end) return;
  auto& evidence = login->evidence;
  evidence.service = answer.evidence;
  evidence.second_detail = answer.detail;
  evidence.status = answer.status;
  evidence.credential_id = answer.credential_id;
  evidence.service_took += answer.took;
  outside_.tally.service_seconds->observe(answer.took);
  perform(*login, login->transaction->on(second_factor_of(answer), outside_.now()));
}

void LoginOwner::decide(Login& login, const validation::Finish& end) {
  const auto now = outside_.now();
  login.end = end;
  login.decided = now;
  auto& tally = outside_.tally.of(*login.first.server);
  tally.count(end);
  tally.login_seconds->observe(now.steady - login.first.arrival.steady);
  note_silence(login, now);
  tell_what_it_showed(outside_.logger, login, now);
  if (end.send_at <= now.steady) return answer(login.number);
  set_due(login, end.send_at);
}

// While logins get no answer on purpose, Status-Server gets none either; the first accept ends it.
void LoginOwner::note_silence(const Login& login, base::Time now) {
  auto& until = login.first.server->shared->mute_until;
  if (login.end->verdict == Verdict::silent)
    until.store((now.steady + mute_for).time_since_epoch().count(), std::memory_order_relaxed);
  else if (login.end->verdict == Verdict::accept && until.load(std::memory_order_relaxed) != 0)
    until.store(0, std::memory_order_relaxed);
}

void LoginOwner::answer(std::uint64_t number) {
  const auto login = book_.take(number);
  login->first.server->shared->in_flight.fetch_sub(1, std::memory_order_relaxed);
  const auto& request = login->answered_request();
  const auto packet = request.packet();
  const auto& end = *login->end;
  base::Bytes reply;
  if (end.verdict != Verdict::silent) {
    radius::PacketBuffer buffer;
    const auto head = radius::head_of(packet);
    const auto code =
        end.verdict == Verdict::accept ? radius::Code::access_accept : radius::Code::access_reject;
    radius::ReplyBuilder builder(buffer, code, head, request.client->secret);
    builder.add_reply_message(validation::reply_text(end.reason));
    const auto octets = builder.finish();
    reply.assign(octets.begin(), octets.end());
  }
  const auto now = outside_.now();
  const bool is_awaited = cache_.finish(slot_of(request, packet), packet.authenticator_copy(), reply,
                                        now.steady + request.client->policy.patience);
  if (is_awaited && !reply.empty())
    outside_.send(request.socket, request.peer, request.local, std::move(reply));
  outside_.logger.log(telemetry::messages::login, now.wall, audit_fields(*login));
}

}  // namespace sallyport::server
