#include "authservice/push_operations.h"

#include <fmt/format.h>

#include <algorithm>

#include "authservice/management.h"
#include "authservice/temporary_passwords.h"
#include "crypto/random.h"

namespace sallyport::authservice {
namespace {

constexpr std::size_t most_push_credentials = 16;

bool takes_push(const Credential& credential) {
  return credential.push && credential.status == CredentialStatus::enabled;
}

std::uint64_t drawn_id(Session& session, RowId account) {
  while (true) {
    const auto id = random_id();
    if (id != 0 && !session.pushes.find(account, id)) return id;
  }
}

std::optional<Why> why_no_push(Session& session, const AccountPolicy& account, const PushTransaction& push,
                               const PushWish& wish) {
  const auto& policy = account.pushes;
  if (policy.numbers == settings::PushNumbers::required && !wish.shows_number) return Why::number_not_shown;
  const auto from = push.created - std::chrono::microseconds(PushPolicy::limit_window).count();
  if (policy.limit > 0 && session.pushes.unanswered(push.user, push.credential, from) >= policy.limit)
    return Why::too_many_pushes;
  return std::nullopt;
}

std::vector<delivery::Delivery> deliveries_of(const AccountPolicy& account, const PushTransaction& push,
                                              const std::string& user, const Outcome& done,
                                              std::chrono::seconds life) {
  std::vector<delivery::Delivery> deliveries;
  if (!done.push->carried) return deliveries;
  for (const auto& credential : done.push->credentials) {
    auto& delivery = deliveries.emplace_back();
    delivery.kind = delivery::Delivery::Kind::push;
    delivery.account = account.name;
    delivery.user = user;
    delivery.credential = credential;
    delivery.text = push.text;
    delivery.transaction_id = transaction_text(push.id);
    delivery.number = push.number;
    delivery.life = life;
  }
  return deliveries;
}

// `push` says whom it is for; the rest is filled in here.
Outcome send(Session& session, const AccountPolicy& account, PushTransaction push, const std::string& user,
             const std::vector<Credential*>& credentials, const PushWish& wish) {
  push.account = session.records.account(account.name);
  push.credential = credentials.front()->row;
  push.created = session.microseconds();
  if (const auto why = why_no_push(session, account, push, wish))
    return outcome(vip::status::no_enabled_credential, *why);
  const auto life = push_life(wish, account.pushes);
  push.id = drawn_id(session, push.account);
  push.expires = push.created + std::chrono::microseconds(life).count();
  push.text = wish.text;
  if (wish.shows_number && account.pushes.numbers != settings::PushNumbers::off)
    push.number = fmt::format("{}", 10 + crypto::random_below(90));
  session.pushes.add(push);
  auto done = outcome(vip::status::push_sent);
  done.push = SentPush{push.id, {}, wish.carried, push.number};
  for (const auto* credential : credentials) done.push->credentials.push_back(credential->name);
  done.deliveries = deliveries_of(account, push, user, done, life);
  return done;
}

void tell_answer(Session& session, const PushTransaction& push, vip::PushTransactionStatus& status) {
  status.authn_time = base::WallTime(std::chrono::microseconds(push.decided));
  if (const auto* credential = session.records.credential(push.credential)) {
    status.credential_id = credential->name;
    status.credential_type = type_of(credential->kind);
  }
}

// The user's name where he may still sign in; a user who was stopped meanwhile is not let in by an old yes.
struct Owner {
  std::string prepared;
  bool active = true;
};
std::optional<Owner> owner_of(Session& session, const PushTransaction& push) {
  if (push.user == 0) return Owner{};
  auto rows = session.records.queries().ask("SELECT prepared, status FROM user WHERE id = ?", push.user);
  if (!rows.next()) return std::nullopt;
  return Owner{std::string(rows.text(0)), static_cast<UserStatus>(rows.integer(1)) == UserStatus::active};
}

void tell_approved(Session& session, const AccountPolicy& account, const PushTransaction& push,
                   vip::PushTransactionStatus& status) {
  const auto owner = owner_of(session, push);
  if (!owner || !owner->active) return status.set(vip::status::push_not_authenticated);
  status.set(vip::status::push_approved);
  tell_answer(session, push, status);
  if (!push.pin_checked) return;
  if (const auto* user = session.records.user(push.account, owner->prepared)) {
    const auto age = pin_age(*user, account.pins, session.microseconds());
    status.is_pin_expired = age.expired;
    if (age.expires) status.pin_expiration_time = base::WallTime(std::chrono::microseconds(*age.expires));
  }
}

void tell(Session& session, const AccountPolicy& account, const PushTransaction& push,
          vip::PushTransactionStatus& status) {
  switch (seen_at(push.state, push.expires, session.microseconds())) {
    case PushState::in_progress:
      if (push.number.empty()) return status.set(vip::status::push_in_progress);
      return status.set(vip::status::push_in_progress, vip::detail::number_pending);
    case PushState::approved:
      return tell_approved(session, account, push, status);
    case PushState::denied:
      status.set(vip::status::push_denied);
      return tell_answer(session, push, status);
    case PushState::wrong_number:
      status.set(vip::status::push_denied, vip::detail::number_failed);
      return tell_answer(session, push, status);
    case PushState::expired:
      return status.set(vip::status::push_expired);
  }
}

}  // namespace

std::vector<Credential*> push_credentials(Session& session, const User& user) {
  std::vector<Credential*> found;
  for (const auto& binding : user.bindings) {
    auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr || !takes_push(*credential)) continue;
    found.push_back(credential);
    if (found.size() == most_push_credentials) break;
  }
  return found;
}

Outcome authenticate_user_with_push(Session& session, const UserPush& asked) {
  const auto& account = *asked.account;
  auto* user = find_user(session, account, asked.prepared_user);
  if (auto refused = refused_user(session, account, user, asked.pin)) return std::move(*refused);
  const auto credentials = push_credentials(session, *user);
  if (credentials.empty()) return outcome(vip::status::no_enabled_credential, Why::no_usable_credential);
  PushTransaction push;
  push.user = user->row;
  push.pin_checked = asked.pin.has_value();
  auto done = send(session, account, push, user->name, credentials, asked.wish);
  if (asked.pin && done.push) tell_pin(done, session, account, *user);
  return done;
}

Outcome authenticate_credentials_with_push(Session& session, const CredentialsPush& asked) {
  std::vector<Credential*> credentials;
  std::optional<Outcome> refused;
  for (const auto& named : asked.credentials) {
    auto credential = named_credential(session, *asked.account, named.credential_id, named.credential_type);
    if (!credential) {
      if (!refused) refused = credential.error();
    } else if (takes_push(**credential) && std::ranges::find(credentials, *credential) == credentials.end()) {
      credentials.push_back(*credential);
    }
  }
  if (credentials.empty()) {
    return refused.value_or(outcome(vip::status::no_enabled_credential, Why::no_usable_credential));
  }
  return send(session, *asked.account, {}, {}, credentials, asked.wish);
}

vip::PollPushStatusResponse poll_pushes(Session& session, const AccountPolicy& account,
                                        const std::vector<std::string>& ids) {
  vip::PollPushStatusResponse response;
  const auto row = session.records.account(account.name);
  for (const auto& text : ids) {
    auto& status = response.transaction_status.emplace_back();
    status.transaction_id = text;
    status.set(vip::status::push_not_found);
    const auto id = transaction_id(text);
    if (const auto push = id ? session.pushes.find(row, *id) : std::nullopt)
      tell(session, account, *push, status);
  }
  return response;
}

namespace {

// The credential that answers: one of the user's that takes pushes.
Credential* answering(Session& session, const PushTransaction& push, const User* user, const std::string& key) {
  if (key.empty()) return session.records.credential(push.credential);
  auto* credential = session.records.credential(push.account, key);
  if (credential == nullptr || !takes_push(*credential)) return nullptr;
  if (user == nullptr) return credential->row == push.credential ? credential : nullptr;
  const bool bound =
      std::ranges::find(user->bindings, credential->row, &Binding::credential) != user->bindings.end();
  return bound ? credential : nullptr;
}

void note_success(Session& session, User* user, Credential& credential) {
  if (user == nullptr) return;
  session.records.used(credential, *user, {session.microseconds(), static_cast<std::int64_t>(random_id())});
  session.records.save_state(credential);
  clear_temporary_password(session, *user);
}

}  // namespace

std::expected<AnsweredPush, NotAnswered> answered_push(Session& session, const AccountPolicy& account,
                                                       const PushOrder& order) {
  const auto id = transaction_id(order.transaction);
  auto push = id ? session.pushes.find(session.records.account(account.name), *id) : std::nullopt;
  if (!push) return std::unexpected(NotAnswered::unknown);
  const auto seen = seen_at(push->state, push->expires, session.microseconds());
  if (seen == PushState::expired) return std::unexpected(NotAnswered::expired);
  if (seen != PushState::in_progress) return std::unexpected(NotAnswered::answered_before);
  const auto owner = owner_of(session, *push);
  if (!owner) return std::unexpected(NotAnswered::unknown);
  if (order.answer.approves && !owner->active) return std::unexpected(NotAnswered::user_not_active);
  if (order.answer.approves && !push->number.empty() && order.answer.number.empty())
    return std::unexpected(NotAnswered::number_missing);
  auto* user = owner->prepared.empty() ? nullptr : session.records.user(push->account, owner->prepared);
  auto* credential = answering(session, *push, user, order.credential);
  if (credential == nullptr) return std::unexpected(NotAnswered::credential_unknown);
  if (order.answer.approves && !takes_push(*credential))
    return std::unexpected(NotAnswered::credential_unknown);
  push->state = after_answer(push->number, order.answer);
  push->credential = credential->row;
  push->decided = session.microseconds();
  session.pushes.save_answer(*push);
  AnsweredPush done{*push, user == nullptr ? std::string() : user->name};
  if (push->state == PushState::approved) note_success(session, user, *credential);
  return done;
}

}  // namespace sallyport::authservice
