// Of a LoginOwner: logins in an outage. What they are told is the monitor's; what they may do is decided by
// `validation`; the line that must be durable before an accept is written here.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/planted.h"
#include "server/login_owner.h"
#include "server/outcomes.h"
#include "telemetry/message.h"

namespace sallyport::server {
namespace {

constexpr std::size_t most_late_verdicts = 65536;

// Of a user whose password was good: only then is a failure of the service no stranger's doing.
bool may_vote(const Login& login) {
  const auto& policy = login.first.client->policy;
  const bool has_password =
      policy.mode == validation::Mode::password_code || policy.mode == validation::Mode::challenge;
  return has_password && !policy.second_factor_first && !login.canonical_user.empty();
}

// Whose second factor is not what it was: a recent success says nothing any more.
bool voids_recent_success(validation::Cause cause) {
  switch (cause) {
    case validation::Cause::no_credential:
    case validation::Cause::user_disabled_at_service:
    case validation::Cause::unknown_at_service:
    case validation::Cause::account_disabled:
    case validation::Cause::account_locked:
    case validation::Cause::account_expired:
      return true;
    default:
      return false;
  }
}

// The texts belong to the login.
RecentBook::Who who_of(const Login& login, const radius::PacketView& packet) {
  RecentBook::Who out{login.canonical_user, login.first.client->name, {}, {}};
  if (const auto station = packet.find(radius::AttributeType::calling_station_id))
    out.calling_station = base::as_text(*station);
  for (const auto& attribute : login.entry.attributes)
    if (!attribute.values.empty() && std::ranges::any_of(password_change_attributes, [&](auto name) {
          return base::equal_ignoring_case(name, attribute.type);
        }))
      out.password_changed = attribute.values.front();
  return out;
}

}  // namespace

continuity::Standing LoginOwner::standing_of(const ValidationServer& server) const {
  return {server.shared->mode.load(std::memory_order_relaxed), snapshot_};
}

void LoginOwner::hear(const continuity::Snapshot& snapshot) {
  snapshot_ = snapshot;
  for (const auto number : book_.numbers()) {
    auto* login = book_.find(number);
    if (login == nullptr || login->end || !login->transaction) continue;
    auto step = login->transaction->on(standing_of(*login->first.server), outside_.now());
    set_due(*login, login->transaction->deadline());  // it may wait no longer
    perform(*login, std::move(step));
  }
}

void LoginOwner::report(const Login* login, const cloud::Answer& answer, base::Duration service_took,
                        int sending) const {
  if (!outside_.report) return;
  const auto now = outside_.now().steady;
  continuity::LoginEnd end{answer.evidence, now - answer.took, now, service_took};
  if (login != nullptr && may_vote(*login)) {
    end.user = hash_of_user(login->canonical_user);
    end.client = hash_of_client(*login->first.client);
    end.again = sending > 1;
  }
  outside_.report(end);
}

// It is due sooner than at its end where it may ask once more.
void LoginOwner::await_continuity(Login& login) { set_due(login, login.transaction->deadline()); }

void LoginOwner::write_record(Login& login, const validation::WriteRecord& step) {
  const auto& server = *login.first.server;
  if (!login.recorded &&
      !server.shared->outage.take(server.outage_rules, login.canonical_user, outside_.now().steady))
    return perform(login, login.transaction->on(validation::Recorded{false, true}, outside_.now()));
  login.recorded = step.rung;
  set_due(login, login.transaction->deadline());
  auto done = [this, number = login.number](bool is_durable) {
    auto* waiting = book_.find(number);
    if (waiting == nullptr || waiting->end) return;
    perform(*waiting, waiting->transaction->on(validation::Recorded{is_durable}, outside_.now()));
  };
  if (!outside_.record) return done(false);
  if (base::planted("accept_before_flush")) return done(true);
  outside_.record(record_line(login, step, outside_.now()), std::move(done));
}

// The line says that a rung let the user in, and then something else came first.
void LoginOwner::withdraw_record(const Login& login, base::Time now) {
  login.first.server->shared->outage.give_back(login.canonical_user);
  if (outside_.record) outside_.record(withdrawal_line(login, now), [](bool) {});
}

bool LoginOwner::had_recent_success(const Login& login, base::Time now) const {
  const auto& server = *login.first.server;
  if (base::planted("everybody_had_a_recent_success")) return true;
  if (!server.asks_recent_success || outside_.recent == nullptr) return false;
  return outside_.recent->has(who_of(login, login.first.packet()), server.recent_life, now.wall);
}

// Only the service's own yes to a real credential counts: no rung, no temporary code, no joined attempt.
void LoginOwner::note_recent_success(const Login& login, base::Time now) const {
  const auto& end = *login.end;
  if (outside_.recent == nullptr || login.canonical_user.empty()) return;
  if (voids_recent_success(end.cause)) outside_.recent->forget(login.canonical_user);
  if (!login.first.server->asks_recent_success) return;
  const bool counts = end.verdict == validation::Verdict::accept && !end.rung && login.joined == 0 &&
                      end.second_factor == validation::SecondFactor::good &&
                      !login.evidence.credential_id.empty();
  if (counts) outside_.recent->succeeded(who_of(login, login.first.packet()), now.wall);
}

// Who is let in by the service: what would the ladder have said?
void LoginOwner::rehearse(const Login& login, base::Time now) const {
  using What = continuity::Decision::What;
  auto& rehearsal = login.first.server->shared->rehearsal;
  const auto& end = *login.end;
  if (!rehearsal.goes_on() || end.verdict != validation::Verdict::accept || end.rung) return;
  const auto decision = login.transaction->rehearse();
  const bool lacks_code = decision.what == What::deny && !login.transaction->digits_were_typed();
  const auto word = lacks_code                      ? std::string_view("no_code_typed")
                    : decision.what == What::grant  ? to_string(decision.rung)
                    : decision.what == What::silent ? to_string(continuity::Rung::silent)
                                                    : to_string(continuity::Rung::deny);
  rehearsal.note({login.canonical_user, login.first.client->name, word}, now);
}

void LoginOwner::note_let_in(const Login& login) {
  const auto rung = static_cast<std::size_t>(*login.end->rung);
  login.first.server->shared->let_in[rung].fetch_add(1, std::memory_order_relaxed);
  if (login.evidence.sendings == 0) return;  // nobody was asked, or nobody will answer
  if (let_in_.size() >= most_late_verdicts) let_in_.erase(let_in_.begin());
  let_in_[login.number] = {login.id, login.first.server->name, login.canonical_user, {}, {}};
}

// The service did get the question, and its answer comes after ours has left.
void LoginOwner::note_late_verdict(std::uint64_t number, const cloud::Answer& answer) {
  const auto found = let_in_.find(number);
  if (found == let_in_.end() || answer.outcome == cloud::Outcome::no_verdict) return;
  auto late = std::move(found->second);
  let_in_.erase(found);
  late.outcome = answer.outcome;
  late.status = answer.status;
  // What the service says of the user now holds, whatever let them in.
  if (outside_.recent != nullptr && voids_recent_success(cause_of(answer))) outside_.recent->forget(late.user);
  const auto now = outside_.now();
  if (answer.outcome == cloud::Outcome::refused)
    outside_.logger.log(telemetry::messages::late_refusal, now.wall,
                        {{"user", late.user}, {"login", late.login}, {"status", late.status}});
  if (outside_.record) outside_.record(late_verdict_line(late, now.wall), [](bool) {});
}

}  // namespace sallyport::server
