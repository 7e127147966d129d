#pragma once
// What a piece of work has at hand inside the database thread's transaction, and the account it is for.
#include <memory>
#include <string>

#include "authservice/answered.h"
#include "authservice/guesses.h"
#include "authservice/lockout.h"
#include "authservice/pin_policy.h"
#include "authservice/push_transactions.h"
#include "authservice/records.h"
#include "authservice/secret_box.h"
#include "base/time.h"
#include "settings/authservice.h"

namespace sallyport::authservice {

struct Session {
  Records& records;
  Answered& answered;
  Guesses& guesses;
  PushTransactions& pushes;
  const SecretBox& box;
  base::Time now;

  [[nodiscard]] std::int64_t microseconds() const { return now.wall.time_since_epoch().count(); }
};

// Runs `run` for a request that comes for the first time and keeps its outcome with what it did; a repeated
// one gets the outcome of the first, and nothing is sent again. A service error is not kept: it did nothing,
// and the next try may do better.
template <class Run>
Outcome once(Session& session, const std::optional<RequestMark>& mark, Run run) {
  if (!mark) return run();
  auto before = session.answered.find(*mark, session.now);
  constexpr std::string_view place = "handed out";
  if (before) {
    before->why = Why::repeated;
    if (auto secret = session.box.open(before->sealed_handed_out, before->sealed_with, {}, place))
      before->handed_out = std::move(*secret);
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
  Outcome first = run();
  if (!first.handed_out.empty()) {
    first.sealed_handed_out = session.box.seal(first.handed_out.reveal_octets(), {}, place);
    first.sealed_with = session.box.key_id();
  }
  if (first.status != vip::status::internal_error) session.answered.keep(*mark, first, session.now);
  return first;
}

struct AccountPolicy {
  std::string name;
  LockoutRule lockout;
  settings::LockoutScope scope = settings::LockoutScope::credential_type;
  Windows windows;
  GuessBound guesses{};
  PinPolicy pins{};
  PushPolicy pushes{};
  std::chrono::seconds sent_code_life{300};
  int sent_code_limit = 10;  // to one address within an hour; 0: any number
  std::chrono::seconds temporary_password_life{86'400};
};
using AccountPointer = std::shared_ptr<const AccountPolicy>;

inline AccountPolicy policy_of(const settings::Account& account) {
  return {
      account.id,
      {account.lockout_failures},
      account.lockout_scope,
      {account.totp_window, account.totp_sync_window, account.hotp_look_ahead, account.hotp_sync_look_ahead},
      {account.guess_limit, account.guess_time},
      {account.pin_enabled, account.pin_min_length, account.pin_simple_allowed, account.pin_life},
      {account.push_life, account.push_life_limit, account.push_limit, account.push_numbers},
      account.sent_code_life,
      account.sent_code_limit,
      account.temporary_password_life};
}

}  // namespace sallyport::authservice
