#pragma once
// The operations of VIP User Services that are spoken here, and the service each belongs to. An operation
// `fooBar` has the elements FooBarRequest and FooBarResponse in the one namespace of the messages.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::vip {

inline constexpr std::string_view message_namespace =
    "https://schemas.symantec.com/vip/2011/04/vipuserservices";

// The version 1.N that is spoken where nothing else is asked for, and the newest. No schema of 1.9 or 1.10 is
// published: what 1.10 adds here (e-mail codes, the number challenge) has names of the vendor's documentation,
// and an order of ours, which the WSDL of a `_1_10` URL describes.
inline constexpr int usual_minor = 8, newest_minor = 10;

enum class Service : std::uint8_t { authentication, query, management };

enum class Operation : std::uint8_t {
  authenticate_user,
  authenticate_user_with_push,
  authenticate_credentials,
  check_otp,
  get_server_time,
  get_user_info,
  get_credential_info,
  get_temporary_password_attributes,
  poll_push_status,
  create_user,
  update_user,
  delete_user,
  clear_user_pin,
  add_credential,
  update_credential,
  remove_credential,
  set_temporary_password,
  clear_temporary_password,
  set_temporary_password_attributes,
  send_otp,
  register_credential,
};

struct OperationNames {
  Operation operation;
  Service service;
  std::string_view name;
  std::string_view request;  // the element's local name
  std::string_view response;
};

// In the order of the enumeration.
inline constexpr std::array<OperationNames, 21> operations{{
    {Operation::authenticate_user, Service::authentication, "authenticateUser", "AuthenticateUserRequest",
     "AuthenticateUserResponse"},
    {Operation::authenticate_user_with_push, Service::authentication, "authenticateUserWithPush",
     "AuthenticateUserWithPushRequest", "AuthenticateUserWithPushResponse"},
    {Operation::authenticate_credentials, Service::authentication, "authenticateCredentials",
     "AuthenticateCredentialsRequest", "AuthenticateCredentialsResponse"},
    {Operation::check_otp, Service::authentication, "checkOtp", "CheckOtpRequest", "CheckOtpResponse"},
    {Operation::get_server_time, Service::query, "getServerTime", "GetServerTimeRequest",
     "GetServerTimeResponse"},
    {Operation::get_user_info, Service::query, "getUserInfo", "GetUserInfoRequest", "GetUserInfoResponse"},
    {Operation::get_credential_info, Service::query, "getCredentialInfo", "GetCredentialInfoRequest",
     "GetCredentialInfoResponse"},
    {Operation::get_temporary_password_attributes, Service::query, "getTemporaryPasswordAttributes",
     "GetTemporaryPasswordAttributesRequest", "GetTemporaryPasswordAttributesResponse"},
    {Operation::poll_push_status, Service::query, "pollPushStatus", "PollPushStatusRequest",
     "PollPushStatusResponse"},
    {Operation::create_user, Service::management, "createUser", "CreateUserRequest", "CreateUserResponse"},
    {Operation::update_user, Service::management, "updateUser", "UpdateUserRequest", "UpdateUserResponse"},
    {Operation::delete_user, Service::management, "deleteUser", "DeleteUserRequest", "DeleteUserResponse"},
    {Operation::clear_user_pin, Service::management, "clearUserPin", "ClearUserPinRequest",
     "ClearUserPinResponse"},
    {Operation::add_credential, Service::management, "addCredential", "AddCredentialRequest",
     "AddCredentialResponse"},
    {Operation::update_credential, Service::management, "updateCredential", "UpdateCredentialRequest",
     "UpdateCredentialResponse"},
    {Operation::remove_credential, Service::management, "removeCredential", "RemoveCredentialRequest",
     "RemoveCredentialResponse"},
    {Operation::set_temporary_password, Service::management, "setTemporaryPassword",
     "SetTemporaryPasswordRequest", "SetTemporaryPasswordResponse"},
    {Operation::clear_temporary_password, Service::management, "clearTemporaryPassword",
     "ClearTemporaryPasswordRequest", "ClearTemporaryPasswordResponse"},
    {Operation::set_temporary_password_attributes, Service::management, "setTemporaryPasswordAttributes",
     "SetTemporaryPasswordAttributesRequest", "SetTemporaryPasswordAttributesResponse"},
    {Operation::send_otp, Service::management, "sendOtp", "SendOtpRequest", "SendOtpResponse"},
    {Operation::register_credential, Service::management, "register", "RegisterRequest", "RegisterResponse"},
}};

constexpr const OperationNames& names_of(Operation operation) {
  return operations[static_cast<std::size_t>(operation)];
}
constexpr Service service_of(Operation operation) { return names_of(operation).service; }

// "AuthenticationService", "QueryService", "ManagementService"
std::string_view name_of(Service service);

}  // namespace sallyport::vip
