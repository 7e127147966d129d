// getUserInfo and getCredentialInfo.
#include "authservice/management.h"

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

void describe_token(vip::CredentialBindingDetail& detail, const Credential& credential,
                    base::WallTime last_update) {
  const bool totp = credential.kind == CredentialKind::totp;
  detail.token_category_details = vip::TokenCategoryDetails{
      totp ? 72 : 73, "DESKTOP", totp ? vip::MovingFactor::time : vip::MovingFactor::event,
      vip::OtpGeneratedBy::software};
  vip::TokenInformation token;
  token.token_id = credential.name;
  token.token_kind = "SOFTWARE";
  token.adapter = totp ? vip::Adapter::oath_time : vip::Adapter::oath_event_basic;
  token.token_status = token_status(credential.status);
  token.expiration_date =
      base::WallTime(std::chrono::sys_days(std::chrono::year(2038) / 1 / 1));  // ours never expire
  token.last_update = last_update;
  detail.token_info = std::move(token);
}

}  // namespace

vip::GetUserInfoResponse user_info(Session& session, const AccountPolicy& account,
                                   const std::string& prepared_user, bool token_info) {
  vip::GetUserInfoResponse response;
  const auto* user = session.records.user(session.records.account(account.name), prepared_user);
  if (user == nullptr) {
    response.status = vip::status::user_does_not_exist;
    return response;
  }
  response.user_id = user->name;
  response.user_creation_time = time_of(user->created);
  response.user_status = status_word(user->status);
  response.num_bindings = static_cast<std::int64_t>(user->bindings.size());
  for (const auto& binding : user->bindings) {
    const auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr) continue;
    auto& detail = response.credential_binding_detail.emplace_back();
    const auto last = session.records.last_of(*user, binding, *credential);
    detail.credential_id = credential->name;
    detail.credential_type = vip::CredentialType::standard_otp;
    detail.credential_status = to_string(credential->status);
    detail.binding_detail = binding_detail(binding, last);
    if (token_info)
      describe_token(detail, *credential, time_of(std::max(credential->created, credential->last.at)));
  }
  // As captured: not a word of PINs for a user without credentials, unless there is something to tell.
  if (!user->bindings.empty() || !user->pin_hash.empty()) {
    response.is_pin_set = !user->pin_hash.empty();
    response.is_temp_password_set = false;
  }
  return response;
}

vip::GetCredentialInfoResponse credential_info(Session& session, const AccountPolicy& account,
                                               const std::string& credential_id, vip::CredentialType type) {
  vip::GetCredentialInfoResponse response;
  const auto named = named_credential(session, account, credential_id, type);
  if (!named) {
    response.status = named.error().status;
    return response;
  }
  const auto& credential = **named;
  response.credential_id = credential.name;
  response.credential_type = vip::CredentialType::standard_otp;
  response.credential_status = to_string(credential.status);
  response.num_bindings = session.records.bindings_of(credential.row);
  for (const auto& bound : session.records.users_of(credential.row)) {
    response.user_binding_detail.push_back(
        {bound.name, status_word(bound.status), binding_detail(bound.binding, bound.binding.last)});
  }
  return response;
}

}  // namespace sallyport::authservice
