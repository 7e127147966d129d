#pragma once
// Private to the room: what the messages of the AuthenticationService consist of; see type_fields.h.
#include "vip/type_fields.h"

namespace sallyport::vip {

template <class V>
void fields(V& v, Is<AuthenticateUserRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("pin", m.pin, simple::pin);
  v.maybe("otpAuthData", m.otp_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateUserResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, credential_id_for(v));
  v.maybe("credentialType", m.credential_type);
  v.maybe("authnId", m.authn_id, simple::authn_id);
  v.maybe("isPinExpired", m.is_pin_expired);
  v.maybe("pinExpirationTime", m.pin_expiration_time);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateUserWithPushRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("pin", m.pin, simple::pin);
  v.one("pushAuthData", m.push_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateUserWithPushResponse> auto& m) {
  v.maybe("transactionId", m.transaction_id, simple::push_transaction_id);
  v.maybe("isPinExpired", m.is_pin_expired);
  v.maybe("pinExpirationTime", m.pin_expiration_time);
  v.many("pushDetail", m.push_detail, 0, 20);
  v.maybe("authContext", m.auth_context);
  if (v.speaks(10)) v.maybe("numbersChallengeValue", m.numbers_challenge_value, simple::numbers_challenge);
}
template <class V>
void fields(V& v, Is<AuthenticateCredentialsRequest> auto& m) {
  v.many("credentials", m.credentials, 1, 5);
  v.flag("activate", m.activate, false);
  v.exactly_one(Alternative{"otpAuthData", m.otp_auth_data}, Alternative{"pushAuthData", m.push_auth_data});
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<AuthenticateCredentialsResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, credential_id_for(v));
  v.maybe("credentialType", m.credential_type);
  v.maybe("transactionId", m.transaction_id, simple::push_transaction_id);
  v.many("pushDetail", m.push_detail, 0, 20);
  v.maybe("authContext", m.auth_context);
  if (v.speaks(10)) v.maybe("numbersChallengeValue", m.numbers_challenge_value, simple::numbers_challenge);
}
template <class V>
void fields(V& v, Is<CheckOtpRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("otpAuthData", m.otp_auth_data);
  v.maybe("authContext", m.auth_context);
}
template <class V>
void fields(V& v, Is<CheckOtpResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, credential_id_for(v));
  v.maybe("credentialType", m.credential_type);
  v.maybe("authnId", m.authn_id, simple::authn_id);
  v.maybe("authContext", m.auth_context);
}

}  // namespace sallyport::vip
