#pragma once
// What a piece of work has at hand inside the database thread's transaction, and the account it is for.
#include <memory>
#include <string>

#include "authservice/answered.h"
#include "authservice/lockout.h"
#include "authservice/records.h"
#include "authservice/secret_box.h"
#include "base/time.h"
#include "settings/authservice.h"

namespace sallyport::authservice {

struct Session {
  Records& records;
  Answered& answered;
  const SecretBox& box;
  base::Time now;

  [[nodiscard]] std::int64_t microseconds() const { return now.wall.time_since_epoch().count(); }
};

struct AccountPolicy {
  std::string name;
  LockoutRule lockout;
  settings::LockoutScope scope = settings::LockoutScope::credential_type;
  Windows windows;
};
using AccountPointer = std::shared_ptr<const AccountPolicy>;

inline AccountPolicy policy_of(const settings::Account& account) {
  return {
      account.id,
      {account.lockout_failures},
      account.lockout_scope,
      {account.totp_window, account.totp_sync_window, account.hotp_look_ahead, account.hotp_sync_look_ahead}};
}

}  // namespace sallyport::authservice
