#pragma once
// Status and detail codes of VIP User Services: two octets as hexBinary, compared as numbers (so without case),
// written as four upper-case digits, with the very texts that the service puts on the wire (facts: vip-api,
// section 6).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::vip {

// The number behind four hexadecimal digits of either case, and its four upper-case digits.
std::optional<std::uint16_t> from_hex_digits(std::string_view text);
std::string to_hex_digits(std::uint16_t number);

template <class Meaning>
class HexCode {
 public:
  constexpr HexCode() = default;
  constexpr explicit HexCode(std::uint16_t number) : number_(number) {}
  static std::optional<HexCode> from_text(std::string_view text) {
    const auto number = from_hex_digits(text);
    return number ? std::optional(HexCode(*number)) : std::nullopt;
  }
  [[nodiscard]] std::string text() const { return to_hex_digits(number_); }
  [[nodiscard]] constexpr std::uint16_t number() const { return number_; }
  friend constexpr bool operator==(HexCode, HexCode) = default;

 private:
  std::uint16_t number_ = 0;
};

using Status = HexCode<struct StatusMeaning>;
using Detail = HexCode<struct DetailMeaning>;

namespace status {
inline constexpr Status success{0x0000};
inline constexpr Status invalid_account{0x6001};
inline constexpr Status user_already_exists{0x6002};
inline constexpr Status user_does_not_exist{0x6003};
inline constexpr Status credential_id_not_valid{0x6004};
inline constexpr Status internal_error{0x6005};
inline constexpr Status invalid_credential_type{0x6006};
inline constexpr Status no_binding{0x6007};
inline constexpr Status no_enabled_credential{0x6008};
inline constexpr Status authentication_failed{0x6009};
inline constexpr Status credential_type_not_supported{0x600A};
inline constexpr Status schema_validation_failed{0x600B};
inline constexpr Status certificate_revoked{0x600E};
inline constexpr Status not_authorized{0x6010};
inline constexpr Status invalid_phone_number{0x6015};
inline constexpr Status temporary_password_not_set{0x6017};
inline constexpr Status not_allowed_in_user_status{0x601B};
inline constexpr Status invalid_pin{0x601F};
inline constexpr Status pin_breaks_policy{0x6020};
inline constexpr Status pin_not_enabled{0x6021};
inline constexpr Status credential_already_registered{0x6026};
inline constexpr Status push_sent{0x6040};
// Of one push, in the answer to pollPushStatus.
inline constexpr Status push_approved{0x7000};
inline constexpr Status push_in_progress{0x7001};
inline constexpr Status push_denied{0x7002};
inline constexpr Status push_changed{0x7003};
inline constexpr Status push_expired{0x7004};
inline constexpr Status push_not_found{0x7005};
inline constexpr Status push_not_completed{0x7006};
inline constexpr Status push_not_authenticated{0x7008};
}  // namespace status

namespace detail {
inline constexpr Detail success{0x0000};
inline constexpr Detail unexpected_value{0x4845};
inline constexpr Detail temporarily_unavailable{0x4879};
inline constexpr Detail second_code_required{0x4923};
inline constexpr Detail temporary_password_length{0x4952};
inline constexpr Detail expiration_date{0x4953};
inline constexpr Detail bad_token_state{0x4990};
inline constexpr Detail token_disabled{0x4993};
inline constexpr Detail invalid_otp{0x49B5};
inline constexpr Detail service_internal_error{0x4E01};
inline constexpr Detail authorization_failed{0x4E03};
inline constexpr Detail unsupported_version{0x4E04};
inline constexpr Detail already_activated{0x4E1B};
inline constexpr Detail invalid_user_input{0x4E3A};
inline constexpr Detail code_expired{0x4E3F};
inline constexpr Detail number_pending{0x7140};
inline constexpr Detail number_failed{0x7141};
}  // namespace detail

template <class Code>
struct CodeText {
  Code code;
  std::string_view text;
};
inline constexpr std::array status_texts{
    CodeText{status::success, "Success"},
    CodeText{status::invalid_account, "Invalid account."},
    CodeText{status::user_already_exists, "User already exists."},
    CodeText{status::user_does_not_exist, "User does not exist."},
    CodeText{status::credential_id_not_valid, "Credential ID is not valid."},
    CodeText{status::internal_error, "Internal error."},
    CodeText{status::invalid_credential_type, "Invalid credential type."},
    CodeText{status::no_binding, "No binding exists between user and credential."},
    CodeText{status::no_enabled_credential,
             "User does not have any enabled credential for the given credential type."},
    CodeText{status::authentication_failed, "Authentication failed."},
    CodeText{status::credential_type_not_supported, "Credential type not supported."},
    CodeText{status::schema_validation_failed, "Schema validation failed."},
    CodeText{status::certificate_revoked, "Client certificate is revoked."},
    CodeText{status::not_authorized, "This account is not authorized to perform the requested operation."},
    CodeText{status::invalid_phone_number, "Invalid phone number."},                 // wording is ours
    CodeText{status::temporary_password_not_set, "Temporary password is not set."},  // wording is ours
    CodeText{status::not_allowed_in_user_status, "Operation not allowed in current user status."},
    CodeText{status::invalid_pin, "Invalid user PIN."},
    CodeText{status::pin_breaks_policy, "User PIN value does not meet policy settings for this account."},
    CodeText{status::pin_not_enabled, "User PIN is not enabled for this account."},
    CodeText{status::credential_already_registered, "Credential is already registered for this account."},
    CodeText{status::push_sent, "Mobile push request sent"},
    CodeText{status::push_approved, "Mobile push request approved by user"},
    CodeText{status::push_in_progress, "Mobile push request in progress"},
    CodeText{status::push_denied, "Mobile push request denied by user"},
    CodeText{status::push_changed, "Mobile push request changed"},
    CodeText{status::push_expired, "Mobile push request expired"},
    CodeText{status::push_not_found, "Mobile push request not found"},
    CodeText{status::push_not_completed, "Mobile push request not completed"},
    CodeText{status::push_not_authenticated, "Could not authenticate user based on requested parameters"},
};
inline constexpr std::array detail_texts{
    CodeText{detail::success, "Success"},
    CodeText{detail::unexpected_value, "Request parameters have an unexpected value or format."},
    CodeText{detail::temporarily_unavailable, "The service is temporarily unavailable"},
    CodeText{detail::second_code_required, "A second consecutive security code is required."},
    CodeText{detail::temporary_password_length, "The temporary password has the wrong number of characters."},
    CodeText{detail::expiration_date, "Expiration date must be later than now and no more than 30 days ahead."},
    CodeText{detail::bad_token_state, "Bad Token State"},
    CodeText{detail::token_disabled, "Operation not allowed on a disabled token"},
    CodeText{detail::invalid_otp, "Failed with an invalid OTP"},
    CodeText{detail::service_internal_error, "Service internal error"},
    CodeText{detail::authorization_failed, "Authorization failed"},
    CodeText{detail::unsupported_version, "Unsupported service protocol version"},
    CodeText{detail::already_activated, "Token has already been activated."},
    CodeText{detail::invalid_user_input, "Invalid user input"},
    CodeText{detail::code_expired, "Security code expired"},
    CodeText{detail::number_pending, "Numbers challenge pending"},
    CodeText{detail::number_failed, "Numbers challenge failed"},
};

// The text on the wire; empty for a code that is not in the tables.
constexpr std::string_view message(Status code) {
  for (const auto& known : status_texts)
    if (known.code == code) return known.text;
  return {};
}
constexpr std::string_view message(Detail code) {
  for (const auto& known : detail_texts)
    if (known.code == code) return known.text;
  return {};
}

}  // namespace sallyport::vip
