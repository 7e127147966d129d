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

enum class Service : std::uint8_t { authentication, query, management };

enum class Operation : std::uint8_t {
  authenticate_user,
  authenticate_credentials,
  check_otp,
  get_server_time,
  get_user_info,
  get_credential_info,
  create_user,
  update_user,
  delete_user,
  add_credential,
  update_credential,
  remove_credential,
};

struct OperationNames {
  Operation operation;
  Service service;
  std::string_view name;
  std::string_view request;  // the element's local name
  std::string_view response;
};

// In the order of the enumeration.
inline constexpr std::array<OperationNames, 12> operations{{
    {Operation::authenticate_user, Service::authentication, "authenticateUser", "AuthenticateUserRequest",
     "AuthenticateUserResponse"},
    {Operation::authenticate_credentials, Service::authentication, "authenticateCredentials",
     "AuthenticateCredentialsRequest", "AuthenticateCredentialsResponse"},
    {Operation::check_otp, Service::authentication, "checkOtp", "CheckOtpRequest", "CheckOtpResponse"},
    {Operation::get_server_time, Service::query, "getServerTime", "GetServerTimeRequest",
     "GetServerTimeResponse"},
    {Operation::get_user_info, Service::query, "getUserInfo", "GetUserInfoRequest", "GetUserInfoResponse"},
    {Operation::get_credential_info, Service::query, "getCredentialInfo", "GetCredentialInfoRequest",
     "GetCredentialInfoResponse"},
    {Operation::create_user, Service::management, "createUser", "CreateUserRequest", "CreateUserResponse"},
    {Operation::update_user, Service::management, "updateUser", "UpdateUserRequest", "UpdateUserResponse"},
    {Operation::delete_user, Service::management, "deleteUser", "DeleteUserRequest", "DeleteUserResponse"},
    {Operation::add_credential, Service::management, "addCredential", "AddCredentialRequest",
     "AddCredentialResponse"},
    {Operation::update_credential, Service::management, "updateCredential", "UpdateCredentialRequest",
     "UpdateCredentialResponse"},
    {Operation::remove_credential, Service::management, "removeCredential", "RemoveCredentialRequest",
     "RemoveCredentialResponse"},
}};

constexpr const OperationNames& names_of(Operation operation) {
  return operations[static_cast<std::size_t>(operation)];
}
constexpr Service service_of(Operation operation) { return names_of(operation).service; }

// "AuthenticationService", "QueryService", "ManagementService"
std::string_view name_of(Service service);

}  // namespace sallyport::vip
