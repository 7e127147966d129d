#pragma once
// The messages of the ManagementService (facts: vip-api, 3.5), fields in the schema's order. Most of
// their responses carry nothing but the base.
#include "vip/operation.h"
#include "vip/types.h"

namespace sallyport::vip {

template <Operation which>
struct BareResponse : ResponseBase {
  static constexpr auto operation = which;
};

struct CreateUserRequest : RequestBase {
  static constexpr auto operation = Operation::create_user;
  std::string user_id;
  std::optional<base::Secret> pin;
  std::optional<bool> force_pin_change;
};
using CreateUserResponse = BareResponse<Operation::create_user>;

struct UpdateUserRequest : RequestBase {
  static constexpr auto operation = Operation::update_user;
  std::string user_id;
  std::optional<std::string> new_user_id;
  std::optional<UserStatus> new_user_status;
  std::optional<base::Secret> old_pin;
  std::optional<base::Secret> new_pin;
  std::optional<bool> force_pin_change;
};
using UpdateUserResponse = BareResponse<Operation::update_user>;

struct DeleteUserRequest : RequestBase {
  static constexpr auto operation = Operation::delete_user;
  std::string user_id;
};
using DeleteUserResponse = BareResponse<Operation::delete_user>;

struct ClearUserPinRequest : RequestBase {
  static constexpr auto operation = Operation::clear_user_pin;
  std::string user_id;
};
using ClearUserPinResponse = BareResponse<Operation::clear_user_pin>;

struct AddCredentialRequest : RequestBase {
  static constexpr auto operation = Operation::add_credential;
  std::string user_id;
  CredentialDetail credential_detail;
  std::optional<OtpAuthData> otp_auth_data;
  std::optional<bool> trusted_device;
};
using AddCredentialResponse = BareResponse<Operation::add_credential>;

struct UpdateCredentialRequest : RequestBase {
  static constexpr auto operation = Operation::update_credential;
  std::string user_id;
  std::string credential_id;
  CredentialType credential_type{};
  std::string friendly_name;
};
using UpdateCredentialResponse = BareResponse<Operation::update_credential>;

struct RemoveCredentialRequest : RequestBase {
  static constexpr auto operation = Operation::remove_credential;
  std::string user_id;
  std::string credential_id;
  CredentialType credential_type{};
  std::optional<bool> trusted_device;
};
using RemoveCredentialResponse = BareResponse<Operation::remove_credential>;

struct SetTemporaryPasswordRequest : RequestBase {
  static constexpr auto operation = Operation::set_temporary_password;
  std::string user_id;
  std::optional<base::Secret> temporary_password;  // absent: the service draws it
  std::optional<TemporaryPasswordAttributes> temporary_password_attributes;
  std::optional<SmsDelivery> sms_delivery;  // at most one of these
  std::optional<VoiceDelivery> voice_delivery;
  std::optional<EmailDelivery> email_delivery;  // since 1.10
};
struct SetTemporaryPasswordResponse : ResponseBase {
  static constexpr auto operation = Operation::set_temporary_password;
  std::optional<base::Secret> temporary_password;
};

struct ClearTemporaryPasswordRequest : RequestBase {
  static constexpr auto operation = Operation::clear_temporary_password;
  std::string user_id;
};
using ClearTemporaryPasswordResponse = BareResponse<Operation::clear_temporary_password>;

struct SetTemporaryPasswordAttributesRequest : RequestBase {
  static constexpr auto operation = Operation::set_temporary_password_attributes;
  std::string user_id;
  TemporaryPasswordAttributes temporary_password_attributes;
};
using SetTemporaryPasswordAttributesResponse = BareResponse<Operation::set_temporary_password_attributes>;

struct SendOtpRequest : RequestBase {
  static constexpr auto operation = Operation::send_otp;
  std::string user_id;
  std::optional<SmsDelivery> sms_delivery;  // at most one of these
  std::optional<VoiceDelivery> voice_delivery;
  std::optional<EmailDelivery> email_delivery;  // since 1.10
};
using SendOtpResponse = BareResponse<Operation::send_otp>;

struct RegisterRequest : RequestBase {
  static constexpr auto operation = Operation::register_credential;
  std::optional<SmsDelivery> sms_delivery;  // exactly one of these
  std::optional<VoiceDelivery> voice_delivery;
  std::optional<ServiceOtpDelivery> service_otp_delivery;
  std::optional<EmailDelivery> email_delivery;  // since 1.10
};
struct RegisterResponse : ResponseBase {
  static constexpr auto operation = Operation::register_credential;
  std::optional<base::Secret> otp;  // of a service credential
};

}  // namespace sallyport::vip
