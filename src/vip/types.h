#pragma once
// The complex types and enumerations that messages share (facts: vip-api, 3.1 and 3.2), with the schema's
// names. Times are UTC, to the millisecond on the wire. `other` stands for a value of a newer version of the
// service; it is only ever read by the client, never written.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "vip/status.h"

namespace sallyport::vip {

enum class CredentialType : std::uint8_t {
  standard_otp,
  sms_otp,
  voice_otp,
  service_otp,
  certificate,
  ia,
  email_otp,  // since 1.10
  other
};
enum class UserStatus : std::uint8_t { active, disabled, locked, other };
enum class BindStatus : std::uint8_t { enabled, disabled, other };
enum class MovingFactor : std::uint8_t { none, time, event, other };
enum class OtpGeneratedBy : std::uint8_t { hardware, software, server, other };
enum class Adapter : std::uint8_t {
  oath_event_basic,
  oath_event_advanced_1,
  oath_event_advanced_2,
  vasco_time,
  server_otp,
  oath_time,
  sms_otp,
  voice_otp,
  securid,
  ocra,
  other
};
enum class TokenStatus : std::uint8_t { new_token, enabled, disabled, locked, inactive, unknown, other };
// The words on the wire: "STANDARD_OTP", "ACTIVE", …
std::string_view to_string(CredentialType);
std::string_view to_string(UserStatus);
std::string_view to_string(BindStatus);
std::string_view to_string(TokenStatus);
std::optional<CredentialType> credential_type(std::string_view word);

// The values of credentialStatus in use; the schema allows any word.
namespace credential_status {
inline constexpr std::string_view enabled = "ENABLED";
inline constexpr std::string_view disabled = "DISABLED";
inline constexpr std::string_view inactive = "INACTIVE";
inline constexpr std::string_view locked = "LOCKED";
}  // namespace credential_status

struct RequestBase {
  std::string request_id;
  std::optional<std::string> on_behalf_of_account_id;
};

struct Said {  // of an operation, or of one push
  Status status;
  std::string status_message;
  std::optional<Detail> detail;
  std::optional<std::string> detail_message;

  // Status and detail with their texts of the wire.
  void set(Status code);
  void set(Status code, Detail further);
};

struct ResponseBase : Said {
  std::string request_id;  // as it came in the request
};

struct KeyValuePair {
  std::string key;
  std::string value;
};
struct AuthContext {
  std::vector<KeyValuePair> params;  // at most 20
};
struct OtpAuthData {
  base::Secret otp;
  std::optional<base::Secret> otp2;  // the code after `otp`
};
struct PushAuthData {
  std::vector<KeyValuePair> display_parameters;  // at most 20
  std::vector<KeyValuePair> request_parameters;  // at most 20
};
struct PushDetail {
  std::string push_credential_id;
  bool push_sent = false;
};
struct PushTransactionStatus : Said {
  std::string transaction_id;
  std::optional<base::WallTime> authn_time;
  std::optional<std::string> credential_id;
  std::optional<CredentialType> credential_type;
  std::optional<bool> is_pin_expired;
  std::optional<base::WallTime> pin_expiration_time;
  std::vector<KeyValuePair> device_info;  // at most 50; since 1.8
};
struct TemporaryPasswordAttributes {
  std::optional<base::WallTime> expiration_time;
  std::optional<bool> one_time_use_only;
};
struct GatewayAccount {
  std::string id;
  base::Secret password;
};
struct SmsDelivery {
  std::string phone_number;
  std::optional<std::string> sms_from;
  std::optional<std::string> message_template;
  std::optional<GatewayAccount> gateway_account;
};
struct VoiceDelivery {
  std::string phone_number;
  std::optional<std::string> language;
};
struct EmailDelivery {  // since 1.10; the members are our choice
  std::string email_address;
  std::optional<std::string> message_template;
};
struct ServiceOtpDelivery {
  std::string id;
};
struct CredentialDefinition {
  std::string credential_id;
  CredentialType credential_type{};
};
struct CredentialDetail {
  std::string credential_id;
  CredentialType credential_type{};
  std::optional<std::string> friendly_name;
  std::optional<bool> trusted_device;
};
struct BindingDetail {
  BindStatus bind_status{};
  std::optional<std::string> friendly_name;
  std::optional<bool> trusted_device;
  std::optional<std::string> client_version;
  std::optional<std::string> client_type;
  base::WallTime last_bind_time;
  std::optional<base::WallTime> last_authn_time;
  std::optional<std::string> last_authn_id;
};
struct TokenCategoryDetails {
  std::int64_t category_id = 0;
  std::string form_factor;
  MovingFactor moving_factor{};
  OtpGeneratedBy otp_generated_by{};
};
struct TokenInformation {
  std::string token_id;
  std::optional<std::string> token_kind;
  Adapter adapter{};
  TokenStatus token_status{};
  base::WallTime expiration_date;
  base::WallTime last_update;
};
struct CredentialBindingDetail {
  std::string credential_id;
  CredentialType credential_type{};
  std::optional<std::string> credential_status;
  std::optional<TokenCategoryDetails> token_category_details;  // since 1.8
  std::optional<TokenInformation> token_info;                  // since 1.8
  BindingDetail binding_detail;
  std::vector<KeyValuePair> push_attributes;  // at most 20
};
struct UserBindingDetail {
  std::string user_id;
  UserStatus user_status{};
  BindingDetail binding_detail;
};

}  // namespace sallyport::vip
