#include "authservice/sending.h"

#include <algorithm>

#include "authservice/management.h"

namespace sallyport::authservice {
namespace {

delivery::Delivery::Kind channel_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::voice:
      return delivery::Delivery::Kind::voice;
    case CredentialKind::email:
      return delivery::Delivery::Kind::email;
    default:
      return delivery::Delivery::Kind::sms;
  }
}

bool is_to_be_sent(CredentialKind kind) {
  return kind == CredentialKind::sms || kind == CredentialKind::voice || kind == CredentialKind::email;
}

bool is_bound(const User& user, const Credential& credential) {
  return std::ranges::find(user.bindings, credential.row, &Binding::credential) != user.bindings.end();
}

// Draws a code and lays it out for delivery.
Outcome sent_to(Session& session, const AccountPolicy& account, const Credential& credential,
                const std::string& user, const std::string& text) {
  auto code = draw_code(session, account, credential);
  if (!code) return outcome(vip::status::no_enabled_credential, Why::too_many_sent);
  auto done = outcome(vip::status::success);
  auto& delivery = done.deliveries.emplace_back();
  delivery.kind = channel_of(credential.kind);
  delivery.account = account.name;
  delivery.user = user;
  delivery.credential = credential.name;
  delivery.destination = credential.name;
  delivery.text = text;
  delivery.code = std::move(*code);
  delivery.life = account.sent_code_life;
  return done;
}

std::expected<Credential*, Outcome> chosen_credential(Session& session, const CodeSending& asked,
                                                      const User& user) {
  if (asked.kind) {
    auto* credential = session.records.credential(user.account, credential_key(*asked.kind, asked.destination));
    if (credential == nullptr || !is_bound(user, *credential))
      return std::unexpected(outcome(vip::status::no_binding, Why::no_such_credential));
    if (credential->status != CredentialStatus::enabled)
      return std::unexpected(outcome(vip::status::no_enabled_credential, Why::no_usable_credential));
    if (!asked.carried.carries(credential->kind))
      return std::unexpected(outcome(vip::status::credential_type_not_supported, Why::nothing_carries_it));
    return credential;
  }
  for (const auto& binding : user.bindings) {
    auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr || credential->status != CredentialStatus::enabled) continue;
    if (credential->kind == CredentialKind::email && asked.minor < 10) continue;
    if (asked.carried.carries(credential->kind)) return credential;
  }
  return std::unexpected(outcome(vip::status::no_enabled_credential, Why::no_usable_credential));
}

}  // namespace

bool Carried::carries(CredentialKind kind) const {
  switch (kind) {
    case CredentialKind::sms:
      return sms;
    case CredentialKind::voice:
      return voice;
    case CredentialKind::email:
      return email;
    default:
      return false;
  }
}

Outcome send_code(Session& session, const CodeSending& asked) {
  auto* user = find_user(session, *asked.account, asked.prepared_user);
  if (auto refused = refused_user(session, *asked.account, user, {})) return std::move(*refused);
  const auto credential = chosen_credential(session, asked, *user);
  if (!credential) return credential.error();
  auto done = sent_to(session, *asked.account, **credential, user->name, asked.text);
  if (!done.deliveries.empty()) done.credential_id = (*credential)->name;
  return done;
}

Outcome register_credential(Session& session, const Registration& asked) {
  const auto account = session.records.account(asked.account->name);
  auto* credential = session.records.credential(account, credential_key(asked.kind, asked.name));
  // A service credential has no other way to a next code.
  if (credential != nullptr && is_to_be_sent(asked.kind))
    return outcome(vip::status::credential_already_registered, vip::detail::already_activated, Why::none);
  if (is_to_be_sent(asked.kind) && !asked.carried.carries(asked.kind))
    return outcome(vip::status::credential_type_not_supported, Why::nothing_carries_it);
  if (credential == nullptr) {
    auto made = add_sent_credential(session, account, asked.kind, asked.name, 6);
    credential = session.records.credential(made);
    if (credential == nullptr) return outcome(vip::status::internal_error);
  }
  if (is_to_be_sent(asked.kind)) return sent_to(session, *asked.account, *credential, {}, asked.text);
  auto code = draw_code(session, *asked.account, *credential);
  if (!code) return outcome(vip::status::no_enabled_credential, Why::too_many_sent);
  auto done = outcome(vip::status::success);
  done.handed_out = std::move(*code);
  return done;
}

}  // namespace sallyport::authservice
