#pragma once
// What a login is made of, as values: what was asked, what the factors came to, and the verdict. Two kinds of
// reason are kept apart. `Reason` is the stable number that the user and the RADIUS client see
// (docs/reasons.md); it tells an attacker nothing. `Cause` is the detail for the log.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace sallyport::validation {

enum class Mode { code, password_code };

enum class FirstFactor {  // what the user store said
  not_asked,              // mode code without a look-up
  good,                   // the bind succeeded, or (mode code) the look-up found exactly one entry
  refused,                // wrong password, unknown user, account disabled
  unavailable,            // a store that had to be asked could not be
};
enum class SecondFactor {
  not_asked,
  good,
  refused,
  unavailable,  // no verdict of the service, twice
};
enum class Verdict { accept, reject, silent };

enum class Reason : std::uint8_t {  // docs/reasons.md
  success = 0,
  refused = 1,         // user, password, code: never which
  not_acceptable = 2,  // the request cannot be judged: CHAP, EAP, no password, ...
  user_store_unreachable = 6,
  service_unreachable = 7,
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
  wrong_code,
  no_credential,
  user_disabled_at_service,
  unknown_at_service,
  refused_by_service,
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
  own_mistake,
};
inline constexpr std::size_t first_factors = 4, second_factors = 4, verdicts = 3, causes = 27;

// Words for the log and for metrics' labels: the enumerators' own.
std::string_view to_string(Cause);
std::string_view to_string(Reason);
std::string_view to_string(FirstFactor);
std::string_view to_string(SecondFactor);
std::string_view to_string(Verdict);
std::string_view to_string(Mode);

struct Policy {  // of one validation server, and of the client
  Mode mode = Mode::password_code;
  int code_digits = 6;
  bool look_up_user = true;
  bool silent_when_user_store_unreachable = false;
  bool silent_when_service_unreachable = false;
  base::Duration patience{};       // of the RADIUS client, counted from arrival
  base::Duration reject_delay{};   // from arrival
  base::Duration service_limit{};  // of one exchange with the service
};

struct Attempt {
  std::string
      user_name;  // prepared and checked as text (text::); without a look-up it is what the service is asked
  base::Secret password;  // the password field, unhidden
  base::Time arrival;
  std::string request_id;   // drawn at random for this login; the same for both sendings
  base::Duration jitter{};  // drawn at random; added to reject_delay
};

}  // namespace sallyport::validation
