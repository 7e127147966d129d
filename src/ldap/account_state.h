#pragma once
// Whether an entry's attributes say that its account may not be used: what a bind would tell, where there is no
// bind. Active Directory: userAccountControl, msDS-User-Account-Control-Computed (or lockoutTime where a
// directory does not compute it), accountExpires. OpenLDAP: pwdAccountLockedTime, which stays until the next
// good bind, even when the time of the lock is over. 389 Directory Server: nsAccountLock. Passwords that are
// expired are no matter here: no password is asked for.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sallyport::ldap {

enum class AccountState { usable, disabled, locked, expired, unreadable };
struct AccountFinding {
  AccountState state = AccountState::usable;
  std::string_view attribute;  // that says so; empty when usable
};

const std::vector<std::string>& account_attributes();  // what to ask an entry for
// `value_of` gives the first value of an attribute; empty: the entry has none.
AccountFinding account_state(const std::function<std::string_view(std::string_view)>& value_of,
                             base::WallTime now);
std::string_view to_string(AccountState);

}  // namespace sallyport::ldap
