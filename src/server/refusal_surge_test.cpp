#include "server/refusal_surge.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using Answer = RefusalSurge::Answer;
using Count = RefusalSurge::Count;

class Refusals : public testing::Test {
 protected:
  void answer(Answer answer, std::uint64_t first, std::uint64_t last, base::Duration when,
              bool had_success = false) {
    for (auto user = first; user <= last; ++user) surge_.answered(user, answer, had_success, start_ + when);
  }
  [[nodiscard]] Count count(base::Duration when) const { return surge_.count(start_ + when); }
  [[nodiscard]] bool is_surge(base::Duration when) const { return count(when).is_surge(); }

  base::SteadyTime start_{100'000s};
  RefusalSurge surge_{1024};
};

TEST_F(Refusals, are_a_surge_when_half_of_ten_known_users_are_unknown_at_the_service) {
  answer(Answer::accepted, 1, 20, 0s);
  EXPECT_EQ(count(0s), (Count{0, 0}));  // nobody was known before
  answer(Answer::accepted, 1, 5, 1h);
  answer(Answer::unknown_there, 6, 9, 1h);
  EXPECT_FALSE(is_surge(1h));  // nine users
  answer(Answer::unknown_there, 10, 10, 1h);
  EXPECT_EQ(count(1h), (Count{10, 5}));
  EXPECT_TRUE(is_surge(1h));
  answer(Answer::accepted, 11, 11, 1h);
  EXPECT_FALSE(is_surge(1h));  // five of eleven
}

TEST_F(Refusals, of_users_who_were_never_accepted_say_nothing) {
  answer(Answer::unknown_there, 1, 100, 0s);
  answer(Answer::other, 1, 100, 1s);
  EXPECT_EQ(count(1s), (Count{0, 0}));
}

TEST_F(Refusals, of_users_with_a_success_that_is_known_from_elsewhere_count) {
  answer(Answer::unknown_there, 1, 10, 0s, true);
  EXPECT_TRUE(is_surge(0s));
  answer(Answer::unknown_there, 1, 10, 1s);  // it is void there by now
  EXPECT_EQ(count(1s), (Count{10, 10}));
}

TEST_F(Refusals, count_once_a_user_by_the_newest_answer) {
  answer(Answer::accepted, 1, 10, 0s);
  for (int second = 0; second < 120; second += 7) answer(Answer::unknown_there, 1, 5, 1h + second * 1s);
  EXPECT_EQ(count(1h + 2min), (Count{5, 5}));
  answer(Answer::accepted, 1, 3, 1h + 2min);
  EXPECT_EQ(count(1h + 2min), (Count{5, 2}));
}

TEST_F(Refusals, of_a_wrong_code_are_of_a_user_whom_the_service_knows) {
  answer(Answer::accepted, 1, 11, 0s);
  answer(Answer::unknown_there, 1, 5, 1h);
  answer(Answer::other, 6, 11, 1h);
  EXPECT_EQ(count(1h), (Count{11, 5}));
}

TEST_F(Refusals, are_forgotten_after_five_minutes) {
  answer(Answer::accepted, 1, 10, 0s);
  answer(Answer::unknown_there, 1, 10, 1h);
  EXPECT_TRUE(is_surge(1h + 4min + 49s));
  EXPECT_EQ(count(1h + 5min), (Count{0, 0}));
  answer(Answer::accepted, 1, 1, 1h + 5min);  // what is taken back is not there any more
  EXPECT_EQ(count(1h + 5min), (Count{1, 0}));
}

TEST_F(Refusals, of_who_tries_on_count_for_an_hour_and_no_longer) {
  answer(Answer::accepted, 1, 10, 0s);
  for (auto minute = 0min; minute <= 59min; minute += 1min) answer(Answer::unknown_there, 1, 10, 1h + minute);
  EXPECT_TRUE(is_surge(1h + 59min));
  for (auto minute = 60min; minute <= 90min; minute += 1min) answer(Answer::unknown_there, 1, 10, 1h + minute);
  EXPECT_EQ(count(1h + 90min), (Count{0, 0}));
}

TEST_F(Refusals, of_users_whose_success_is_a_week_old_say_nothing) {
  answer(Answer::accepted, 1, 10, 0s);
  answer(Answer::unknown_there, 1, 10, 7 * 24h);
  EXPECT_EQ(count(7 * 24h), (Count{0, 0}));
}

TEST_F(Refusals, are_counted_rightly_by_workers_whose_clocks_differ) {
  answer(Answer::accepted, 1, 10, 0s);
  answer(Answer::unknown_there, 1, 10, 1h);
  answer(Answer::accepted, 1, 1, 1h + 5min);
  answer(Answer::unknown_there, 2, 10, 1h + 5min - 1ms);  // by one whose clock is behind
  EXPECT_EQ(count(1h + 5min), (Count{10, 9}));
}

TEST_F(Refusals, of_more_users_than_there_is_room_for_are_a_surge_all_the_same) {
  answer(Answer::accepted, 1, 100'000, 0s);
  answer(Answer::unknown_there, 1, 100'000, 1h);
  const auto [users, refused] = count(1h);
  EXPECT_LE(users, 1024U);
  EXPECT_GE(refused, 900U);
  EXPECT_TRUE(is_surge(1h));
}

TEST(TheStatuses, of_which_a_surge_is_made) {
  for (const auto* status : {"6001", "6003", "6008"}) EXPECT_TRUE(is_unknown_there(status)) << status;
  for (const auto* status : {"", "0000", "6009", "6007", "6005", "601B"})
    EXPECT_FALSE(is_unknown_there(status)) << status;
}

}  // namespace
}  // namespace sallyport::server
