#include "ldap/ad_detail.h"

#include <charconv>

namespace sallyport::ldap {

std::optional<ActiveDirectoryDetail> active_directory_detail(std::string_view diagnostic_message) {
  using enum ActiveDirectoryDetail;
  constexpr std::string_view marker = ", data ";
  const auto found = diagnostic_message.find(marker);
  if (found == std::string_view::npos) return std::nullopt;
  const auto digits = diagnostic_message.substr(found + marker.size(), 8);
  unsigned number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (read.ec != std::errc{}) return std::nullopt;
  if (read.ptr != digits.data() + digits.size() && *read.ptr != ',' && *read.ptr != ' ' && *read.ptr != '\0') {
    return std::nullopt;
  }
  switch (number) {
    case 0x525:
      return user_not_found;
    case 0x56:
    case 0x52e:
      return wrong_password;
    case 0x52f:
      return account_restricted;
    case 0x530:
      return logon_time_restricted;
    case 0x531:
      return workstation_restricted;
    case 0x532:
      return password_expired;
    case 0x533:
      return account_disabled;
    case 0x569:
      return logon_type_not_granted;
    case 0x701:
      return account_expired;
    case 0x773:
      return password_must_change;
    case 0x775:
      return account_locked;
    default:
      return std::nullopt;
  }
}

std::string_view to_string(ActiveDirectoryDetail detail) {
  switch (detail) {
    case ActiveDirectoryDetail::user_not_found:
      return "user not found";
    case ActiveDirectoryDetail::wrong_password:
      return "wrong password";
    case ActiveDirectoryDetail::account_restricted:
      return "account restricted";
    case ActiveDirectoryDetail::logon_time_restricted:
      return "not permitted to log on at this time";
    case ActiveDirectoryDetail::workstation_restricted:
      return "not permitted to log on from this host";
    case ActiveDirectoryDetail::password_expired:
      return "password expired";
    case ActiveDirectoryDetail::account_disabled:
      return "account disabled";
    case ActiveDirectoryDetail::logon_type_not_granted:
      return "this kind of logon is not granted";
    case ActiveDirectoryDetail::account_expired:
      return "account expired";
    case ActiveDirectoryDetail::password_must_change:
      return "password must be changed";
    case ActiveDirectoryDetail::account_locked:
      return "account locked";
  }
  return "unknown";
}

bool is_about_the_account(ActiveDirectoryDetail detail) {
  return detail != ActiveDirectoryDetail::user_not_found && detail != ActiveDirectoryDetail::wrong_password;
}

}  // namespace sallyport::ldap
