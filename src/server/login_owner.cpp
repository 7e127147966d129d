#include "server/login_owner.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/planted.h"
#include "crypto/random.h"
#include "server/operator_lines.h"
#include "validation/reasons.h"

namespace sallyport::server {
namespace {

using radius::AttributeType;
using radius::Duplicate;
using radius::PasswordForm;
using radius::PasswordMethod;
using validation::Cause;

constexpr base::Duration jitter_limit = std::chrono::milliseconds(150);

base::Duration draw_jitter(base::Duration reject_delay) {
  const auto limit = std::min(jitter_limit, reject_delay);  // a delay of 0 asks for none
  if (limit.count() <= 0) return {};
  return base::Duration(
      static_cast<std::int64_t>(crypto::random_below(static_cast<std::uint64_t>(limit.count()))));
}

bool is_padded_utf8(PasswordForm form) {
  return form == PasswordForm::text || form == PasswordForm::control_characters;
}

Cause refusal_of(PasswordMethod method) {
  switch (method) {
    case PasswordMethod::user_password:
      return Cause::none;
    case PasswordMethod::chap:
      return Cause::chap;
    case PasswordMethod::ms_chap:
      return Cause::ms_chap;
    case PasswordMethod::eap:
      return Cause::eap;
    case PasswordMethod::none:
      return Cause::no_password;
  }
  return Cause::own_mistake;
}

}  // namespace

LoginOwner::LoginOwner(Outside& outside, std::size_t remembered) : outside_(outside), replays_(remembered) {}

void LoginOwner::adopt(Backings backings) {
  for (auto& [name, backing] : std::exchange(backings_, std::move(backings))) {
    retired_stores_.insert(std::move(backing.stores));
    retired_channels_.insert(std::move(backing.channel));
  }
}

// Not in a callback: a directory or channel must not go while it is calling.
void LoginOwner::let_go() {
  std::erase_if(retired_stores_, [](const auto& one) { return one.use_count() <= 1; });
  // Late verdicts come over it.
  std::erase_if(retired_channels_, [](const auto& one) {
    return one.use_count() <= 1 && (one == nullptr || one->in_flight() == 0);
  });
}

void LoginOwner::set_due(Login& login, base::SteadyTime when) {
  book_.set_due(login, when);
  if (outside_.wake_at) outside_.wake_at(when);
}

template <class Reason>
void LoginOwner::drop(Reason reason, const Request& request) {
  outside_.tally.dropped(reason);
  tell_dropped(outside_.logger, reason, {request.peer, request.arrival, request.server.get(), request.client});
}

LoginOwner::Slot LoginOwner::slot_of(const Request& request, const radius::PacketView& packet) const {
  std::array<std::uint8_t, 37> octets{};
  std::ranges::copy(request.peer.address.octets, octets.begin());
  std::ranges::copy(request.local.address.octets, octets.begin() + 16);
  octets[32] = static_cast<std::uint8_t>(request.peer.port >> 8U);
  octets[33] = static_cast<std::uint8_t>(request.peer.port);
  octets[34] = static_cast<std::uint8_t>(request.local.port >> 8U);
  octets[35] = static_cast<std::uint8_t>(request.local.port);
  octets[36] = packet.id();
  return {request.local, request.peer, packet.id(), outside_.hash(octets)};
}

void LoginOwner::take(Request request) {
  const auto packet = request.packet();
  const auto slot = slot_of(request, packet);
  if (!is_fresh(request, packet, slot)) return;
  const auto forget = [&](auto reason) {
    cache_.forget(slot, packet.authenticator_copy());
    drop(reason, request);
  };
  const auto backing = backings_.find(request.server->name);
  if (backing == backings_.end()) return forget(Drop::no_validation_server);
  if (leaving_) return forget(Drop::leaving);

  auto asked = look_at_password(request, packet);
  if (!asked) return forget(radius::DropReason::wrong_secret);
  const auto key = owner_hash(outside_.hash, *request.client, packet);
  const bool is_full =
      request.server->shared->in_flight.load(std::memory_order_relaxed) >= request.server->max_logins;
  // Before it is remembered: a retransmit that comes when there is room again must not look like a replay.
  just_answered_.expire(request.arrival.steady);
  if (is_full && !book_.may_be_joined(key) && !just_answered_.has(key)) return forget(Drop::too_many_logins);
  const auto client = outside_.hash(base::as_bytes(request.client->name));
  if (!replays_.insert_if_new(client, packet.authenticator())) return forget(radius::DropReason::replayed);
  if (join(request, packet, *asked, key)) return;
  if (is_full) return forget(Drop::too_many_logins);
  begin(std::move(request), std::move(*asked), key, backing->second);
}

bool LoginOwner::is_fresh(const Request& request, const radius::PacketView& packet, const Slot& slot) {
  const auto found = cache_.look_up(slot, packet.authenticator_copy(), request.arrival.steady);
  auto& tally = outside_.tally.of(*request.server);
  switch (found.what) {
    case Duplicate::fresh:
      return true;
    case Duplicate::in_flight:
      tally.duplicates_in_flight->add();
      return false;
    case Duplicate::full:
      drop(Drop::too_many_logins, request);
      return false;
    case Duplicate::answered:
      break;
  }
  if (found.answer.empty() || base::planted("an_answer_is_sent_once")) {
    tally.duplicates_in_flight->add();
    return false;
  }
  tally.duplicates_answered->add();
  outside_.send(request.socket, request.peer, request.local, {found.answer.begin(), found.answer.end()});
  return false;
}

std::optional<LoginOwner::Asked> LoginOwner::look_at_password(const Request& request,
                                                              const radius::PacketView& packet) {
  Asked out;
  out.refused = refusal_of(radius::password_method(packet));
  if (out.refused != Cause::none) return out;
  const auto hidden = packet.find(AttributeType::user_password).value_or(base::ByteView{});
  const auto clear = radius::unhide_password(hidden, packet.authenticator(), request.client->secret);
  if (!request.authentic && clear.form() != PasswordForm::text) return std::nullopt;
  if (!is_padded_utf8(clear.form())) {
    out.refused = Cause::malformed_password;
    return out;
  }
  out.password = clear.secret();
  out.password_hash = outside_.hash(out.password.reveal_octets());
  return out;
}

// The newest attempt gets the answer, and the older ones none: who sent them has given up on them.
bool LoginOwner::join(Request& request, const radius::PacketView& packet, const Asked& asked,
                      std::uint64_t key) {
  if (asked.refused != Cause::none) return false;
  const Tried retry{request.peer.address, packet, asked.password_hash};
  const auto joins = [&](const Login& candidate) {
    if (candidate.first.server->name != request.server->name) return false;
    const Tried first{candidate.first.peer.address, candidate.first.packet(), candidate.password};
    return may_join(request.client->join, first, candidate.answered_request().arrival.steady, candidate.joined,
                    retry, request.arrival.steady) == Join::joins;
  };
  auto* login =
      book_.find_candidate(key, [&](const Login& one) { return one.transaction.has_value() && joins(one); });
  const bool is_answered = login == nullptr;
  if (is_answered) login = just_answered_.find_candidate(key, joins);
  if (login == nullptr) return false;
  if (!is_answered) give_up_on(login->answered_request());
  login->newest = std::move(request);
  ++login->joined;
  outside_.tally.of(*login->newest.server).joined->add();
  outside_.logger.log(telemetry::messages::would_join, login->newest.arrival.wall, {{"login", login->id}});
  if (is_answered) send_reply(*login);
  return true;
}

void LoginOwner::give_up_on(const Request& older) {
  const auto packet = older.packet();
  cache_.finish(slot_of(older, packet), packet.authenticator_copy(), {},
                outside_.now().steady + older.client->policy.patience);
}

void LoginOwner::begin(Request request, Asked asked, std::uint64_t key, const Backing& backing) {
  auto made = std::make_unique<Login>();
  made->id = crypto::random_base62(16);
  made->password = asked.password_hash;
  made->stores = backing.stores;
  made->channel = backing.channel;
  made->first = std::move(request);
  made->first.server->shared->in_flight.fetch_add(1, std::memory_order_relaxed);
  auto& login = book_.add(std::move(made), key);

  const auto& policy = login.first.client->policy;
  const auto now = outside_.now();
  const auto jitter = draw_jitter(policy.reject_delay);
  const auto packet = login.first.packet();
  const auto octets = packet.find(AttributeType::user_name).value_or(base::ByteView{});
  const auto name = text::prepare_user_name(base::as_text(octets));
  if (asked.refused == Cause::none && !name) asked.refused = Cause::malformed_user_name;
  if (name) {
    login.user_name = name->spelled;
    login.prepared_name = name->prepared;
  }
  if (asked.refused == Cause::none &&
      outside_.limits.blocks_client(hash_of_client(*login.first.client), now.steady))
    asked.refused = Cause::too_many_failures;
  if (asked.refused == Cause::none) {
    login.under_way = outside_.limits.begin_login(hash_of_user(name->prepared), now.steady);
    asked.refused = login.under_way ? open_state(login, packet) : Cause::too_many_failures;
  }
  if (asked.refused != Cause::none)
    return decide(login,
                  validation::refuse_unasked(asked.refused, login.first.arrival.steady, jitter, policy, now));
  begin_transaction(login, std::move(asked), *name, jitter);
}

void LoginOwner::begin_transaction(Login& login, Asked asked, const text::UserName& name,
                                   base::Duration jitter) {
  // Without a look-up the service is asked for the prepared name: the form that a directory's canonical user
  // has too.
  const bool asks_store = login.first.server->asks_user_stores;
  if (!asks_store) login.canonical_user = name.prepared;
  std::optional<validation::Challenged> challenged;
  if (login.continues) challenged = login.continues->challenged;
  auto begun = validation::Transaction::begin(
      {asks_store ? name.spelled : name.prepared, std::move(asked.password), login.first.arrival,
       cloud::draw_request_id(), jitter, std::move(challenged)},
      login.first.client->policy, standing_of(*login.first.server), outside_.now());
  login.transaction.emplace(std::move(begun.transaction));
  set_due(login, login.transaction->deadline());
  perform(login, std::move(begun.step));
}

// The State of a challenge is answered once. Where challenges are not shown none of ours can come back.
Cause LoginOwner::open_state(Login& login, const radius::PacketView& packet) {
  const auto& server = *login.first.server;
  const auto state = packet.find(AttributeType::state);
  if (!state || !login.first.client->policy.shows_challenges || !server.seal) return Cause::none;
  const auto now = outside_.now();
  auto carried = server.seal->open(*state, bound_to(login.first, packet), now.wall, server.challenge_life);
  if (!carried) return Cause::stale_challenge;
  const auto id = outside_.hash(base::as_bytes("state " + carried->login_id));
  if (!outside_.limits.spend_state(id, now.steady + server.challenge_life, now.steady))
    return Cause::stale_challenge;
  if (carried->policy != server.policy_digest)
    carried->challenged = {validation::Challenged::Asks::again};  // a reload came between
  login.continues = std::move(carried);
  return Cause::none;
}

std::uint64_t LoginOwner::hash_of_user(std::string_view name) const {
  return outside_.hash(base::as_bytes("user " + std::string(name)));
}

std::uint64_t LoginOwner::hash_of_client(const Client& client) const {
  return outside_.hash(base::as_bytes("client " + client.name));
}

void LoginOwner::tick() {
  const auto now = outside_.now();
  while (auto* login = book_.take_due(now.steady)) {
    if (login->end) {
      answer(login->number);
      continue;
    }
    auto step = login->transaction->on_deadline(now);
    set_due(*login, login->transaction->deadline());  // it may have been a first one
    perform(*login, std::move(step));
  }
  just_answered_.expire(now.steady);
  cache_.expire(now.steady);
  let_go();
}

}  // namespace sallyport::server
