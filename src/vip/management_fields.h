#pragma once
// Private to the room: what the messages of the ManagementService consist of; see type_fields.h.
#include "vip/type_fields.h"

namespace sallyport::vip {

template <class M>
inline constexpr bool is_bare = false;
template <Operation which>
inline constexpr bool is_bare<BareResponse<which>> = true;
template <class M>
concept Bare = is_bare<std::remove_const_t<M>>;

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
  v.one("credentialId", m.credential_id, credential_id_for(v));
  v.one("credentialType", m.credential_type);
  v.one("friendlyName", m.friendly_name, simple::friendly_name);
}
template <class V>
void fields(V& v, Is<RemoveCredentialRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("credentialId", m.credential_id, credential_id_for(v));
  v.one("credentialType", m.credential_type);
  v.maybe("trustedDevice", m.trusted_device);
}
template <class V>
void fields(V& v, Is<ClearUserPinRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
}
template <class V>
void delivery(V& v, auto& m) {
  const Alternative sms{"smsDeliveryInfo", m.sms_delivery};
  const Alternative voice{"voiceDeliveryInfo", m.voice_delivery};
  if (v.speaks(10)) {
    v.at_most_one(sms, voice, Alternative{"emailDeliveryInfo", m.email_delivery});
  } else {
    v.at_most_one(sms, voice);
  }
}
template <class V>
void fields(V& v, Is<SetTemporaryPasswordRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.maybe("temporaryPassword", m.temporary_password, simple::temporary_password);
  v.maybe("temporaryPasswordAttributes", m.temporary_password_attributes);
  delivery(v, m);
}
template <class V>
void fields(V& v, Is<SetTemporaryPasswordResponse> auto& m) {
  v.maybe("temporaryPassword", m.temporary_password, simple::temporary_password);
}
template <class V>
void fields(V& v, Is<ClearTemporaryPasswordRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
}
template <class V>
void fields(V& v, Is<SetTemporaryPasswordAttributesRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  v.one("temporaryPasswordAttributes", m.temporary_password_attributes);
}
template <class V>
void fields(V& v, Is<SendOtpRequest> auto& m) {
  v.one("userId", m.user_id, simple::user_id);
  delivery(v, m);
}
template <class V>
void fields(V& v, Is<RegisterRequest> auto& m) {
  const Alternative sms{"smsDeliveryInfo", m.sms_delivery};
  const Alternative voice{"voiceDeliveryInfo", m.voice_delivery};
  const Alternative service{"serviceOtpDeliveryInfo", m.service_otp_delivery};
  if (v.speaks(10)) {
    v.exactly_one(sms, voice, service, Alternative{"emailDeliveryInfo", m.email_delivery});
  } else {
    v.exactly_one(sms, voice, service);
  }
}
template <class V>
void fields(V& v, Is<RegisterResponse> auto& m) {
  v.maybe("otp", m.otp, simple::otp);
}

}  // namespace sallyport::vip
