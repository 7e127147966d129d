#pragma once
// Private to the room: what each type of the wire consists of, once, in the schema's order (facts: vip-api,
// section 3). A visitor that reads, one that writes and one that draws the schema walk these lists:
//   one(name, member [, simple type])      exactly once
//   maybe(name, optional [, simple type])  at most once
//   flag(name, bool, value when absent)
//   many(name, vector, min, max)           max 0: without end
//   either(name, optional, name, optional) exactly one of the two
//   speaks(minor)                          whether the other side's version 1.N has what follows
#include <concepts>
#include <type_traits>

#include "vip/messages.h"
#include "vip/simple_types.h"

namespace sallyport::vip {

template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;
template <class M>
inline constexpr bool is_bare = false;
template <Operation which>
inline constexpr bool is_bare<BareResponse<which>> = true;
template <class M>
concept Bare = is_bare<std::remove_const_t<M>>;

template <class V>
void fields(V& v, Is<RequestBase> auto& m) {
  v.one("requestId", m.request_id, simple::request_id);
  v.maybe("onBehalfOfAccountId", m.on_behalf_of_account_id, simple::account_id);
}
template <class V>
void fields(V& v, Is<ResponseBase> auto& m) {
  v.one("requestId", m.request_id, simple::request_id);
  v.one("status", m.status);
  v.one("statusMessage", m.status_message, simple::text);
  v.maybe("detail", m.detail);
  v.maybe("detailMessage", m.detail_message, simple::text);
}

template <class V>
void fields(V& v, Is<KeyValuePair> auto& m) {
  v.one("Key", m.key, simple::key);
  v.one("Value", m.value, simple::value);
}
template <class V>
void fields(V& v, Is<AuthContext> auto& m) {
  v.many("params", m.params, 0, 20);
}
template <class V>
void fields(V& v, Is<OtpAuthData> auto& m) {
  v.one("otp", m.otp, simple::otp);
  v.maybe("otp2", m.otp2, simple::otp);
}
template <class V>
void fields(V& v, Is<PushAuthData> auto& m) {
  v.many("displayParameters", m.display_parameters, 0, 20);
  v.many("requestParameters", m.request_parameters, 0, 20);
}
template <class V>
void fields(V& v, Is<PushDetail> auto& m) {
  v.one("pushCredentialId", m.push_credential_id, simple::text);
  v.one("pushSent", m.push_sent);
}
template <class V>
void fields(V& v, Is<CredentialDefinition> auto& m) {
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
}
template <class V>
void fields(V& v, Is<CredentialDetail> auto& m) {
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
  v.maybe("friendlyName", m.friendly_name, simple::friendly_name);
  v.maybe("trustedDevice", m.trusted_device);
}
template <class V>
void fields(V& v, Is<BindingDetail> auto& m) {
  v.one("bindStatus", m.bind_status);
  v.maybe("friendlyName", m.friendly_name, simple::friendly_name);
  v.maybe("trustedDevice", m.trusted_device);
  v.maybe("clientVersion", m.client_version, simple::client_version);
  v.maybe("clientType", m.client_type, simple::client_type);
  v.one("lastBindTime", m.last_bind_time);
  v.maybe("lastAuthnTime", m.last_authn_time);
  v.maybe("lastAuthnId", m.last_authn_id, simple::authn_id);
}
template <class V>
void fields(V& v, Is<TokenCategoryDetails> auto& m) {
  v.one("CategoryId", m.category_id);
  v.one("FormFactor", m.form_factor, simple::form_factor);
  v.one("MovingFactor", m.moving_factor);
  v.one("OtpGeneratedBy", m.otp_generated_by);
}
template <class V>
void fields(V& v, Is<TokenInformation> auto& m) {
  v.one("TokenId", m.token_id, simple::text);
  v.maybe("TokenKind", m.token_kind, simple::text);
  v.one("Adapter", m.adapter);
  v.one("TokenStatus", m.token_status);
  v.one("ExpirationDate", m.expiration_date);
  v.one("LastUpdate", m.last_update);
}
template <class V>
void fields(V& v, Is<CredentialBindingDetail> auto& m) {
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
  v.maybe("credentialStatus", m.credential_status, simple::credential_status);
  if (v.speaks(8)) {
    v.maybe("tokenCategoryDetails", m.token_category_details);
    v.maybe("tokenInfo", m.token_info);
  }
  v.one("bindingDetail", m.binding_detail);
  v.many("pushAttributes", m.push_attributes, 0, 20);
}
template <class V>
void fields(V& v, Is<UserBindingDetail> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("userStatus", m.user_status);
  v.one("bindingDetail", m.binding_detail);
}

template <class V>
void fields(V& v, Is<AuthenticateUserRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("pin", m.pin, simple::pin);
  v.maybe("otpAuthData", m.otp_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateUserResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, simple::credential_id);
  v.maybe("credentialType", m.credential_type);
  v.maybe("authnId", m.authn_id, simple::authn_id);
  v.maybe("isPinExpired", m.is_pin_expired);
  v.maybe("pinExpirationTime", m.pin_expiration_time);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateCredentialsRequest> auto& m) {
  v.many("credentials", m.credentials, 1, 5);
  v.flag("activate", m.activate, false);
  v.either("otpAuthData", m.otp_auth_data, "pushAuthData", m.push_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateCredentialsResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, simple::credential_id);
  v.maybe("credentialType", m.credential_type);
  v.maybe("transactionId", m.transaction_id, simple::push_transaction_id);
  v.many("pushDetail", m.push_detail, 0, 20);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<CheckOtpRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("otpAuthData", m.otp_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<CheckOtpResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, simple::credential_id);
  v.maybe("credentialType", m.credential_type);
  v.maybe("authnId", m.authn_id, simple::authn_id);
  v.maybe("authContext", m.auth_context);
}

template <class V>
void fields(V&, Is<GetServerTimeRequest> auto&) {}
template <class V>
void fields(V& v, Is<GetServerTimeResponse> auto& m) {
  v.maybe("timestamp", m.timestamp);
}
template <class V>
void fields(V& v, Is<GetUserInfoRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.flag("iaInfo", m.ia_info, true);
  v.flag("includePushAttributes", m.include_push_attributes, true);
  if (v.speaks(8)) v.flag("includeTokenInfo", m.include_token_info, false);
}
template <class V>
void fields(V& v, Is<GetUserInfoResponse> auto& m) {
  v.maybe("userId", m.user_id, simple::user_id);
  v.maybe("userCreationTime", m.user_creation_time);
  v.maybe("userStatus", m.user_status);
  v.maybe("numBindings", m.num_bindings);
  v.many("credentialBindingDetail", m.credential_binding_detail, 0, 0);
  v.maybe("isPinSet", m.is_pin_set);
  v.maybe("isTempPasswordSet", m.is_temp_password_set);
  v.maybe("pinExpirationTime", m.pin_expiration_time);
}
template <class V>
void fields(V& v, Is<GetCredentialInfoRequest> auto& m) {
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
  v.flag("includePushAttributes", m.include_push_attributes, true);
}
template <class V>
void fields(V& v, Is<GetCredentialInfoResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, simple::credential_id);
  v.maybe("credentialType", m.credential_type);
  v.maybe("credentialStatus", m.credential_status, simple::credential_status);
  v.maybe("numBindings", m.num_bindings);
  v.many("pushAttributes", m.push_attributes, 0, 20);
  v.many("userBindingDetail", m.user_binding_detail, 0, 0);
}

template <class V>
void fields(V&, Bare auto&) {}
template <class V>
void fields(V& v, Is<CreateUserRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("pin", m.pin, simple::pin);
  v.maybe("forcePinChange", m.force_pin_change);
}
template <class V>
void fields(V& v, Is<UpdateUserRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("newUserId", m.new_user_id, simple::user_id);
  v.maybe("newUserStatus", m.new_user_status);
  v.maybe("oldPin", m.old_pin, simple::pin);
  v.maybe("newPin", m.new_pin, simple::pin);
  v.maybe("forcePinChange", m.force_pin_change);
}
template <class V>
void fields(V& v, Is<DeleteUserRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
}
template <class V>
void fields(V& v, Is<AddCredentialRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("credentialDetail", m.credential_detail);
  v.maybe("otpAuthData", m.otp_auth_data);
  v.maybe("trustedDevice", m.trusted_device);
}
template <class V>
void fields(V& v, Is<UpdateCredentialRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
  v.one("friendlyName", m.friendly_name, simple::friendly_name);
}
template <class V>
void fields(V& v, Is<RemoveCredentialRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("credentialId", m.credential_id, simple::credential_id);
  v.one("credentialType", m.credential_type);
  v.maybe("trustedDevice", m.trusted_device);
}

}  // namespace sallyport::vip
