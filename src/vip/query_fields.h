#pragma once
// Private to the room: what the messages of the QueryService consist of; see type_fields.h.
#include "vip/type_fields.h"

namespace sallyport::vip {

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
  v.one("credentialId", m.credential_id, credential_id_for(v));
  v.one("credentialType", m.credential_type);
  v.flag("includePushAttributes", m.include_push_attributes, true);
}
template <class V>
void fields(V& v, Is<GetCredentialInfoResponse> auto& m) {
  v.maybe("credentialId", m.credential_id, credential_id_for(v));
  v.maybe("credentialType", m.credential_type);
  v.maybe("credentialStatus", m.credential_status, simple::credential_status);
  v.maybe("numBindings", m.num_bindings);
  v.many("pushAttributes", m.push_attributes, 0, 20);
  v.many("userBindingDetail", m.user_binding_detail, 0, 0);
}

template <class V>
void fields(V& v, Is<GetTemporaryPasswordAttributesRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
}
template <class V>
void fields(V& v, Is<GetTemporaryPasswordAttributesResponse> auto& m) {
  v.maybe("tempPwdAttributes", m.temp_pwd_attributes);
}
template <class V>
void fields(V& v, Is<PollPushStatusRequest> auto& m) {
  v.many("transactionId", m.transaction_id, 1, 20, simple::push_transaction_id);
}
template <class V>
void fields(V& v, Is<PollPushStatusResponse> auto& m) {
  v.many("transactionStatus", m.transaction_status, 0, 20);
}

}  // namespace sallyport::vip
