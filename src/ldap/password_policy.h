#pragma once
// What the password policy control of a bind's answer says (draft-behera-ldap-password-policy-10 section 6.2),
// where it is about the account: OpenLDAP's ppolicy and others.
#include <string_view>

namespace sallyport::ldap {

enum class PasswordPolicyWord {
  password_expired,      // 0
  account_locked,        // 1
  password_must_change,  // 2, changeAfterReset: also beside success, and then nothing else is allowed
};

constexpr std::string_view to_string(PasswordPolicyWord word) {
  switch (word) {
    case PasswordPolicyWord::password_expired:
      return "password expired";
    case PasswordPolicyWord::account_locked:
      return "account locked";
    case PasswordPolicyWord::password_must_change:
      return "password must be changed";
  }
  return "unknown";
}

}  // namespace sallyport::ldap
