#include "directory/bind_verdict.h"

#include <optional>

#include "ldap/ad_detail.h"

namespace sallyport::directory {
namespace {

Outcome outcome_of(ldap::PasswordPolicyWord word) {
  switch (word) {
    case ldap::PasswordPolicyWord::password_expired:
      return Outcome::password_expired;
    case ldap::PasswordPolicyWord::account_locked:
      return Outcome::account_locked;
    case ldap::PasswordPolicyWord::password_must_change:
      return Outcome::password_must_change;
  }
  return Outcome::account_unusable;
}

Outcome outcome_of(ldap::ActiveDirectoryDetail detail) {
  using enum ldap::ActiveDirectoryDetail;
  switch (detail) {
    case user_not_found:
    case wrong_password:
      return Outcome::wrong_password;
    case password_expired:
      return Outcome::password_expired;
    case password_must_change:
      return Outcome::password_must_change;
    case account_disabled:
      return Outcome::account_disabled;
    case account_locked:
      return Outcome::account_locked;
    case account_expired:
      return Outcome::account_expired;
    case account_restricted:
    case logon_time_restricted:
    case workstation_restricted:
    case logon_type_not_granted:
      return Outcome::account_unusable;
  }
  return Outcome::account_unusable;
}

BindVerdict refused(const Reply& reply, std::string words) {
  if (const auto told = ldap::active_directory_detail(reply.diagnostic_message)) {
    words += " (" + std::string(to_string(*told)) + ")";
    return {outcome_of(*told), std::move(words), *told == ldap::ActiveDirectoryDetail::user_not_found};
  }
  return {Outcome::wrong_password, std::move(words), reply.code == ldap::ResultCode::no_such_object};
}

}  // namespace

BindVerdict verdict_of_bind(const Reply& reply) {
  auto words = ldap::describe(reply.code, reply.diagnostic_message);
  const auto meaning = ldap::meaning_of_bind(reply.code);
  if (reply.policy && meaning != ldap::BindMeaning::unavailable) {
    words += " (" + std::string(to_string(*reply.policy)) + ")";
    return {outcome_of(*reply.policy), std::move(words)};
  }
  switch (meaning) {
    case ldap::BindMeaning::yes:
      return {Outcome::good, std::move(words)};
    case ldap::BindMeaning::account_unusable:
      return {Outcome::account_unusable, std::move(words)};
    case ldap::BindMeaning::wrong_password:
      return refused(reply, std::move(words));
    case ldap::BindMeaning::unavailable:
      break;
  }
  if (ldap::asks_for_tls(reply.code)) words += " (the directory refuses binds in clear text)";
  return {Outcome::unavailable, std::move(words)};
}

}  // namespace sallyport::directory
