#pragma once
// Result codes (RFC 4511 section 4.1.9 and appendix A) and what each means for a login. Only success is a yes:
// every code that is not listed, now or in a later directory, is none.
#include <string>
#include <string_view>

namespace sallyport::ldap {

enum class ResultCode : int {
  success = 0,
  operations_error = 1,
  protocol_error = 2,
  time_limit_exceeded = 3,
  size_limit_exceeded = 4,
  compare_false = 5,
  compare_true = 6,
  auth_method_not_supported = 7,
  stronger_auth_required = 8,
  referral = 10,
  admin_limit_exceeded = 11,
  unavailable_critical_extension = 12,
  confidentiality_required = 13,
  sasl_bind_in_progress = 14,
  no_such_attribute = 16,
  undefined_attribute_type = 17,
  inappropriate_matching = 18,
  constraint_violation = 19,
  attribute_or_value_exists = 20,
  invalid_attribute_syntax = 21,
  no_such_object = 32,
  alias_problem = 33,
  invalid_dn_syntax = 34,
  alias_dereferencing_problem = 36,
  inappropriate_authentication = 48,
  invalid_credentials = 49,
  insufficient_access_rights = 50,
  busy = 51,
  unavailable = 52,
  unwilling_to_perform = 53,
  loop_detect = 54,
  naming_violation = 64,
  object_class_violation = 65,
  not_allowed_on_non_leaf = 66,
  not_allowed_on_rdn = 67,
  entry_already_exists = 68,
  object_class_mods_prohibited = 69,
  affects_multiple_dsas = 71,
  other = 80,
};

// "invalidCredentials", as the RFC has it; "resultCode" for those it does not know.
std::string_view name_of(ResultCode);
// "result 49 invalidCredentials: 80090308: ..."; the directory's words are cut at 200 octets and made
// printable.
std::string describe(ResultCode, std::string_view diagnostic_message);

enum class BindMeaning {
  yes,
  wrong_password,    // of this account; or no such account
  account_unusable,  // the directory refuses this account, whatever the password
  unavailable,       // nothing was said about the account
};
BindMeaning meaning_of_bind(ResultCode);

enum class SearchMeaning {
  complete,     // what was sent is all there is
  more_exist,   // than the size limit lets through
  unavailable,  // the store cannot be asked: also when the base is missing (RFC 4511's noSuchObject)
};
SearchMeaning meaning_of_search(ResultCode);

// A directory that asks for TLS (strongerAuthRequired, confidentialityRequired): what the operator must change.
bool asks_for_tls(ResultCode);

}  // namespace sallyport::ldap
