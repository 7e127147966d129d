// getUserInfo and getCredentialInfo.
#include "authservice/management.h"
#include "authservice/temporary_passwords.h"

namespace sallyport::authservice {
namespace {

base::WallTime time_of(std::int64_t microseconds) {
  return base::WallTime(std::chrono::microseconds(microseconds));
}

vip::UserStatus status_word(UserStatus status) {
  switch (status) {
    case UserStatus::active:
      return vip::UserStatus::active;
    case UserStatus::disabled:
      return vip::UserStatus::disabled;
    case UserStatus::locked:
      return vip::UserStatus::locked;
  }
  return vip::UserStatus::disabled;
}

vip::TokenStatus token_status(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::inactive:
      return vip::TokenStatus::inactive;
    case CredentialStatus::enabled:
      return vip::TokenStatus::enabled;
    case CredentialStatus::disabled:
      return vip::TokenStatus::disabled;
    case CredentialStatus::locked:
      return vip::TokenStatus::locked;
  }
  return vip::TokenStatus::unknown;
}

vip::BindingDetail binding_detail(const Binding& binding, const LastAuthentication& last) {
  vip::BindingDetail detail;
  detail.bind_status = vip::BindStatus::enabled;
  if (!binding.friendly_name.empty()) detail.friendly_name = binding.friendly_name;
  detail.last_bind_time = time_of(binding.bound_at);
  if (last.at != 0) {
    detail.last_authn_time = time_of(last.at);
    detail.last_authn_id = authn_id_text(static_cast<std::uint64_t>(last.id));
  }
  return detail;
}

struct TokenFacts {
  std::int64_t category;
  std::string_view form;
  vip::MovingFactor moving;
  vip::Adapter adapter;
};
TokenFacts token_facts(CredentialKind kind) {
  using vip::Adapter;
  using vip::MovingFactor;
  switch (kind) {
    case CredentialKind::totp:
      return {72, "DESKTOP", MovingFactor::time, Adapter::oath_time};
    case CredentialKind::hotp:
      return {73, "DESKTOP", MovingFactor::event, Adapter::oath_event_basic};
    case CredentialKind::sms:
      return {74, "SMS", MovingFactor::none, Adapter::sms_otp};
    case CredentialKind::voice:
      return {75, "VOICE", MovingFactor::none, Adapter::voice_otp};
    case CredentialKind::service:
      return {76, "SERVICE", MovingFactor::none, Adapter::server_otp};
    case CredentialKind::email:
      return {77, "EMAIL", MovingFactor::none, Adapter::server_otp};
  }
  return {};
}

// The keys of the original (facts: vip-api, 4.3) of which there is something to say here.
std::vector<vip::KeyValuePair> push_attributes(const Credential& credential) {
  const auto word = [](bool yes) { return std::string(yes ? "true" : "false"); };
  return {{"PUSH_ENABLED", word(credential.push)},
          {"FIRST_FACTOR_CAPABLE", word(false)},
          {"BIO_FINGERPRINT_CAPABLE", word(false)},
          {"BIO_FINGERPRINT_ENABLED", word(false)}};
}

void describe_token(vip::CredentialBindingDetail& detail, const Credential& credential,
                    base::WallTime last_update) {
  const auto facts = token_facts(credential.kind);
  const bool token_of_the_user = is_token(credential.kind);
  detail.token_category_details = vip::TokenCategoryDetails{
      facts.category, std::string(facts.form), facts.moving,
      token_of_the_user ? vip::OtpGeneratedBy::software : vip::OtpGeneratedBy::server};
  vip::TokenInformation token;
  token.token_id = credential.name;
  token.token_kind = token_of_the_user ? "SOFTWARE" : "SERVER";
  token.adapter = facts.adapter;
  token.token_status = token_status(credential.status);
  token.expiration_date =
      base::WallTime(std::chrono::sys_days(std::chrono::year(2038) / 1 / 1));  // ours never expire
  token.last_update = last_update;
  detail.token_info = std::move(token);
}

}  // namespace

vip::GetUserInfoResponse user_info(Session& session, const AccountPolicy& account, const UserQuestion& asked) {
  vip::GetUserInfoResponse response;
  const auto* user = find_user(session, account, asked.prepared_user);
  if (user == nullptr) {
    response.status = vip::status::user_does_not_exist;
    return response;
  }
  response.user_id = user->name;
  response.user_creation_time = time_of(user->created);
  response.user_status = status_word(user->status);
  for (const auto& binding : user->bindings) {
    const auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr || (credential->kind == CredentialKind::email && asked.minor < 10)) continue;
    auto& detail = response.credential_binding_detail.emplace_back();
    const auto last = session.records.last_of(*user, binding, *credential);
    detail.credential_id = credential->name;
    detail.credential_type = type_of(credential->kind);
    detail.credential_status = to_string(credential->status);
    detail.binding_detail = binding_detail(binding, last);
    if (asked.push_attributes && is_token(credential->kind))
      detail.push_attributes = push_attributes(*credential);
    if (asked.token_info)
      describe_token(detail, *credential, time_of(std::max(credential->created, credential->last.at)));
  }
  response.num_bindings = static_cast<std::int64_t>(response.credential_binding_detail.size());
  const bool has_temporary = temporary_password_of(session, *user).has_value();
  // As captured: not a word of PINs for a user without credentials, unless there is something to tell.
  if (*response.num_bindings > 0 || !user->pin_hash.empty() || has_temporary) {
    response.is_pin_set = !user->pin_hash.empty();
    response.is_temp_password_set = has_temporary;
    if (!user->pin_hash.empty()) {
      const auto age = pin_age(*user, account.pins, session.microseconds());
      if (age.expires) response.pin_expiration_time = time_of(*age.expires);
    }
  }
  return response;
}

vip::GetCredentialInfoResponse credential_info(Session& session, const AccountPolicy& account,
                                               const std::string& credential_id, vip::CredentialType type,
                                               bool with_push_attributes) {
  vip::GetCredentialInfoResponse response;
  const auto named = named_credential(session, account, credential_id, type);
  if (!named) {
    response.status = named.error().status;
    return response;
  }
  const auto& credential = **named;
  response.credential_id = credential.name;
  response.credential_type = type_of(credential.kind);
  response.credential_status = to_string(credential.status);
  response.num_bindings = session.records.bindings_of(credential.row);
  if (with_push_attributes && is_token(credential.kind)) response.push_attributes = push_attributes(credential);
  for (const auto& bound : session.records.users_of(credential.row)) {
    response.user_binding_detail.push_back(
        {bound.name, status_word(bound.status), binding_detail(bound.binding, bound.binding.last)});
  }
  return response;
}

}  // namespace sallyport::authservice
