#include "authservice/management.h"

#include <algorithm>

namespace sallyport::authservice {
namespace {

constexpr std::size_t most_bindings = 32;  // of one user

const Binding* binding_of(const User& user, RowId credential) {
  const auto found = std::ranges::find(user.bindings, credential, &Binding::credential);
  return found == user.bindings.end() ? nullptr : &*found;
}

Outcome no_user() { return outcome(vip::status::user_does_not_exist, Why::no_such_user); }
Outcome done() { return outcome(vip::status::success); }

}  // namespace

User* find_user(Session& session, const AccountPolicy& account, const std::string& prepared_user) {
  return session.records.user(session.records.account(account.name), prepared_user);
}

void unlock(Session& session, Credential& credential) {
  if (credential.status == CredentialStatus::locked) credential.status = CredentialStatus::enabled;
  credential.failures = after_success().failures;
  session.records.save_state(credential);
}

void unbind_credential(Session& session, const User& user, RowId row) {
  session.records.unbind(user, row);
  auto* credential = session.records.credential(row);
  if (credential == nullptr) return;
  if (credential->last_user == user.row) credential->last_user = 0;
  if (session.records.bindings_of(row) == 0 && credential->status == CredentialStatus::enabled) {
    credential->status = CredentialStatus::inactive;
  }
  session.records.save_state(*credential);
}

void bind_credential(Session& session, const User& user, Credential& credential,
                     const std::string& friendly_name) {
  if (credential.status == CredentialStatus::inactive) {
    credential.status = CredentialStatus::enabled;
    session.records.save_state(credential);
  }
  session.records.bind(user, {credential.row, friendly_name, session.microseconds(), {}});
}

RowId add_sent_credential(Session& session, RowId account, CredentialKind kind, const std::string& name,
                          int digits) {
  Credential credential;
  credential.account = account;
  credential.name = name;
  credential.kind = kind;
  credential.digits = digits;
  credential.algorithm = OathAlgorithm::sha1;
  credential.created = session.microseconds();
  session.records.add_credential(credential);
  return credential.row;
}

Outcome create_user(Session& session, const UserCreation& asked) {
  if (find_user(session, *asked.account, asked.user.prepared) != nullptr) {
    return outcome(vip::status::user_already_exists);
  }
  User user;
  user.account = session.records.account(asked.account->name);
  user.name = asked.user.entered;
  user.prepared = asked.user.prepared;
  user.created = session.microseconds();
  user.pin_hash = asked.pin_hash;
  user.pin_expired = asked.pin_expired;
  if (!user.pin_hash.empty()) user.pin_set_at = user.created;
  session.records.add_user(user);
  return done();
}

Outcome update_user(Session& session, const UserChange& asked) {
  auto* found = find_user(session, *asked.account, asked.prepared_user);
  if (found == nullptr) return no_user();
  User user = *found;
  if (asked.old_pin && (!asked.old_pin->right || asked.old_pin->hash != user.pin_hash)) {
    return outcome(vip::status::invalid_pin, Why::wrong_pin);
  }
  if (asked.new_name) {
    auto* other = find_user(session, *asked.account, asked.new_name->prepared);
    if (other != nullptr && other->row != user.row) return outcome(vip::status::user_already_exists);
    user.name = asked.new_name->entered;
    user.prepared = asked.new_name->prepared;
  }
  if (asked.new_status) {
    user.status = *asked.new_status;
    if (user.status == UserStatus::active) user.failures = after_success().failures;
  }
  if (asked.new_pin_hash) {
    user.pin_hash = *asked.new_pin_hash;
    user.pin_set_at = session.microseconds();
  }
  if (asked.new_pin_hash || asked.pin_expired) user.pin_expired = asked.pin_expired.value_or(false);
  session.records.save_user(user);
  return done();
}

Outcome delete_user(Session& session, const AccountPolicy& account, const std::string& prepared_user) {
  auto* found = find_user(session, account, prepared_user);
  if (found == nullptr) return no_user();
  const User user = *found;
  for (const auto& binding : user.bindings) unbind_credential(session, user, binding.credential);
  session.records.remove_user(user);
  return done();
}

Outcome clear_user_pin(Session& session, const AccountPolicy& account, const std::string& prepared_user) {
  auto* found = find_user(session, account, prepared_user);
  if (found == nullptr) return no_user();
  if (!account.pins.enabled) return outcome(vip::status::pin_not_enabled);
  User user = *found;
  user.pin_hash.clear();
  user.pin_expired = false;
  session.records.save_user(user);
  return done();
}

Outcome add_credential(Session& session, const CredentialAddition& asked) {
  auto* found = find_user(session, *asked.account, asked.prepared_user);
  if (found == nullptr) return no_user();
  const User user = *found;
  if (user.status != UserStatus::active)
    return outcome(vip::status::not_allowed_in_user_status, Why::user_not_active);
  auto named = named_credential(session, *asked.account, asked.credential_id, asked.type);
  if (!named) return named.error();
  auto& credential = **named;
  if (binding_of(user, credential.row) != nullptr) return outcome(vip::status::credential_already_registered);
  if (user.bindings.size() >= most_bindings) return outcome(vip::status::not_authorized);
  const bool usable =
      credential.status == CredentialStatus::enabled || credential.status == CredentialStatus::inactive;
  if (asked.codes && !usable) {
    return outcome(vip::status::authentication_failed, vip::detail::bad_token_state, Why::no_usable_credential);
  }
  if (asked.codes) {
    const auto verified = verify_against(session, *asked.account, credential, asked.codes->views());
    if (!verified) return outcome(vip::status::internal_error, Why::secret_does_not_open);
    if (*verified != CodeOutcome::accepted) return refused_with(*verified, asked.codes->views());
    credential.failures = after_success().failures;
    session.records.save_state(credential);
  }
  bind_credential(session, user, credential, asked.friendly_name);
  return done();
}

Outcome update_credential(Session& session, const NamedBinding& asked, const std::string& friendly_name) {
  auto* user = find_user(session, *asked.account, asked.prepared_user);
  if (user == nullptr) return no_user();
  auto named = named_credential(session, *asked.account, asked.credential_id, asked.type);
  if (!named) return named.error();
  if (binding_of(*user, (*named)->row) == nullptr) return outcome(vip::status::no_binding);
  session.records.rename_binding(User(*user), (*named)->row, friendly_name);
  return done();
}

Outcome remove_credential(Session& session, const NamedBinding& asked) {
  auto* user = find_user(session, *asked.account, asked.prepared_user);
  if (user == nullptr) return no_user();
  auto named = named_credential(session, *asked.account, asked.credential_id, asked.type);
  if (!named) return named.error();
  if (binding_of(*user, (*named)->row) == nullptr) return outcome(vip::status::no_binding);
  unbind_credential(session, User(*user), (*named)->row);
  return done();
}

}  // namespace sallyport::authservice
