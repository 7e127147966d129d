#include "ldap/result_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::ldap {
namespace {

using enum ResultCode;
constexpr auto names = std::to_array<std::pair<ResultCode, std::string_view>>({
    {success, "success"},
    {operations_error, "operationsError"},
    {protocol_error, "protocolError"},
    {time_limit_exceeded, "timeLimitExceeded"},
    {size_limit_exceeded, "sizeLimitExceeded"},
    {compare_false, "compareFalse"},
    {compare_true, "compareTrue"},
    {auth_method_not_supported, "authMethodNotSupported"},
    {stronger_auth_required, "strongerAuthRequired"},
    {referral, "referral"},
    {admin_limit_exceeded, "adminLimitExceeded"},
    {unavailable_critical_extension, "unavailableCriticalExtension"},
    {confidentiality_required, "confidentialityRequired"},
    {sasl_bind_in_progress, "saslBindInProgress"},
    {no_such_attribute, "noSuchAttribute"},
    {undefined_attribute_type, "undefinedAttributeType"},
    {inappropriate_matching, "inappropriateMatching"},
    {constraint_violation, "constraintViolation"},
    {attribute_or_value_exists, "attributeOrValueExists"},
    {invalid_attribute_syntax, "invalidAttributeSyntax"},
    {no_such_object, "noSuchObject"},
    {alias_problem, "aliasProblem"},
    {invalid_dn_syntax, "invalidDNSyntax"},
    {alias_dereferencing_problem, "aliasDereferencingProblem"},
    {inappropriate_authentication, "inappropriateAuthentication"},
    {invalid_credentials, "invalidCredentials"},
    {insufficient_access_rights, "insufficientAccessRights"},
    {busy, "busy"},
    {unavailable, "unavailable"},
    {unwilling_to_perform, "unwillingToPerform"},
    {loop_detect, "loopDetect"},
    {naming_violation, "namingViolation"},
    {object_class_violation, "objectClassViolation"},
    {not_allowed_on_non_leaf, "notAllowedOnNonLeaf"},
    {not_allowed_on_rdn, "notAllowedOnRDN"},
    {entry_already_exists, "entryAlreadyExists"},
    {object_class_mods_prohibited, "objectClassModsProhibited"},
    {affects_multiple_dsas, "affectsMultipleDSAs"},
    {other, "other"},
});

constexpr std::size_t words_kept = 200;

}  // namespace

std::string_view name_of(ResultCode code) {
  const auto* found = std::ranges::find(names, code, &std::pair<ResultCode, std::string_view>::first);
  return found == names.end() ? "resultCode" : found->second;
}

std::string describe(ResultCode code, std::string_view diagnostic_message) {
  auto words = std::string(diagnostic_message.substr(0, words_kept));
  for (char& c : words) {
    if (c < 0x20 || c > 0x7E) c = c == '\0' ? ' ' : '?';
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  auto out = fmt::format("result {} {}", std::to_underlying(code), name_of(code));
  if (!words.empty()) out += ": " + words;
  return out;
}

BindMeaning meaning_of_bind(ResultCode code) {
  switch (code) {
    case success:
      return BindMeaning::yes;
    case invalid_credentials:
    case no_such_object:  // gone since it was found
      return BindMeaning::wrong_password;
    case constraint_violation:          // locked, in some directories
    case inappropriate_authentication:  // an account without a password
    case insufficient_access_rights:
    case unwilling_to_perform:
      return BindMeaning::account_unusable;
    default:
      return BindMeaning::unavailable;
  }
}

SearchMeaning meaning_of_search(ResultCode code) {
  switch (code) {
    case success:
      return SearchMeaning::complete;
    case size_limit_exceeded:
      return SearchMeaning::more_exist;
    default:
      return SearchMeaning::unavailable;
  }
}

bool asks_for_tls(ResultCode code) {
  return code == stronger_auth_required || code == confidentiality_required;
}

}  // namespace sallyport::ldap
