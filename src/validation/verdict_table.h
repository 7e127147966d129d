#pragma once
// The verdict of a login, on one screen: what the two factors came to, and what the validation server wants to
// be said when one of them could not be asked. It is the only place where an accept comes from. Combinations
// that cannot occur have rows of their own, marked `broken`, and are rejects. Every combination of the
// enumerations has exactly one row: a missing or doubled one does not compile.
#include <array>
#include <cstddef>
#include <string>

#include "validation/login.h"

namespace sallyport::validation {

enum class Asked { both, second_only };         // second_only: modes code and pin_code without a look-up
enum class WhenUnreachable { reject, silent };  // of the factor that could not be asked
enum class ByLadder { not_asked, grants, denies, silent };  // business continuity: without a second factor

struct Judgement {
  Verdict verdict = Verdict::reject;
  Reason reason = Reason::refused;
  bool broken = true;
  friend constexpr bool operator==(const Judgement&, const Judgement&) = default;
};

namespace table {

inline constexpr Judgement accept{Verdict::accept, Reason::success, false};
inline constexpr Judgement refuse{Verdict::reject, Reason::refused, false};
inline constexpr Judgement broken{Verdict::reject, Reason::refused, true};
inline constexpr Judgement no_store{Verdict::reject, Reason::user_store_unreachable, false};
inline constexpr Judgement no_service{Verdict::reject, Reason::service_unreachable, false};
inline constexpr Judgement mute_store{Verdict::silent, Reason::user_store_unreachable, false};
inline constexpr Judgement mute_service{Verdict::silent, Reason::service_unreachable, false};
inline constexpr Judgement denied{Verdict::reject, Reason::denied_in_outage, false};

struct Row {
  Asked asked;
  FirstFactor first;
  SecondFactor second;
  Judgement loud, mute;        // when unreachable: reject, silent
  Judgement granted = broken;  // by a rung of the ladder
};

using enum FirstFactor;
using S = SecondFactor;
inline constexpr std::array<Row, 2 * first_factors * second_factors> rows{{
    {Asked::both, not_asked, S::not_asked, refuse, refuse},  // refused before anything was asked
    {Asked::both, not_asked, S::good, broken, broken},
    {Asked::both, not_asked, S::refused, refuse, refuse},  // second_factor_first
    {Asked::both, not_asked, S::unavailable, no_service, mute_service},
    {Asked::both, good, S::not_asked, broken, broken},
    {Asked::both, good, S::good, accept, accept},
    {Asked::both, good, S::refused, refuse, refuse},
    {Asked::both, good, S::unavailable, no_service, mute_service, accept},
    {Asked::both, refused, S::not_asked, refuse, refuse},
    {Asked::both, refused, S::good, refuse, refuse},  // second_factor_first
    {Asked::both, refused, S::refused, broken, broken},
    {Asked::both, refused, S::unavailable, refuse, refuse},  // second_factor_first, by the ladder
    {Asked::both, unavailable, S::not_asked, no_store, mute_store},
    {Asked::both, unavailable, S::good, no_store, mute_store},
    {Asked::both, unavailable, S::refused, broken, broken},
    {Asked::both, unavailable, S::unavailable, no_store, mute_store},
    {Asked::second_only, not_asked, S::not_asked, refuse, refuse},  // refused before anything was asked
    {Asked::second_only, not_asked, S::good, accept, accept},
    {Asked::second_only, not_asked, S::refused, refuse, refuse},
    {Asked::second_only, not_asked, S::unavailable, no_service, mute_service, accept},
    {Asked::second_only, good, S::not_asked, broken, broken},
    {Asked::second_only, good, S::good, broken, broken},
    {Asked::second_only, good, S::refused, broken, broken},
    {Asked::second_only, good, S::unavailable, broken, broken},
    {Asked::second_only, refused, S::not_asked, broken, broken},
    {Asked::second_only, refused, S::good, broken, broken},
    {Asked::second_only, refused, S::refused, broken, broken},
    {Asked::second_only, refused, S::unavailable, broken, broken},
    {Asked::second_only, unavailable, S::not_asked, broken, broken},
    {Asked::second_only, unavailable, S::good, broken, broken},
    {Asked::second_only, unavailable, S::refused, broken, broken},
    {Asked::second_only, unavailable, S::unavailable, broken, broken},
}};

constexpr std::size_t place(Asked asked, FirstFactor first, SecondFactor second) {
  return (static_cast<std::size_t>(asked) * first_factors + static_cast<std::size_t>(first)) * second_factors +
         static_cast<std::size_t>(second);
}

constexpr bool every_row_stands_in_its_place() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (place(rows[i].asked, rows[i].first, rows[i].second) != i) return false;
  return true;
}
static_assert(every_row_stands_in_its_place());

}  // namespace table

// The ladder has a word only where it could grant.
constexpr Judgement judge(Asked asked, FirstFactor first, SecondFactor second, WhenUnreachable when,
                          ByLadder by = ByLadder::not_asked) {
  const auto& row = table::rows[table::place(asked, first, second)];
  if (by == ByLadder::grants || (by != ByLadder::not_asked && row.granted.broken)) return row.granted;
  if (by == ByLadder::denies) return table::denied;
  if (by == ByLadder::silent) return row.mute;
  return when == WhenUnreachable::silent ? row.mute : row.loud;
}

std::string verdict_markdown();  // the table above, for docs/reasons.md

}  // namespace sallyport::validation
