#include "continuity/votes.h"

#include <gtest/gtest.h>

#include "continuity/window.h"

namespace sallyport::continuity {
namespace {

using namespace std::chrono_literals;
constexpr base::SteadyTime start{1000s};

TEST(Votes, are_one_a_user_and_the_newest_counts) {
  Votes votes;
  for (int i = 0; i < 100; ++i) votes.add({7, 1, true, start + i * 1ms}, start);
  EXPECT_FALSE(votes.half_are_down(start));
  for (std::uint64_t user = 1; user <= 10; ++user) votes.add({user, 1, true, start}, start);
  EXPECT_TRUE(votes.half_are_down(start));
  votes.add({3, 1, false, start + 1s}, start + 1s);
  EXPECT_FALSE(votes.half_are_down(start + 1s));
  votes.add({3, 1, true, start}, start + 1s);  // an older exchange
  EXPECT_FALSE(votes.half_are_down(start + 1s));
}

TEST(Votes, of_a_login_whose_first_sending_failed_stay_down_whatever_becomes_of_the_second) {
  Votes votes;
  for (std::uint64_t user = 1; user <= 10; ++user) {
    votes.add({user, 1, true, start}, start);
    votes.add({user, 1, false, start + 1s, true}, start + 1s);
    votes.add({user + 10, 1, false, start}, start + 1s);
  }
  EXPECT_TRUE(votes.half_are_down(start + 1s));
  votes.add({3, 1, false, start + 2s}, start + 2s);
  EXPECT_FALSE(votes.half_are_down(start + 2s)) << "the user's next login has gone well";
}

TEST(Votes, need_half_of_all_and_two_clients_where_two_are_in_use) {
  Votes votes;
  for (std::uint64_t user = 1; user <= 12; ++user) votes.add({user, 1, true, start}, start);
  for (std::uint64_t user = 21; user <= 29; ++user) votes.add({user, 2, false, start}, start);
  EXPECT_FALSE(votes.half_are_down(start));  // all of one client: its own trouble, perhaps
  votes.add({30, 2, true, start}, start);
  EXPECT_TRUE(votes.half_are_down(start));
  for (std::uint64_t user = 41; user <= 45; ++user) votes.add({user, 2, false, start}, start);
  EXPECT_FALSE(votes.half_are_down(start));
}

TEST(Votes, are_forgotten_after_half_a_minute) {
  Votes votes;
  for (std::uint64_t user = 1; user <= 10; ++user) votes.add({user, 1, true, start}, start);
  EXPECT_TRUE(votes.half_are_down(start + 29s));
  EXPECT_FALSE(votes.half_are_down(start + 30s));
}

TEST(AWindow, grows_with_time_and_shrinks_with_downs_between_its_bounds) {
  Window window(8, 100);
  window.begin(start);
  EXPECT_EQ(window.size(start), 8U);
  EXPECT_EQ(window.size(start + 250ms), 16U);
  EXPECT_EQ(window.size(start + 1s), 100U);
  window.down(start + 1s);
  EXPECT_EQ(window.size(start + 1s), 50U);
  for (int i = 0; i < 10; ++i) window.down(start + 1s);
  EXPECT_EQ(window.size(start + 1s), 8U);
  EXPECT_EQ(Window(0, 0).size(start), 1U);
}

}  // namespace
}  // namespace sallyport::continuity
