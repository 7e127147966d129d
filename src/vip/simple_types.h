#pragma once
// The simple types of the schema (facts: vip-api, 3.1): lengths in characters, not octets, and alphabets. One
// table serves the checks on both sides of the wire and the schema that we publish.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::vip {

enum class Alphabet : std::uint8_t {
  any,
  letters_and_digits,
  word,
  credential_id,
  version,
  digits,
  language,
  phone_number,
  email_address,
  credential_id_or_email,
};

struct SimpleType {
  std::string_view name;
  std::size_t min;
  std::size_t max;
  Alphabet alphabet = Alphabet::any;
  std::size_t accepted_min = min;  // what we accept from others, where that is less than the schema's
};

namespace simple {
// Clients are known that send fewer than four characters of request id.
inline constexpr SimpleType request_id{"RequestIdType", 4, 40, Alphabet::word, 1};
inline constexpr SimpleType account_id{"AccountIdType", 3, 50, Alphabet::letters_and_digits};
inline constexpr SimpleType user_id{"UserIdType", 1, 128};
inline constexpr SimpleType credential_id{"CredentialIdType", 4, 100, Alphabet::credential_id};
// In 1.10 an e-mail credential is named by its address.
inline constexpr SimpleType credential_id_1_10{"CredentialIdType", 4, 100, Alphabet::credential_id_or_email};
inline constexpr SimpleType credential_status{"CredentialStatusType", 1, 50};
inline constexpr SimpleType friendly_name{"FriendlyNameType", 1, 125};
inline constexpr SimpleType client_version{"ClientVersionType", 1, 10, Alphabet::version};
inline constexpr SimpleType client_type{"ClientTypeType", 1, 20};
inline constexpr SimpleType otp{"OtpType", 6, 10, Alphabet::letters_and_digits};
inline constexpr SimpleType pin{"PinType", 4, 128};
inline constexpr SimpleType authn_id{"AuthnIdType", 4, 30};
inline constexpr SimpleType push_transaction_id{"PushTransactionIdType", 4, 16, Alphabet::word};
inline constexpr SimpleType key{"KeyType", 1, 125};
inline constexpr SimpleType value{"ValueType", 0, 250};
inline constexpr SimpleType temporary_password{"TemporaryPasswordType", 6, 6, Alphabet::digits};
inline constexpr SimpleType phone_number{"PhoneNumberType", 5, 41, Alphabet::phone_number};
inline constexpr SimpleType sms_from{"SmsFromType", 3, 20, Alphabet::digits};
inline constexpr SimpleType message_template{"SmsMessageTemplateType", 5, 140};
inline constexpr SimpleType gateway_id{"GatewayIdType", 1, 15};
inline constexpr SimpleType gateway_password{"GatewayPasswordType", 1, 64};
inline constexpr SimpleType language{"LanguageType", 1, 35, Alphabet::language};
inline constexpr SimpleType email_address{"EmailAddressType", 4, 100, Alphabet::email_address};
inline constexpr SimpleType numbers_challenge{"NumbersChallengeValueType", 2, 2, Alphabet::digits};
inline constexpr SimpleType form_factor{"FormFactorType", 1, 64};
inline constexpr SimpleType text{"string", 0, 4096};  // xs:string; the limit is ours
}  // namespace simple

// The alphabet as a pattern of XML Schema; empty for any.
std::string_view pattern_of(Alphabet alphabet);

// "6 to 10 letters or digits".
std::string expected_of(const SimpleType& type);
// Empty when `text` is of the type; else what it must be, without a word of `text` in it ("must have 6 to 10
// letters or digits"). Text that is not UTF-8, or that XML cannot hold, is of no type.
std::string why_not(const SimpleType& type, std::string_view text);

// A field that is not as the schema says, for a person.
struct FieldError {
  std::string field;  // the element's name; "otpAuthData/otp" within another
  std::string reason;
};

}  // namespace sallyport::vip
