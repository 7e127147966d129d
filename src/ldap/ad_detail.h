#pragma once
// Active Directory answers every refused bind with result 49 and hides the cause in the diagnostic message:
// "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data 52e, v4563". The number after
// "data" is a Windows error in hexadecimal (WinError.h).
#include <optional>
#include <string_view>

namespace sallyport::ldap {

enum class ActiveDirectoryDetail {
  user_not_found,          // 525
  wrong_password,          // 52e, and 56
  account_restricted,      // 52f
  logon_time_restricted,   // 530
  workstation_restricted,  // 531
  password_expired,        // 532
  account_disabled,        // 533
  logon_type_not_granted,  // 569
  account_expired,         // 701
  password_must_change,    // 773
  account_locked,          // 775
};

std::optional<ActiveDirectoryDetail> active_directory_detail(std::string_view diagnostic_message);
std::string_view to_string(ActiveDirectoryDetail);  // "account disabled"
// Neither the password nor the name was what the directory refused.
bool is_about_the_account(ActiveDirectoryDetail);

}  // namespace sallyport::ldap
