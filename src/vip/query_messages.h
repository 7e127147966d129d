#pragma once
// The messages of the QueryService (facts: vip-api, 3.4), fields in the schema's order.
#include <vector>

#include "vip/operation.h"
#include "vip/types.h"

namespace sallyport::vip {

struct GetServerTimeRequest : RequestBase {
  static constexpr auto operation = Operation::get_server_time;
};
struct GetServerTimeResponse : ResponseBase {
  static constexpr auto operation = Operation::get_server_time;
  std::optional<base::WallTime> timestamp;
};

struct GetUserInfoRequest : RequestBase {
  static constexpr auto operation = Operation::get_user_info;
  std::string user_id;
  bool ia_info = true;
  bool include_push_attributes = true;
  bool include_token_info = false;  // since 1.8
};
struct GetUserInfoResponse : ResponseBase {
  static constexpr auto operation = Operation::get_user_info;
  std::optional<std::string> user_id;
  std::optional<base::WallTime> user_creation_time;
  std::optional<UserStatus> user_status;
  std::optional<std::int64_t> num_bindings;
  std::vector<CredentialBindingDetail> credential_binding_detail;
  std::optional<bool> is_pin_set;
  std::optional<bool> is_temp_password_set;
  std::optional<base::WallTime> pin_expiration_time;
};

struct GetCredentialInfoRequest : RequestBase {
  static constexpr auto operation = Operation::get_credential_info;
  std::string credential_id;
  CredentialType credential_type{};
  bool include_push_attributes = true;
};
struct GetCredentialInfoResponse : ResponseBase {
  static constexpr auto operation = Operation::get_credential_info;
  std::optional<std::string> credential_id;
  std::optional<CredentialType> credential_type;
  std::optional<std::string> credential_status;
  std::optional<std::int64_t> num_bindings;
  std::vector<KeyValuePair> push_attributes;  // at most 20
  std::vector<UserBindingDetail> user_binding_detail;
};

struct GetTemporaryPasswordAttributesRequest : RequestBase {
  static constexpr auto operation = Operation::get_temporary_password_attributes;
  std::string user_id;
};
struct GetTemporaryPasswordAttributesResponse : ResponseBase {
  static constexpr auto operation = Operation::get_temporary_password_attributes;
  std::optional<TemporaryPasswordAttributes> temp_pwd_attributes;
};

struct PollPushStatusRequest : RequestBase {
  static constexpr auto operation = Operation::poll_push_status;
  std::vector<std::string> transaction_id;  // 1 to 20
};
struct PollPushStatusResponse : ResponseBase {
  static constexpr auto operation = Operation::poll_push_status;
  std::vector<PushTransactionStatus> transaction_status;  // at most 20
};

}  // namespace sallyport::vip
