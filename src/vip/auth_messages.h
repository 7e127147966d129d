#pragma once
// The messages of the AuthenticationService (facts: vip-api, 3.3), fields in the schema's order. A field that
// the schema requires is a plain member.
#include <vector>

#include "vip/operation.h"
#include "vip/types.h"

namespace sallyport::vip {

struct AuthenticateUserRequest : RequestBase {
  static constexpr auto operation = Operation::authenticate_user;
  std::string user_id;
  std::optional<base::Secret> pin;
  std::optional<OtpAuthData> otp_auth_data;
  std::optional<AuthContext> auth_context;
};
struct AuthenticateUserResponse : ResponseBase {
  static constexpr auto operation = Operation::authenticate_user;
  std::optional<std::string> credential_id;
  std::optional<CredentialType> credential_type;
  std::optional<std::string> authn_id;
  std::optional<bool> is_pin_expired;
  std::optional<base::WallTime> pin_expiration_time;
  std::optional<AuthContext> auth_context;
};

struct AuthenticateUserWithPushRequest : RequestBase {
  static constexpr auto operation = Operation::authenticate_user_with_push;
  std::string user_id;
  std::optional<base::Secret> pin;
  PushAuthData push_auth_data;
  std::optional<AuthContext> auth_context;
};
struct AuthenticateUserWithPushResponse : ResponseBase {  // 6040 is the success here
  static constexpr auto operation = Operation::authenticate_user_with_push;
  std::optional<std::string> transaction_id;
  std::optional<bool> is_pin_expired;
  std::optional<base::WallTime> pin_expiration_time;
  std::vector<PushDetail> push_detail;  // at most 20
  std::optional<AuthContext> auth_context;
  std::optional<std::string> numbers_challenge_value;  // since 1.10
};

struct AuthenticateCredentialsRequest : RequestBase {
  static constexpr auto operation = Operation::authenticate_credentials;
  std::vector<CredentialDefinition> credentials;  // 1 to 5
  bool activate = false;
  std::optional<OtpAuthData> otp_auth_data;  // exactly one of these two
  std::optional<PushAuthData> push_auth_data;
  std::optional<AuthContext> auth_context;
};
struct AuthenticateCredentialsResponse : ResponseBase {
  static constexpr auto operation = Operation::authenticate_credentials;
  std::optional<std::string> credential_id;
  std::optional<CredentialType> credential_type;
  std::optional<std::string> transaction_id;
  std::vector<PushDetail> push_detail;  // at most 20
  std::optional<AuthContext> auth_context;
  std::optional<std::string> numbers_challenge_value;  // since 1.10
};

struct CheckOtpRequest : RequestBase {
  static constexpr auto operation = Operation::check_otp;
  std::string user_id;
  OtpAuthData otp_auth_data;
  std::optional<AuthContext> auth_context;
};
struct CheckOtpResponse : ResponseBase {
  static constexpr auto operation = Operation::check_otp;
  std::optional<std::string> credential_id;
  std::optional<CredentialType> credential_type;
  std::optional<std::string> authn_id;
  std::optional<AuthContext> auth_context;
};

}  // namespace sallyport::vip
