#pragma once
// What a piece of work has at hand inside the database thread's transaction, and the account it is for.
#include <memory>
#include <string>

#include "authservice/answered.h"
#include "authservice/guesses.h"
#include "authservice/lockout.h"
#include "authservice/records.h"
#include "authservice/secret_box.h"
#include "base/time.h"
#include "settings/authservice.h"

namespace sallyport::authservice {

struct Session {
  Records& records;
  Answered& answered;
  Guesses& guesses;
  const SecretBox& box;
  base::Time now;

  [[nodiscard]] std::int64_t microseconds() const { return now.wall.time_since_epoch().count(); }
};

// Runs `work` for a request that comes for the first time and keeps its outcome with what it did; a repeated
// one gets the outcome of the first. A service error is not kept: it did nothing, and the next try may do
// better.
template <class Run>
Outcome once(Session& session, const std::optional<RequestMark>& mark, Run run) {
  if (!mark) return run();
  auto before = session.answered.find(*mark, session.now);
  if (before) {
    before->why = Why::repeated;
    return *before;
  }
  switch (before.error()) {
    case Repeated::another_body:
      return outcome(vip::status::schema_validation_failed, Why::repeated_with_another_body);
    case Repeated::full:
      return outcome(vip::status::internal_error, vip::detail::temporarily_unavailable, Why::too_many_waiting);
    case Repeated::first_time:
      break;
  }
  auto first = run();
  if (first.status != vip::status::internal_error) session.answered.keep(*mark, first, session.now);
  return first;
}

struct AccountPolicy {
  std::string name;
  LockoutRule lockout;
  settings::LockoutScope scope = settings::LockoutScope::credential_type;
  Windows windows;
  GuessBound guesses{};
};
using AccountPointer = std::shared_ptr<const AccountPolicy>;

inline AccountPolicy policy_of(const settings::Account& account) {
  return {
      account.id,
      {account.lockout_failures},
      account.lockout_scope,
      {account.totp_window, account.totp_sync_window, account.hotp_look_ahead, account.hotp_sync_look_ahead},
      {account.guess_limit, account.guess_time}};
}

}  // namespace sallyport::authservice
