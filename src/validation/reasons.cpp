#include "validation/reasons.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/invariant.h"
#include "validation/verdict_table.h"

namespace sallyport::validation {
namespace {

struct ReasonLine {
  Reason reason;
  std::string_view word, reply, meaning;
};
constexpr auto reason_lines = std::to_array<ReasonLine>({
    {Reason::success, "success", "reason=0 Access granted",
     "Both factors that this validation server asks for were good."},
    {Reason::refused, "refused", "reason=1 Access denied",
     "User, password or code was refused. Which of them stands in the log only."},
    {Reason::not_acceptable, "not_acceptable", "reason=2 This kind of request is not supported",
     "The request carries no password that can be checked: set the RADIUS client to PAP."},
    {Reason::user_store_unreachable, "user_store_unreachable", "reason=6 User store is not accessible",
     "The user store could not be asked. Nothing was found wrong with the password."},
    {Reason::service_unreachable, "service_unreachable", "reason=7 Authentication service is not accessible",
     "The authentication service gave no verdict. Nothing was found wrong with the code."},
    {Reason::password_expired, "password_expired", "reason=8 Password has expired",
     "Only with `tell_user`, as the four that follow."},
    {Reason::password_must_change, "password_must_change", "reason=9 Password must be changed",
     "The user must change the password before signing in here."},
    {Reason::account_disabled, "account_disabled", "reason=10 Account is disabled",
     "The user store says so; nothing is said of the password."},
    {Reason::account_locked, "account_locked", "reason=11 Account is locked",
     "The user store says so; nothing is said of the password."},
    {Reason::account_expired, "account_expired", "reason=12 Account has expired",
     "The user store says so; nothing is said of the password."},
    {Reason::more_is_asked, "more_is_asked", "reason=13 More is asked",
     "Of an Access-Challenge, in the log only: its Reply-Message is the prompt of the settings."},
    {Reason::denied_in_outage, "denied_in_outage",
     "reason=14 Your security code cannot be checked now, and without it you cannot sign in",
     "The ladder of business continuity lets this user not in; both factors will, when the service is back."},
    {Reason::append_code, "append_code", "reason=15 Append your security code to your password",
     "The authentication service is lost and cannot be asked for a push: the code must be typed."},
});

struct CauseLine {
  Cause cause;
  std::string_view word;
  Reason reason;
  std::string_view meaning;
};
constexpr std::array<CauseLine, causes> cause_lines{{
    {Cause::none, "none", Reason::refused, "The login was accepted."},
    {Cause::unknown_user, "unknown_user", Reason::refused, "No user store knows the user."},
    {Cause::ambiguous_user, "ambiguous_user", Reason::refused,
     "Two entries of one user store match the user name: make the filter or the directory unambiguous."},
    {Cause::wrong_password, "wrong_password", Reason::refused, "The user store refused the password."},
    {Cause::password_expired, "password_expired", Reason::refused, "The user's password has expired."},
    {Cause::password_must_change, "password_must_change", Reason::refused,
     "The user must change the password before the first login."},
    {Cause::account_disabled, "account_disabled", Reason::refused, "The account is disabled."},
    {Cause::account_locked, "account_locked", Reason::refused,
     "The account is locked after too many failures."},
    {Cause::account_expired, "account_expired", Reason::refused, "The account has expired."},
    {Cause::account_unusable, "account_unusable", Reason::refused,
     "The user store refused for another reason than the password; it stands beside it in the log."},
    {Cause::not_in_required_group, "not_in_required_group", Reason::refused,
     "The user is in none of the validation server's `required_groups`."},
    {Cause::too_many_failures, "too_many_failures", Reason::refused,
     "Too many failures of this user or client lately (`[guard]`): nothing was asked."},
    {Cause::wrong_code, "wrong_code", Reason::refused,
     "The service refused the code (6009): wrong, too old, or used already."},
    {Cause::no_credential, "no_credential", Reason::refused,
     "The user has no credential, or none that is enabled, at the service (6007, 6008)."},
    {Cause::user_disabled_at_service, "user_disabled_at_service", Reason::refused,
     "The user's status at the service does not allow it (601B)."},
    {Cause::unknown_at_service, "unknown_at_service", Reason::refused,
     "The service does not know the user (6003)."},
    {Cause::refused_by_service, "refused_by_service", Reason::refused,
     "The service refused with another status; it stands beside it in the log."},
    {Cause::push_denied, "push_denied", Reason::refused, "The user denied the push (7002)."},
    {Cause::push_unanswered, "push_unanswered", Reason::refused,
     "The push was not answered in time (7001, 7004)."},
    {Cause::push_failed, "push_failed", Reason::refused,
     "The push ended in another way; its status stands beside it in the log."},
    {Cause::push_paused, "push_paused", Reason::refused,
     "A push of this user was denied or left unanswered: the next waits 1, 2, 4, ... minutes. Codes work."},
    {Cause::two_at_once, "two_at_once", Reason::refused,
     "A push of this user is waiting already, for another login. Perhaps somebody knows the password."},
    {Cause::push_needs_number, "push_needs_number", Reason::refused,
     "The push shows a number to be chosen, and this client shows no challenges that could tell it."},
    {Cause::stale_challenge, "stale_challenge", Reason::refused,
     "The State is none of ours, too old, another user's or client's, or was answered before."},
    {Cause::no_such_choice, "no_such_choice", Reason::refused,
     "The answer to a choice is neither one of its numbers nor a code."},
    {Cause::malformed_user_name, "malformed_user_name", Reason::refused,
     "The user name is missing, empty, too long, or not text that may name a user."},
    {Cause::malformed_password, "malformed_password", Reason::refused,
     "The password field is not UTF-8 padded with NUL, or holds a NUL."},
    {Cause::empty_password, "empty_password", Reason::refused,
     "No password stands before the code. An empty password is never sent to a directory."},
    {Cause::not_a_code, "not_a_code", Reason::refused,
     "Mode code: the password field is not exactly code_digits digits."},
    {Cause::no_code_in_password, "no_code_in_password", Reason::refused,
     "Mode password_code: the password field does not end in code_digits digits."},
    {Cause::chap, "chap", Reason::not_acceptable, "The client uses CHAP, which hides the password from us."},
    {Cause::ms_chap, "ms_chap", Reason::not_acceptable,
     "The client uses MS-CHAP, which hides the password from us."},
    {Cause::eap, "eap", Reason::not_acceptable, "The client uses EAP."},
    {Cause::no_password, "no_password", Reason::not_acceptable,
     "The request holds no User-Password, or more than one."},
    {Cause::user_store_unreachable, "user_store_unreachable", Reason::user_store_unreachable,
     "A user store that had to be asked could not be."},
    {Cause::service_unreachable, "service_unreachable", Reason::service_unreachable,
     "Neither sending of the code brought a verdict within the client's patience."},
    {Cause::denied_by_ladder, "denied_by_ladder", Reason::denied_in_outage,
     "The service is lost, and the ladder of business continuity does not let this user in."},
    {Cause::silent_by_ladder, "silent_by_ladder", Reason::service_unreachable,
     "The service is lost, and the ladder says that another gateway shall be asked."},
    {Cause::not_recorded, "not_recorded", Reason::service_unreachable,
     "A rung would have let the user in, but its line in the continuity record could not be made durable."},
    {Cause::append_code, "append_code", Reason::append_code,
     "The service is lost, and no digits were typed, without which no rung lets anybody in."},
    {Cause::own_mistake, "own_mistake", Reason::refused,
     "The gateway came into a state that must not be. Please report it, with the log."},
}};

const ReasonLine& line_of(Reason reason) {
  for (const auto& line : reason_lines)
    if (line.reason == reason) return line;
  base::invariant_broken("every reason has a line", __FILE__, __LINE__);
}

const CauseLine& line_of(Cause cause) {
  const auto& line = cause_lines.at(static_cast<std::size_t>(cause));
  SALLYPORT_INVARIANT(line.cause == cause);
  return line;
}

}  // namespace

std::string_view to_string(Reason reason) { return line_of(reason).word; }
std::string_view to_string(Cause cause) { return line_of(cause).word; }
std::string_view reply_text(Reason reason) { return line_of(reason).reply; }
Reason reason_of(Cause cause) { return line_of(cause).reason; }

Reason own_reason_of(Cause cause) {
  switch (cause) {
    case Cause::password_expired:
      return Reason::password_expired;
    case Cause::password_must_change:
      return Reason::password_must_change;
    case Cause::account_disabled:
      return Reason::account_disabled;
    case Cause::account_locked:
      return Reason::account_locked;
    case Cause::account_expired:
      return Reason::account_expired;
    default:
      return reason_of(cause);
  }
}

std::string reasons_markdown() {
  std::string out =
      "# Reasons\n\n"
      "Written by `validation/reasons.cpp`; a test compares. A number never changes its meaning. Every reply "
      "carries its\n"
      "number and text in Reply-Message; every refusal of user, password or code carries the same one, so that "
      "nobody\n"
      "learns which was wrong. The cause stands in the audit line of the login only.\n\n"
      "## What the user sees\n\n| reason | Reply-Message | meaning |\n|---|---|---|\n";
  auto to = std::back_inserter(out);
  for (const auto& l : reason_lines)
    fmt::format_to(to, "| {} `{}` | `{}` | {} |\n", static_cast<int>(l.reason), l.word, l.reply, l.meaning);
  out += "\n## What the log says\n\n| cause | reason | meaning |\n|---|---|---|\n";
  for (const auto& l : cause_lines)
    fmt::format_to(to, "| `{}` | {} | {} |\n", l.word, l.cause == Cause::none ? 0 : static_cast<int>(l.reason),
                   l.meaning);
  return out + "\n" + verdict_markdown();
}

}  // namespace sallyport::validation
