#pragma once
// What may be a user name, and when two spellings are one name. A leading space, another case or another
// Unicode form must never make two users of one: every spelling of a name has the same `prepared` value, and
// preparing that value again gives itself. A name that cannot be prepared is refused; it is never passed on as
// it came.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::text {

inline constexpr std::size_t user_name_octets = 253;      // what an attribute of RADIUS holds
inline constexpr std::size_t user_name_characters = 128;  // what the authentication service takes

enum class UserNameRefusal {
  empty,  // or nothing but spaces and invisible characters
  too_long,
  not_utf8,
  control_character,  // NUL among them
  prohibited,         // RFC 4013 section 2.3: private use, non-characters, marks of direction, ...
  unassigned,         // in Unicode 3.2, which SASLprep stands on
  mixed_direction,    // RFC 3454 section 6: right-to-left and left-to-right in one name
};
std::string_view to_string(UserNameRefusal);

struct UserName {
  std::string spelled;   // SASLprep, spaces trimmed and folded, case as it came: what a directory is asked for
  std::string prepared;  // the same without regard to case (RFC 4518 section 2): for comparison and as a key
};

base::Result<UserName, UserNameRefusal> prepare_user_name(std::string_view octets);
// Its prepared form, or what it is where it is none: for what is shown and searched, never for who signs in.
std::string comparable_user_name(std::string_view octets);

}  // namespace sallyport::text
