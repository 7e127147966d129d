#include "continuity/recent_successes.h"

#include <gtest/gtest.h>

namespace sallyport::continuity {
namespace {

using namespace std::chrono_literals;
constexpr base::WallTime start{1'700'000'000s};

TEST(RecentSuccesses, hold_for_their_place_and_their_life) {
  RecentSuccesses recent;
  recent.succeeded(1, 11, start);
  EXPECT_TRUE(recent.has(11, 24h, start + 24h));
  EXPECT_FALSE(recent.has(11, 24h, start + 24h + 1s));
  EXPECT_FALSE(recent.has(12, 24h, start));
  recent.succeeded(1, 11, start + 24h);
  EXPECT_TRUE(recent.has(11, 24h, start + 30h));
  EXPECT_EQ(recent.size(), 1U);
}

TEST(RecentSuccesses, of_a_clock_that_was_ahead_grant_nothing) {
  RecentSuccesses recent;
  recent.succeeded(1, 11, start + 24h);
  EXPECT_FALSE(recent.has(11, 240h, start));
}

TEST(RecentSuccesses, of_a_user_are_forgotten_together) {
  RecentSuccesses recent;
  recent.succeeded(1, 11, start);
  recent.succeeded(1, 12, start);
  recent.succeeded(2, 21, start);
  EXPECT_EQ(recent.forget(1), 2U);
  EXPECT_FALSE(recent.has(11, 24h, start));
  EXPECT_TRUE(recent.has(21, 24h, start));
  EXPECT_EQ(recent.forget(1), 0U);
}

TEST(RecentSuccesses, are_bounded_and_the_oldest_goes) {
  RecentSuccesses recent(3);
  for (std::uint64_t i = 1; i <= 4; ++i) recent.succeeded(i, 10 + i, start + std::chrono::seconds(i));
  EXPECT_EQ(recent.size(), 3U);
  EXPECT_FALSE(recent.has(11, 24h, start + 10s));
  EXPECT_TRUE(recent.has(14, 24h, start + 10s));
}

TEST(RecentSuccesses, survive_as_text_and_take_nothing_that_is_not_theirs) {
  RecentSuccesses recent, again;
  recent.succeeded(0xffff'ffff'ffff'fff1, 0xabc, start);
  recent.succeeded(2, 21, start + 1s);
  EXPECT_TRUE(again.take(recent.text()));
  EXPECT_EQ(again.text(), recent.text());
  for (const auto* wrong : {"1 2", "1 2 3", "x 2 3\n", "1 2 3 \n", "1  2 3\n", "\n"})
    EXPECT_FALSE(again.take(wrong));
  EXPECT_EQ(again.size(), 2U);
}

}  // namespace
}  // namespace sallyport::continuity
