#include "continuity/ladder.h"

#include <gtest/gtest.h>

namespace sallyport::continuity {
namespace {

using What = Decision::What;

Known good_user() {
  Known known;
  known.first_factor_is_good = known.digits_were_typed = true;
  return known;
}

TEST(Ladder, lets_nobody_in_without_a_good_first_factor_or_without_digits) {
  for (int bits = 0; bits < 64; ++bits) {
    Known known;
    known.first_factor_is_good = (bits & 1) != 0;
    known.digits_were_typed = (bits & 2) != 0;
    known.had_recent_success = (bits & 4) != 0;
    known.over_limit = (bits & 8) != 0;
    known.groups_are_known = (bits & 16) != 0;
    Ladders ladders;
    if ((bits & 32) != 0) ladders.fors.push_back({"cn=staff", "", "", {Rung::any_code}});
    ladders.own = {Rung::recent_success, Rung::any_code};
    const bool may = known.first_factor_is_good && known.digits_were_typed && !known.over_limit;
    EXPECT_EQ(decide(ladders, known).what == What::grant, may) << bits;
  }
}

TEST(Ladder, the_first_rung_that_can_decide_does) {
  Ladders ladders;
  ladders.own = {Rung::recent_success, Rung::silent, Rung::any_code};
  EXPECT_EQ(decide(ladders, good_user()).what, What::silent);
  auto known = good_user();
  known.had_recent_success = true;
  EXPECT_EQ(decide(ladders, known).rung, Rung::recent_success);
  EXPECT_EQ(decide(ladders, known).what, What::grant);
  ladders.own = {Rung::recent_success};
  EXPECT_EQ(decide(ladders, good_user()).what, What::deny);
}

TEST(Ladder, of_a_group_is_the_first_that_matches_and_excluded_ones_come_before_all) {
  Ladders ladders;
  ladders.fors = {{"cn=Admins,dc=ex", "", "", {Rung::deny}}, {"", "title", "Boss", {Rung::silent}}};
  auto known = good_user();
  EXPECT_EQ(decide(ladders, known).what, What::grant);
  known.attributes = {{"TITLE", "boss"}};
  EXPECT_EQ(decide(ladders, known).what, What::silent);
  known.groups = {"CN=admins,dc=ex"};
  EXPECT_EQ(decide(ladders, known).what, What::deny);
  ladders.excluded = {"cn=guests"};
  known = good_user();
  known.groups = {"cn=guests"};
  EXPECT_EQ(decide(ladders, known).what, What::deny);
}

TEST(Ladder, is_the_strictest_for_a_user_whose_groups_are_not_known) {
  Ladders ladders;
  auto known = good_user();
  known.groups_are_known = false;
  EXPECT_EQ(decide(ladders, known).what, What::grant);  // no group matters
  ladders.fors = {{"cn=staff", "", "", {Rung::any_code}}, {"cn=field", "", "", {Rung::silent}}};
  EXPECT_EQ(decide(ladders, known).what, What::silent);
  ladders.excluded = {"cn=guests"};
  EXPECT_EQ(decide(ladders, known).what, What::deny);
}

}  // namespace
}  // namespace sallyport::continuity
