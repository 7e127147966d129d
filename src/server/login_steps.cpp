// The steps of a login: what `validation` asks for is done here, and what came of it is handed back.
#include <utility>

#include "base/invariant.h"
#include "base/planted.h"
#include "radius/reply.h"
#include "server/audit.h"
#include "server/login_owner.h"
#include "server/operator_lines.h"
#include "server/outcomes.h"
#include "server/prompts.h"
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

radius::Code code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::accept:
      return radius::Code::access_accept;
    case Verdict::challenge:
      return radius::Code::access_challenge;
    case Verdict::reject:
    case Verdict::silent:
      break;
  }
  return radius::Code::access_reject;
}

// Of these only the second is somebody's guess where the user is not known.
bool counts_as_failure(validation::Cause cause) {
  switch (cause) {
    case validation::Cause::wrong_password:
    case validation::Cause::unknown_user:
    case validation::Cause::wrong_code:
    case validation::Cause::push_denied:
      return true;
    default:
      return false;
  }
}

// What an accept carries beside its words. By a rung: so that the client's accounting tells such a login apart,
// and that it does not last long. Gives what had to be left out.
std::vector<std::string> add_attributes(radius::ReplyBuilder& builder, const Login& login) {
  const auto& server = *login.first.server;
  const auto& rung = login.end->rung;
  auto left_out = server.reply_attributes.add_to(builder, login.entry,
                                                 rung ? server.rung_session : std::chrono::seconds(0));
  if (!rung || !server.tells_rung) return left_out;
  const auto words = "sallyport-continuity:" + std::string(to_string(*rung));
  if (!builder.add(radius::AttributeType::class_attribute, base::as_bytes(words)))
    left_out.emplace_back("Class: the packet is full");
  return left_out;
}

}  // namespace

void LoginOwner::perform(Login& login, validation::Step step) {
  struct {
    LoginOwner& owner;
    Login& login;
    void operator()(validation::LookUpUser& s) const { owner.look_up(login, std::move(s)); }
    void operator()(validation::CheckFirstFactor& s) const { owner.check_first_factor(login, std::move(s)); }
    void operator()(validation::VerifyCode& s) const { owner.verify_code(login, std::move(s)); }
    void operator()(validation::FindMethods& s) const { owner.find_methods(login, std::move(s)); }
    void operator()(validation::SendPush& s) const { owner.send_push(login, s); }
    void operator()(validation::PollPush& s) const { owner.poll_push(login, std::move(s)); }
    void operator()(validation::SendCode& s) const { owner.send_code(login, std::move(s)); }
    void operator()(validation::AwaitContinuity&) const { owner.await_continuity(login); }
    void operator()(validation::WriteRecord& s) const { owner.write_record(login, s); }
    void operator()(validation::GoOn&) const {}
    void operator()(validation::Challenge& s) const { owner.challenge(login, std::move(s)); }
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
  login->entry = answer.entry;
  if (answer.search_took.count() > 0) outside_.tally.search_seconds->observe(answer.search_took);
  if (answer.bind_took.count() > 0) outside_.tally.bind_seconds->observe(answer.bind_took);
  const auto now = outside_.now();
  auto result = first_factor_of(answer);
  const bool is_good = result.outcome == validation::FirstFactor::good;
  if (base::planted("user_store_failure_is_evidence") && answer.outcome == directory::Outcome::unavailable)
    outside_.report({continuity::Evidence::http_error, now.steady, {}});
  if (is_good && login->continues)
    result.same_user = login->first.server->seal->is_tag_of(login->continues->user, result.canonical_user);
  if (is_good && outside_.limits.blocks_user(hash_of_user(result.canonical_user), now.steady)) {
    result.outcome = validation::FirstFactor::refused;
    result.cause = validation::Cause::too_many_failures;
  }
  login->had_recent_success = is_good && had_recent_success(*login, now);
  result.had_recent_success = login->had_recent_success;
  for (const auto& attribute : answer.entry.attributes)
    for (const auto& value : attribute.values) result.attributes.emplace_back(attribute.type, value);
  perform(*login, login->transaction->on(std::move(result), now));
}

void LoginOwner::decide(Login& login, const validation::Finish& end) {
  const auto now = outside_.now();
  login.end = end;
  login.decided = now;
  auto& tally = outside_.tally.of(*login.first.server);
  tally.count(end);
  tally.login_seconds->observe(now.steady - login.first.arrival.steady);
  note_silence(login, now);
  count_for_the_guard(login, now.steady);
  count_for_a_surge(login, now.steady);
  login.under_way.end();
  note_recent_success(login, now);
  if (end.rung) note_let_in(login);
  rehearse(login, now);
  if (login.recorded && !end.rung) withdraw_record(login, now);
  tell_what_it_showed(outside_.logger, login, now);
  if (end.send_at <= now.steady) return answer(login.number);
  set_due(login, end.send_at);
}

// The user goes on at once; nothing is kept here but the sent answer.
void LoginOwner::challenge(Login& login, validation::Challenge step) {
  login.challenge = std::move(step);
  validation::Finish end;
  end.verdict = Verdict::challenge;
  end.reason = validation::Reason::more_is_asked;
  end.first_factor = login.challenge->first_factor;
  end.send_at = outside_.now().steady;
  decide(login, end);
}

// Both names of a user are counted: the one that was typed, before anything is known, and the canonical one.
void LoginOwner::count_for_the_guard(const Login& login, base::SteadyTime now) {
  const auto for_both = [&](auto&& count) {
    count(hash_of_user(login.prepared_name));
    if (login.prepared_name != login.canonical_user) count(hash_of_user(login.canonical_user));
  };
  if (login.end->verdict == Verdict::accept)
    return for_both([&](std::uint64_t user) { outside_.limits.succeeded(user); });
  if (!counts_as_failure(login.end->cause)) return;
  outside_.limits.client_failed(hash_of_client(*login.first.client), now);
  if (!login.canonical_user.empty())
    for_both([&](std::uint64_t user) { outside_.limits.user_failed(user, now); });
}

// Whom the service has answered about, in this login's own exchange.
void LoginOwner::count_for_a_surge(const Login& login, base::SteadyTime now) {
  using Answer = RefusalSurge::Answer;
  const auto& end = *login.end;
  const auto& evidence = login.evidence;
  if (end.rung || evidence.service != cloud::Evidence::answered) return;
  if (end.second_factor != validation::SecondFactor::good &&
      end.second_factor != validation::SecondFactor::refused)
    return;
  const bool accepted = end.verdict == Verdict::accept;
  const auto answer = accepted                            ? Answer::accepted
                      : is_unknown_there(evidence.status) ? Answer::unknown_there
                                                          : Answer::other;
  const auto& user = login.canonical_user.empty() ? login.prepared_name : login.canonical_user;
  outside_.limits.service_answered(hash_of_user(user), answer, login.had_recent_success, now);
}

// While logins get no answer on purpose, Status-Server gets none either; the first accept ends it.
void LoginOwner::note_silence(const Login& login, base::Time now) {
  auto& until = login.first.server->shared->mute_until;
  if (login.end->verdict == Verdict::silent)
    until.store((now.steady + mute_for).time_since_epoch().count(), std::memory_order_relaxed);
  else if (login.end->verdict == Verdict::accept && until.load(std::memory_order_relaxed) != 0)
    until.store(0, std::memory_order_relaxed);
}

base::Bytes LoginOwner::reply_to(const Login& login, const radius::PacketView& packet) const {
  const auto& end = *login.end;
  const auto& request = login.answered_request();
  const auto& server = *login.first.server;
  if (end.verdict == Verdict::silent) return {};
  radius::PacketBuffer buffer;
  const auto head = radius::head_of(packet);
  radius::ReplyBuilder builder(buffer, code_of(end.verdict), head, request.client->secret);
  if (end.verdict == Verdict::challenge) {
    builder.add_reply_message(prompt_of(*login.challenge, server.prompts));
    const Carried carried{login.challenge->carried, login.id, server.seal->tag_of(login.canonical_user),
                          outside_.now().wall, server.policy_digest};
    const auto state = server.seal->seal(carried, bound_to(login.first, login.first.packet()));
    SALLYPORT_INVARIANT(builder.add(radius::AttributeType::state, state));
  } else {
    builder.add_reply_message(validation::reply_text(end.reason));
  }
  if (end.verdict == Verdict::accept && (end.rung || !server.reply_attributes.empty()))
    tell_left_out(outside_.logger, login, add_attributes(builder, login), outside_.now());
  const auto octets = builder.finish();
  return {octets.begin(), octets.end()};
}

void LoginOwner::send_reply(const Login& login) {
  const auto& request = login.answered_request();
  const auto packet = request.packet();
  auto reply = reply_to(login, packet);
  const bool is_awaited = cache_.finish(slot_of(request, packet), packet.authenticator_copy(), reply,
                                        outside_.now().steady + request.client->policy.patience);
  if (is_awaited && !reply.empty())
    outside_.send(request.socket, request.peer, request.local, std::move(reply));
}

void LoginOwner::answer(std::uint64_t number) {
  auto login = book_.take(number);
  login->first.server->shared->in_flight.fetch_sub(1, std::memory_order_relaxed);
  send_reply(*login);
  const auto now = outside_.now();
  outside_.logger.log(telemetry::messages::login, now.wall, audit_fields(*login));
  if (!JustAnswered::may_be_crossed(*login, now.steady)) return;
  const auto key = owner_hash(outside_.hash, *login->first.client, login->first.packet());
  just_answered_.add(std::move(login), key, now.steady);
}

}  // namespace sallyport::server
