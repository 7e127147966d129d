#pragma once
// What a login is made of, as values: what was asked, what the factors came to, and the verdict. Two kinds of
// reason are kept apart. `Reason` is the stable number that the user and the RADIUS client see
// (docs/reasons.md); it tells an attacker nothing. `Cause` is the detail for the log.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "continuity/ladder.h"
#include "continuity/snapshot.h"

namespace sallyport::validation {

enum class Mode { code, password_code, pin_code, challenge };
inline constexpr std::size_t modes = 4;
enum class Method : std::uint8_t { code, push, sms, voice, email };  // how a user proves the second factor
inline constexpr std::size_t methods = 5;

enum class FirstFactor {  // what the user store said
  not_asked,              // modes code and pin_code without a look-up; not yet, with second_factor_first
  good,                   // the bind succeeded, or (code, pin_code) the look-up found exactly one entry
  refused,                // wrong password, unknown user, account disabled
  unavailable,            // a store that had to be asked could not be
};
enum class SecondFactor {
  not_asked,
  good,
  refused,
  unavailable,  // no verdict of the service, twice
};
enum class Verdict { accept, reject, silent, challenge };  // challenge: no verdict yet, the user is asked on

enum class Reason : std::uint8_t {  // docs/reasons.md
  success = 0,
  refused = 1,         // user, password, code: never which
  not_acceptable = 2,  // the request cannot be judged: CHAP, EAP, no password, ...
  user_store_unreachable = 6,
  service_unreachable = 7,
  password_expired = 8,  // these only where the settings tell them to users
  password_must_change = 9,
  account_disabled = 10,
  account_locked = 11,
  account_expired = 12,
  more_is_asked = 13,     // a challenge
  denied_in_outage = 14,  // by the ladder of business continuity
  append_code = 15,
};

enum class Cause : std::uint8_t {
  none,
  unknown_user,
  ambiguous_user,
  wrong_password,
  password_expired,
  password_must_change,
  account_disabled,
  account_locked,
  account_expired,
  account_unusable,
  not_in_required_group,
  too_many_failures,
  wrong_code,
  no_credential,
  user_disabled_at_service,
  unknown_at_service,
  refused_by_service,
  push_denied,
  push_unanswered,
  push_failed,
  push_paused,
  two_at_once,
  push_needs_number,
  stale_challenge,
  no_such_choice,
  malformed_user_name,
  malformed_password,
  empty_password,
  not_a_code,
  no_code_in_password,
  chap,
  ms_chap,
  eap,
  no_password,
  user_store_unreachable,
  service_unreachable,
  denied_by_ladder,
  silent_by_ladder,
  not_recorded,
  append_code,
  own_mistake,
};
inline constexpr std::size_t first_factors = 4, second_factors = 4, verdicts = 4, causes = 41, reasons = 16;

// Words for the log and for metrics' labels: the enumerators' own.
std::string_view to_string(Cause);
std::string_view to_string(Reason);
std::string_view to_string(FirstFactor);
std::string_view to_string(SecondFactor);
std::string_view to_string(Verdict);
std::string_view to_string(Mode);
std::string_view to_string(Method);

struct Policy {  // of one validation server, and of the client
  Mode mode = Mode::password_code;
  int code_digits = 6;
  bool look_up_user = true;
  bool silent_when_user_store_unreachable = false;
  bool silent_when_service_unreachable = false;
  // The code is verified before the password is tried, so that sprayed passwords lock nobody out
  // (password_code).
  bool second_factor_first = false;
  std::vector<Method> methods{Method::push, Method::code};  // without a typed code; in the settings' order
  bool asks_which = true;                                   // a user with several methods gets a choice
  bool shows_challenges = false;                            // of the client
  std::vector<std::string> required_groups;  // one of them, as in directory::Wanted; none: no rule
  std::vector<Cause> told;                   // causes that a user may see a reason of its own for
  base::Duration push_life{};
  base::Duration patience{};       // of the RADIUS client, counted from arrival
  base::Duration reject_delay{};   // from arrival
  base::Duration service_limit{};  // of one exchange with the service
  continuity::Ladders ladders;     // while the service is lost
  continuity::Profile profile{};
  bool first_factor_elsewhere = false;  // without a look-up: a rung may let in all the same
};

struct Offer {  // one way of going on
  Method method{};
  std::uint8_t place = 0;  // of several destinations of one method, from 0
  friend bool operator==(const Offer&, const Offer&) = default;
};
// What lies between a challenge and its answer. The door seals it into State; the gateway keeps nothing.
struct Challenged {
  enum class Asks : std::uint8_t { code, choice, push, again };  // again: the rules have changed meanwhile
  Asks asks{};
  std::vector<Offer> offers = {};   // choice: as they were shown, from 1
  std::string transaction_id = {};  // of a push that is on its way; empty: none
  std::string number = {};          // to be chosen on the phone, for that push
};

std::string_view to_string(Challenged::Asks);

struct Attempt {
  std::string
      user_name;  // prepared and checked as text (text::); without a look-up it is what the service is asked
  base::Secret password;  // the password field, unhidden
  base::Time arrival;
  std::string request_id;   // drawn at random; the same for both sendings of a question. At most 39 characters
  base::Duration jitter{};  // drawn at random; added to reject_delay
  std::optional<Challenged> challenged;  // this attempt answers that challenge; the first factor was good then
};

}  // namespace sallyport::validation
