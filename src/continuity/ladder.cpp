#include "continuity/ladder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/invariant.h"

namespace sallyport::continuity {
namespace {

using base::equal_ignoring_case;

bool holds(const std::vector<std::string>& groups, const std::string& wanted) {
  return std::ranges::any_of(groups, [&](const auto& one) { return equal_ignoring_case(one, wanted); });
}

bool matches(const Ladders::For& one, const Known& known) {
  if (!one.group.empty()) return holds(known.groups, one.group);
  return std::ranges::any_of(known.attributes, [&](const auto& attribute) {
    return equal_ignoring_case(attribute.first, one.attribute) &&
           equal_ignoring_case(attribute.second, one.value);
  });
}

std::string_view why_denied(const Ladder& ladder, const Known& known) {
  const auto has = [&](Rung rung) { return std::ranges::find(ladder, rung) != ladder.end(); };
  if (!has(Rung::any_code) && !has(Rung::recent_success)) return "no rung lets anybody in";
  if (!known.first_factor_is_good) return "the first factor is not known to be good";
  if (!known.digits_were_typed) return "no digits were typed";
  if (known.over_limit) return "over a limit of the outage";
  return "no recent success";
}

Decision decide(const Ladder& ladder, const Known& known) {
  using What = Decision::What;
  const bool may_pass = known.first_factor_is_good && known.digits_were_typed && !known.over_limit;
  for (const auto rung : ladder) {
    switch (rung) {
      case Rung::any_code:
        if (may_pass) return {What::grant, rung};
        break;
      case Rung::recent_success:
        if (may_pass && known.had_recent_success) return {What::grant, rung};
        break;
      case Rung::deny:
        return {What::deny, rung, why_denied(ladder, known)};
      case Rung::silent:
        return {What::silent, rung};
    }
  }
  return {What::deny, Rung::deny, why_denied(ladder, known)};
}

// How much a decision lets through: a grant more than silence, silence more than a refusal.
int looseness(const Decision& decision) {
  switch (decision.what) {
    case Decision::What::deny:
      return 0;
    case Decision::What::silent:
      return 1;
    case Decision::What::grant:
      return decision.rung == Rung::recent_success ? 2 : 3;
  }
  SALLYPORT_INVARIANT(false);
}

// Of a user whose groups are not known, each ladder could be the one.
Decision strictest(const Ladders& ladders, const Known& known) {
  auto out = decide(ladders.own, known);
  for (const auto& one : ladders.fors) {
    const auto other = decide(one.ladder, known);
    if (looseness(other) < looseness(out)) out = other;
  }
  if (ladders.excluded.empty() && out.what != Decision::What::deny) return out;
  return {Decision::What::deny, Rung::deny, "the user's groups are not known"};
}

}  // namespace

std::string_view to_string(Rung rung) {
  static constexpr std::array<std::string_view, rungs> names{"any_code", "recent_success", "deny", "silent"};
  const auto at = static_cast<std::size_t>(rung);
  SALLYPORT_INVARIANT(at < names.size());
  return names[at];
}

bool Ladders::asks_groups() const { return !fors.empty() || !excluded.empty(); }

Decision decide(const Ladders& ladders, const Known& known) {
  if (ladders.asks_groups() && !known.groups_are_known) return strictest(ladders, known);
  if (std::ranges::any_of(ladders.excluded, [&](const auto& group) { return holds(known.groups, group); }))
    return {Decision::What::deny, Rung::deny, "of an excluded group"};
  for (const auto& one : ladders.fors)
    if (matches(one, known)) return decide(one.ladder, known);
  return decide(ladders.own, known);
}

}  // namespace sallyport::continuity
