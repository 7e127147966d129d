#include "server/rehearsal.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;

base::Time at(base::Duration since) {
  return {base::SteadyTime(1000s) + since,
          base::WallTime(1'700'000'000s) + std::chrono::duration_cast<std::chrono::microseconds>(since), true};
}

TEST(Rehearsal, counts_who_would_have_got_in_while_it_goes_on) {
  Rehearsal rehearsal;
  rehearsal.note({"alice", "gate", "any_code"}, at(0s));
  EXPECT_EQ(rehearsal.report().logins, 0U);
  rehearsal.begin(at(0s), 1h, 0);
  EXPECT_TRUE(rehearsal.goes_on());
  rehearsal.note({"alice", "gate", "any_code"}, at(1s));
  rehearsal.note({"alice", "gate", "any_code"}, at(2s));
  rehearsal.note({"alice", "gate", "deny"}, at(3s));
  const auto report = rehearsal.report();
  EXPECT_EQ(report.logins, 3U);
  ASSERT_EQ(report.rows.size(), 2U);
  const auto& row = report.rows.at({"alice", "gate", "any_code"});
  EXPECT_EQ(row.logins, 2U);
  EXPECT_EQ(row.last, at(2s).wall);
}

TEST(Rehearsal, ends_by_time_by_number_and_by_hand) {
  Rehearsal rehearsal;
  rehearsal.begin(at(0s), 1h, 0);
  EXPECT_FALSE(rehearsal.ends_by_time(at(59min)));
  EXPECT_TRUE(rehearsal.ends_by_time(at(1h)));
  EXPECT_FALSE(rehearsal.ends_by_time(at(1h)));
  EXPECT_EQ(rehearsal.report().ended, at(1h).wall);

  rehearsal.begin(at(2h), 1h, 2);
  EXPECT_EQ(rehearsal.report().logins, 0U);
  for (int i = 0; i < 3; ++i) rehearsal.note({"alice", "gate", "any_code"}, at(2h));
  EXPECT_FALSE(rehearsal.goes_on());
  EXPECT_EQ(rehearsal.report().logins, 2U);

  rehearsal.begin(at(4h), 1h, 0);
  EXPECT_TRUE(rehearsal.end(at(4h).wall));
  EXPECT_FALSE(rehearsal.end(at(4h).wall));
  rehearsal.note({"alice", "gate", "any_code"}, at(4h));
  EXPECT_EQ(rehearsal.report().logins, 0U);
}

TEST(Rehearsal, takes_no_login_after_its_time_though_nobody_looked) {
  Rehearsal rehearsal;
  rehearsal.begin(at(0s), 1h, 0);
  rehearsal.note({"alice", "gate", "any_code"}, at(1h));
  EXPECT_EQ(rehearsal.report().logins, 0U);
  EXPECT_FALSE(rehearsal.goes_on());
}

TEST(Rehearsal, is_bounded_and_says_what_it_left_out) {
  Rehearsal rehearsal;
  rehearsal.begin(at(0s), 1h, 0);
  for (std::size_t i = 0; i < Rehearsal::most_rows + 5; ++i)
    rehearsal.note({std::to_string(i), "gate", "any_code"}, at(1s));
  rehearsal.note({"0", "gate", "any_code"}, at(2s));
  const auto report = rehearsal.report();
  EXPECT_EQ(report.rows.size(), Rehearsal::most_rows);
  EXPECT_EQ(report.left_out, 5U);
  EXPECT_EQ(report.logins, Rehearsal::most_rows + 6);
}

}  // namespace
}  // namespace sallyport::server
