#pragma once
// What is still checked while the service is lost: an ordered list of rungs, a validation server's own or that
// of a group of users. The first rung that can decide does; when none can, nobody gets in. Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::continuity {

enum class Rung : std::uint8_t {
  any_code,        // digits as many as a code has: the seed's
  recent_success,  // digits, and two factors were good lately: same user, RADIUS client and calling station
  deny,
  silent,  // no answer: the RADIUS client turns to the next gateway
};
inline constexpr std::size_t rungs = 4;
std::string_view to_string(Rung);

using Ladder = std::vector<Rung>;
struct Ladders {  // of one validation server
  struct For {
    std::string group;             // a DN; or
    std::string attribute, value;  // of the user's entry, compared without regard to case
    Ladder ladder;
  };
  Ladder own{Rung::any_code};
  std::vector<For> fors;              // the first that matches, in this order
  std::vector<std::string> excluded;  // groups; before all: deny

  [[nodiscard]] bool asks_groups() const;
};

struct Known {  // of one login
  // The first factor was good at this gateway; or, where none is asked, a look-up found the user; or the
  // settings say that it is checked elsewhere.
  bool first_factor_is_good = false;
  bool digits_were_typed = false;
  bool had_recent_success = false;
  bool over_limit = false;               // of minutes in continuity, or of the user's logins
  bool groups_are_known = true;          // else the strictest ladder holds
  std::vector<std::string> groups = {};  // of the ladders', those that the user is in
  std::vector<std::pair<std::string, std::string>> attributes = {};  // of the user's entry
};

struct Decision {
  enum class What : std::uint8_t { deny, grant, silent } what = What::deny;
  Rung rung = Rung::deny;
  std::string_view why{};  // of a denial, for the audit line: a literal
};
Decision decide(const Ladders&, const Known&);

}  // namespace sallyport::continuity
