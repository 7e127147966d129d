#include "validation/verdict_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "validation/reasons.h"

namespace sallyport::validation {
namespace {

constexpr std::array all_first{FirstFactor::not_asked, FirstFactor::good, FirstFactor::refused,
                               FirstFactor::unavailable};
constexpr std::array all_second{SecondFactor::not_asked, SecondFactor::good, SecondFactor::refused,
                                SecondFactor::unavailable};

// The same verdicts once more, told by rules instead of rows: an oracle that shares nothing with the table.
Judgement by_rules(Asked asked, FirstFactor first, SecondFactor second, WhenUnreachable when,
                   ByLadder by = ByLadder::not_asked) {
  const bool first_is_well = first == (asked == Asked::both ? FirstFactor::good : FirstFactor::not_asked);
  if (by != ByLadder::not_asked) {
    if (!first_is_well || second != SecondFactor::unavailable) return {Verdict::reject, Reason::refused, true};
    if (by == ByLadder::grants) return {Verdict::accept, Reason::success, false};
    if (by == ByLadder::denies) return {Verdict::reject, Reason::denied_in_outage, false};
    return {Verdict::silent, Reason::service_unreachable, false};
  }
  const auto unreachable = when == WhenUnreachable::silent ? Verdict::silent : Verdict::reject;
  if (first == FirstFactor::not_asked && second == SecondFactor::not_asked)
    return {Verdict::reject, Reason::refused, false};
  const bool first_passed = asked == Asked::both ? first == FirstFactor::good : first == FirstFactor::not_asked;
  if (first_passed) {
    if (second == SecondFactor::good) return {Verdict::accept, Reason::success, false};
    if (second == SecondFactor::refused) return {Verdict::reject, Reason::refused, false};
    if (second == SecondFactor::unavailable) return {unreachable, Reason::service_unreachable, false};
  } else if (asked == Asked::both) {
    // The second factor may have come first: then it was good or could not be asked, or the password was never
    // tried.
    const bool in_order = second != SecondFactor::refused;
    if (first == FirstFactor::refused && in_order) return {Verdict::reject, Reason::refused, false};
    if (first == FirstFactor::unavailable && in_order)
      return {unreachable, Reason::user_store_unreachable, false};
    if (first == FirstFactor::not_asked && second == SecondFactor::refused)
      return {Verdict::reject, Reason::refused, false};
    if (first == FirstFactor::not_asked && second == SecondFactor::unavailable)
      return {unreachable, Reason::service_unreachable, false};
  }
  return {Verdict::reject, Reason::refused, true};
}

TEST(VerdictTable, says_what_the_rules_say_for_every_combination) {
  int seen = 0;
  for (auto asked : {Asked::both, Asked::second_only})
    for (auto first : all_first)
      for (auto second : all_second)
        for (auto when : {WhenUnreachable::reject, WhenUnreachable::silent})
          for (auto by : {ByLadder::not_asked, ByLadder::grants, ByLadder::denies, ByLadder::silent}) {
            ++seen;
            EXPECT_EQ(judge(asked, first, second, when, by), by_rules(asked, first, second, when, by))
                << static_cast<int>(asked) << ' ' << to_string(first) << ' ' << to_string(second) << ' '
                << static_cast<int>(by);
          }
  EXPECT_EQ(seen, 256);
}

TEST(VerdictTable, accepts_in_exactly_two_rows) {
  int accepts = 0;
  for (const auto& row : table::rows) {
    if (row.loud.verdict != Verdict::accept && row.mute.verdict != Verdict::accept) continue;
    ++accepts;
    EXPECT_EQ(row.second, SecondFactor::good);
    EXPECT_EQ(row.first, row.asked == Asked::both ? FirstFactor::good : FirstFactor::not_asked);
    EXPECT_EQ(row.loud, row.mute);
  }
  EXPECT_EQ(accepts, 2);
}

TEST(VerdictTable, lets_a_rung_grant_in_exactly_two_rows_where_only_the_service_was_missing) {
  int grants = 0;
  for (const auto& row : table::rows) {
    if (row.granted.verdict != Verdict::accept) continue;
    ++grants;
    EXPECT_EQ(row.second, SecondFactor::unavailable);
    EXPECT_EQ(row.first, row.asked == Asked::both ? FirstFactor::good : FirstFactor::not_asked);
  }
  EXPECT_EQ(grants, 2);
}

TEST(VerdictTable, is_silent_only_where_silence_was_asked_for_and_a_factor_was_unreachable) {
  for (const auto& row : table::rows) {
    EXPECT_NE(row.loud.verdict, Verdict::silent);
    if (row.mute.verdict == Verdict::silent)
      EXPECT_TRUE(row.first == FirstFactor::unavailable || row.second == SecondFactor::unavailable);
  }
}

TEST(VerdictTable, rejects_on_every_broken_row) {
  for (const auto& row : table::rows)
    for (const auto& judgement : {row.loud, row.mute})
      if (judgement.broken) EXPECT_EQ(judgement.verdict, Verdict::reject);
}

TEST(Reasons, keep_their_numbers) {
  EXPECT_EQ(reply_text(Reason::success).substr(0, 8), "reason=0");
  EXPECT_EQ(reply_text(Reason::refused).substr(0, 8), "reason=1");
  EXPECT_EQ(reply_text(Reason::not_acceptable).substr(0, 8), "reason=2");
  EXPECT_EQ(reply_text(Reason::user_store_unreachable).substr(0, 8), "reason=6");
  EXPECT_EQ(reply_text(Reason::service_unreachable).substr(0, 8), "reason=7");
}

TEST(Reasons, tell_nothing_apart_that_an_attacker_could_use) {
  for (auto cause : {Cause::unknown_user,         Cause::ambiguous_user,
                     Cause::wrong_password,       Cause::password_expired,
                     Cause::password_must_change, Cause::account_disabled,
                     Cause::account_locked,       Cause::account_expired,
                     Cause::account_unusable,     Cause::not_in_required_group,
                     Cause::too_many_failures,    Cause::push_denied,
                     Cause::push_unanswered,      Cause::push_failed,
                     Cause::push_paused,          Cause::two_at_once,
                     Cause::push_needs_number,    Cause::stale_challenge,
                     Cause::no_such_choice,       Cause::wrong_code,
                     Cause::no_credential,        Cause::user_disabled_at_service,
                     Cause::unknown_at_service,   Cause::refused_by_service,
                     Cause::malformed_user_name,  Cause::malformed_password,
                     Cause::empty_password,       Cause::not_a_code,
                     Cause::no_code_in_password,  Cause::own_mistake})
    EXPECT_EQ(reason_of(cause), Reason::refused) << to_string(cause);
}

TEST(Reasons, give_every_cause_a_word_of_its_own) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < causes; ++i) words.push_back(to_string(static_cast<Cause>(i)));
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
}

TEST(Reasons, stand_in_the_docs_as_the_program_knows_them) {
  std::ifstream file(std::string(VECTORS_DIR) + "/../../docs/reasons.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), reasons_markdown()) << "write it anew:\n" << reasons_markdown();
}

}  // namespace
}  // namespace sallyport::validation
