#pragma once
// Any request and any response, in the order of `Operation`.
#include <type_traits>
#include <variant>

#include "vip/auth_messages.h"
#include "vip/management_messages.h"
#include "vip/query_messages.h"

namespace sallyport::vip {

using AnyRequest = std::variant<
    AuthenticateUserRequest, AuthenticateUserWithPushRequest, AuthenticateCredentialsRequest, CheckOtpRequest,
    GetServerTimeRequest, GetUserInfoRequest, GetCredentialInfoRequest, GetTemporaryPasswordAttributesRequest,
    PollPushStatusRequest, CreateUserRequest, UpdateUserRequest, DeleteUserRequest, ClearUserPinRequest,
    AddCredentialRequest, UpdateCredentialRequest, RemoveCredentialRequest, SetTemporaryPasswordRequest,
    ClearTemporaryPasswordRequest, SetTemporaryPasswordAttributesRequest, SendOtpRequest, RegisterRequest>;
using AnyResponse =
    std::variant<AuthenticateUserResponse, AuthenticateUserWithPushResponse, AuthenticateCredentialsResponse,
                 CheckOtpResponse, GetServerTimeResponse, GetUserInfoResponse, GetCredentialInfoResponse,
                 GetTemporaryPasswordAttributesResponse, PollPushStatusResponse, CreateUserResponse,
                 UpdateUserResponse, DeleteUserResponse, ClearUserPinResponse, AddCredentialResponse,
                 UpdateCredentialResponse, RemoveCredentialResponse, SetTemporaryPasswordResponse,
                 ClearTemporaryPasswordResponse, SetTemporaryPasswordAttributesResponse, SendOtpResponse,
                 RegisterResponse>;

inline Operation operation_of(const AnyRequest& request) { return static_cast<Operation>(request.index()); }
inline Operation operation_of(const AnyResponse& response) { return static_cast<Operation>(response.index()); }
inline const RequestBase& base_of(const AnyRequest& request) {
  return std::visit([](const RequestBase& base) -> const RequestBase& { return base; }, request);
}
inline const ResponseBase& base_of(const AnyResponse& response) {
  return std::visit([](const ResponseBase& base) -> const ResponseBase& { return base; }, response);
}
inline ResponseBase& base_of(AnyResponse& response) {
  return std::visit([](ResponseBase& base) -> ResponseBase& { return base; }, response);
}
// The response of that operation, with nothing in it.
AnyResponse empty_response(Operation operation);

}  // namespace sallyport::vip
