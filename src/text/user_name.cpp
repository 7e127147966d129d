#include "text/user_name.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <array>
#include <memory>
#include <optional>

#include "base/invariant.h"
#include "text/utf8.h"

namespace sallyport::text {
namespace {

using Refused = std::unexpected<UserNameRefusal>;
// NFKC makes up to 18 UTF-16 units of one character (U+FDFA), which takes three octets of the name.
constexpr std::int32_t room = 2048;
using Utf16 = std::array<UChar, room>;

struct ProfileCloser {
  void operator()(UStringPrepProfile* profile) const { usprep_close(profile); }
};
using Profile = std::unique_ptr<UStringPrepProfile, ProfileCloser>;

Profile open_profile(UStringPrepProfileType type) {
  UErrorCode status = U_ZERO_ERROR;
  Profile profile(usprep_openByType(type, &status));
  SALLYPORT_INVARIANT(U_SUCCESS(status));  // the tables are part of the library
  return profile;
}

const UStringPrepProfile& saslprep() {
  static const Profile profile = open_profile(USPREP_RFC4013_SASLPREP);
  return *profile;
}

const UStringPrepProfile& ldap_case_ignore() {
  static const Profile profile = open_profile(USPREP_RFC4518_LDAP_CI);
  return *profile;
}

UserNameRefusal refusal_of(UErrorCode status) {
  switch (status) {
    case U_STRINGPREP_UNASSIGNED_ERROR:
      return UserNameRefusal::unassigned;
    case U_STRINGPREP_CHECK_BIDI_ERROR:
      return UserNameRefusal::mixed_direction;
    case U_BUFFER_OVERFLOW_ERROR:
      return UserNameRefusal::too_long;
    default:
      return UserNameRefusal::prohibited;
  }
}

base::Result<std::string, UserNameRefusal> run_profile(const UStringPrepProfile& profile,
                                                       std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  Utf16 before;
  std::int32_t before_length = 0;
  u_strFromUTF8(before.data(), room, &before_length, utf8.data(), static_cast<std::int32_t>(utf8.size()),
                &status);
  if (U_FAILURE(status)) return Refused(UserNameRefusal::too_long);
  Utf16 after;
  const auto after_length = usprep_prepare(&profile, before.data(), before_length, after.data(), room,
                                           USPREP_DEFAULT, nullptr, &status);
  if (U_FAILURE(status)) return Refused(refusal_of(status));
  std::string out(static_cast<std::size_t>(after_length) * 3, '\0');
  std::int32_t out_length = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_length, after.data(), after_length,
              &status);
  if (U_FAILURE(status)) return Refused(UserNameRefusal::prohibited);
  out.resize(static_cast<std::size_t>(out_length));
  return out;
}

// No space at either end, one where there were several (RFC 4518 section 2.6.1, which writes two: the same
// names are equal).
std::string fold_spaces(std::string_view from) {
  std::string out;
  out.reserve(from.size());
  for (char c : from) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string to_lower_ascii(std::string_view from) {
  std::string out(from);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

base::Result<UserName, UserNameRefusal> prepare_with_tables(std::string_view octets) {
  const auto spelled = run_profile(saslprep(), octets);
  if (!spelled) return Refused(spelled.error());
  UserName name{fold_spaces(*spelled), {}};
  const auto folded = run_profile(ldap_case_ignore(), name.spelled);
  if (!folded) return Refused(folded.error());
  name.prepared = fold_spaces(*folded);
  return name;
}

}  // namespace

std::string_view to_string(UserNameRefusal refusal) {
  switch (refusal) {
    case UserNameRefusal::empty:
      return "the user name is empty";
    case UserNameRefusal::too_long:
      return "the user name is too long";
    case UserNameRefusal::not_utf8:
      return "the user name is not UTF-8";
    case UserNameRefusal::control_character:
      return "the user name holds a control character";
    case UserNameRefusal::prohibited:
      return "the user name holds a character that no user name may hold";
    case UserNameRefusal::unassigned:
      return "the user name holds a character that Unicode 3.2 does not know";
    case UserNameRefusal::mixed_direction:
      return "the user name mixes right-to-left and left-to-right";
  }
  return "the user name is refused";
}

std::string comparable_user_name(std::string_view octets) {
  const auto name = prepare_user_name(octets);
  return name ? name->prepared : std::string(octets);
}

base::Result<UserName, UserNameRefusal> prepare_user_name(std::string_view octets) {
  if (octets.empty()) return Refused(UserNameRefusal::empty);
  if (octets.size() > user_name_octets) return Refused(UserNameRefusal::too_long);
  UserName name;
  if (is_printable_ascii(octets)) {
    name.spelled = fold_spaces(octets);
    name.prepared = to_lower_ascii(name.spelled);
  } else {
    if (!is_utf8(octets)) return Refused(UserNameRefusal::not_utf8);
    if (has_control(octets)) return Refused(UserNameRefusal::control_character);
    auto prepared = prepare_with_tables(octets);
    if (!prepared) return prepared;
    name = std::move(*prepared);
  }
  if (name.prepared.empty()) return Refused(UserNameRefusal::empty);
  // Both forms must be names themselves: the prepared one is compared with what others have prepared.
  if (name.prepared.size() > user_name_octets || count_characters(name.prepared) > user_name_characters) {
    return Refused(UserNameRefusal::too_long);
  }
  return name;
}

}  // namespace sallyport::text
