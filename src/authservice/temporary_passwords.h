#pragma once
// Temporary passwords (facts: vip-api, 4.4): six digits that stand in for a code, for a time or for one login.
// A success with a real credential clears them. Sealed at rest; rows of the database thread.
#include <chrono>
#include <optional>
#include <string>

#include "authservice/outcome.h"
#include "authservice/session.h"
#include "delivery/outbox.h"
#include "vip/types.h"

namespace sallyport::authservice {

struct TemporaryPassword {
  base::Secret password;
  std::int64_t expires = 0;
  bool one_time = false;
  std::int64_t failures = 0;
};
// That is good now; nothing also where its secret does not open.
std::optional<TemporaryPassword> temporary_password_of(Session&, const User&);
bool matches(const TemporaryPassword&, const Codes&);
void clear_temporary_password(Session&, User&);
// One more wrong code; true when it was the last, which clears the password.
bool count_against_temporary_password(Session&, User&, const TemporaryPassword&, const LockoutRule&);

// Until when; nothing: not later than now, or more than 30 days ahead (4953).
inline constexpr std::chrono::hours longest_temporary_password{24 * 30};
std::optional<std::int64_t> expiry_of(std::optional<base::WallTime> asked, std::chrono::seconds by_default,
                                      base::WallTime now);

struct TemporaryPasswordSetting {
  AccountPointer account;
  std::string prepared_user;
  std::optional<base::Secret> password;  // absent: drawn, and told in the outcome
  vip::TemporaryPasswordAttributes attributes;
  std::optional<delivery::Delivery> to;  // kind and destination
};
Outcome set_temporary_password(Session&, const TemporaryPasswordSetting&);
Outcome clear_temporary_password(Session&, const AccountPolicy&, const std::string& prepared_user);
Outcome set_temporary_password_attributes(Session&, const AccountPolicy&, const std::string& prepared_user,
                                          const vip::TemporaryPasswordAttributes&);
std::expected<vip::TemporaryPasswordAttributes, vip::Status> temporary_password_attributes(
    Session&, const AccountPolicy&, const std::string& prepared_user);

// In a transaction of the caller's.
void forget_old_temporary_passwords(store::Queries&, std::int64_t now);
void reseal_temporary_passwords(store::Queries&, const SecretBox&);

}  // namespace sallyport::authservice
