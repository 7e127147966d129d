#pragma once
// Private to the room: what each type of the wire consists of, once, in the schema's order (facts: vip-api,
// section 3). A visitor that reads, one that writes and one that draws the schema walk these lists:
//   one(name, member [, simple type])      exactly once
//   maybe(name, optional [, simple type])  at most once
//   flag(name, bool, value when absent)
//   many(name, vector, min, max [, simple type])   max 0: without end
//   exactly_one(alternative, ...), at_most_one(alternative, ...)   of Alternative{name, optional}
//   speaks(minor)                          whether the other side's version 1.N has what follows
#include <concepts>
#include <type_traits>

#include "vip/messages.h"
#include "vip/simple_types.h"

namespace sallyport::vip {

template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;
template <class Member>
struct Alternative {
  std::string_view name;
  Member& member;
};

// An e-mail credential is named by its address, and 1.8 knows no such names.
template <class V>
const SimpleType& credential_id_for(const V& v) {
  return v.speaks(10) ? simple::credential_id_1_10 : simple::credential_id;
}

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
void fields(V& v, Is<PushTransactionStatus> auto& m) {
  v.one("transactionId", m.transaction_id, simple::push_transaction_id);
  v.one("status", m.status);
  v.one("statusMessage", m.status_message, simple::text);
  v.maybe("detail", m.detail);
  v.maybe("detailMessage", m.detail_message, simple::text);
  v.maybe("authnTime", m.authn_time);
  v.maybe("credentialId", m.credential_id, credential_id_for(v));
  v.maybe("credentialType", m.credential_type);
  v.maybe("isPinExpired", m.is_pin_expired);
  v.maybe("pinExpirationTime", m.pin_expiration_time);
  if (v.speaks(8)) v.many("deviceInfo", m.device_info, 0, 50);
}
template <class V>
void fields(V& v, Is<TemporaryPasswordAttributes> auto& m) {
  v.maybe("expirationTime", m.expiration_time);
  v.maybe("oneTimeUseOnly", m.one_time_use_only);
}
template <class V>
void fields(V& v, Is<GatewayAccount> auto& m) {
  v.one("Id", m.id, simple::gateway_id);
  v.one("Password", m.password, simple::gateway_password);
}
template <class V>
void fields(V& v, Is<SmsDelivery> auto& m) {
  v.one("phoneNumber", m.phone_number, simple::phone_number);
  v.maybe("smsFrom", m.sms_from, simple::sms_from);
  v.maybe("messageTemplate", m.message_template, simple::message_template);
  v.maybe("gatewayAcctInfo", m.gateway_account);
}
template <class V>
void fields(V& v, Is<VoiceDelivery> auto& m) {
  v.one("phoneNumber", m.phone_number, simple::phone_number);
  v.maybe("Language", m.language, simple::language);
}
template <class V>
void fields(V& v, Is<EmailDelivery> auto& m) {
  v.one("emailAddress", m.email_address, simple::email_address);
  v.maybe("messageTemplate", m.message_template, simple::message_template);
}
template <class V>
void fields(V& v, Is<ServiceOtpDelivery> auto& m) {
  v.one("id", m.id, simple::credential_id);
}
template <class V>
void fields(V& v, Is<CredentialDefinition> auto& m) {
  v.one("credentialId", m.credential_id, credential_id_for(v));
  v.one("credentialType", m.credential_type);
}
template <class V>
void fields(V& v, Is<CredentialDetail> auto& m) {
  v.one("credentialId", m.credential_id, credential_id_for(v));
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
  v.one("credentialId", m.credential_id, credential_id_for(v));
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

}  // namespace sallyport::vip
