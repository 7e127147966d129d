#include "validation/guard.h"

#include <gtest/gtest.h>

#include "validation/push_rules.h"

namespace sallyport::validation {
namespace {

using namespace std::chrono_literals;
constexpr base::SteadyTime start(1000s);
constexpr std::uint64_t alice = 7, bob = 8, vpn = 9;

GuardLimits five_in_ten_minutes() {
  return {.user_failures = 5, .client_failures = 0, .user_time = 10min, .client_time = 1min, .in_a_row = 100};
}

TEST(Guard, lets_a_user_fail_as_often_as_the_limit_says_and_then_slowly) {
  Guard guard(five_in_ten_minutes());
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(guard.blocks_user(alice, start)) << i;
    guard.user_failed(alice, start);
  }
  EXPECT_TRUE(guard.blocks_user(alice, start));
  EXPECT_FALSE(guard.blocks_user(bob, start));
  EXPECT_TRUE(guard.blocks_user(alice, start + 119s));
  EXPECT_FALSE(guard.blocks_user(alice, start + 121s)) << "one try of five is back after a fifth of the time";
}

TEST(Guard, counts_those_that_are_under_way_as_if_they_failed) {
  Guard guard(five_in_ten_minutes());
  guard.user_failed(alice, start);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(guard.begin(alice, start)) << i;
  EXPECT_FALSE(guard.begin(alice, start)) << "a wave of guesses ends here";
  EXPECT_TRUE(guard.begin(bob, start));
  guard.over(alice);  // without a failure: there is room again
  EXPECT_TRUE(guard.begin(alice, start));
  for (int i = 0; i < 4; ++i) {
    guard.user_failed(alice, start);
    guard.over(alice);
  }
  EXPECT_FALSE(guard.begin(alice, start));
  EXPECT_TRUE(guard.begin(alice, start + 121s));
}

TEST(Guard, keeps_a_wave_within_what_may_fail_in_a_row) {
  Guard guard({.user_failures = 0, .in_a_row = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(guard.begin(alice, start));
  EXPECT_FALSE(guard.begin(alice, start));
  Guard none({.user_failures = 0, .in_a_row = 0});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(none.begin(alice, start));
}

TEST(Guard, never_blocks_more_guesses_than_that_over_a_long_time) {
  Guard guard({.user_failures = 10, .user_time = 10min, .in_a_row = 0});
  int guesses = 0;
  for (auto now = start; now < start + 24h; now += 1s)
    if (!guard.blocks_user(alice, now)) {
      guard.user_failed(alice, now);
      ++guesses;
    }
  EXPECT_LE(guesses, 10 + 24 * 60);
  EXPECT_GE(guesses, 24 * 60);
}

TEST(Guard, forgets_with_a_success) {
  Guard guard(five_in_ten_minutes());
  for (int i = 0; i < 5; ++i) guard.user_failed(alice, start);
  guard.succeeded(alice);
  EXPECT_FALSE(guard.blocks_user(alice, start));
}

TEST(Guard, stops_after_so_many_in_a_row_however_slow_they_come) {
  Guard guard({.user_failures = 0, .in_a_row = 100, .pause_after_row = 24h});
  auto now = start;
  for (int i = 0; i < 100; ++i, now += 1h) {
    EXPECT_FALSE(guard.blocks_user(alice, now)) << i;
    guard.user_failed(alice, now);
  }
  EXPECT_TRUE(guard.blocks_user(alice, now));
  EXPECT_FALSE(guard.blocks_user(alice, now + 24h));
}

TEST(Guard, counts_for_a_client_what_nobody_else_is_blamed_for) {
  Guard guard({.user_failures = 5, .client_failures = 3, .user_time = 1min, .client_time = 1min});
  for (int i = 0; i < 3; ++i) guard.client_failed(vpn, start);
  EXPECT_TRUE(guard.blocks_client(vpn, start));
  EXPECT_FALSE(guard.blocks_user(alice, start));
  EXPECT_FALSE(guard.blocks_client(vpn, start + 61s));
}

TEST(Guard, holds_no_more_than_its_table_and_keeps_the_worst) {
  Guard guard(five_in_ten_minutes());
  for (int i = 0; i < 5; ++i) guard.user_failed(alice, start);
  // Strangers of the same row, one failure each: they drive each other out, not her.
  for (std::uint64_t i = 1; i < 1000; ++i) guard.user_failed(alice + i * (Guard::users / 8), start);
  EXPECT_TRUE(guard.blocks_user(alice, start));
}

TEST(PushRules, send_one_at_a_time) {
  PushRules rules;
  EXPECT_EQ(rules.ask(alice, start), MayPush::yes);
  rules.began(alice, start + 60s, start);
  EXPECT_EQ(rules.ask(alice, start + 59s), MayPush::one_is_waiting);
  EXPECT_EQ(rules.ask(bob, start), MayPush::yes);
  rules.approved(alice);
  EXPECT_EQ(rules.ask(alice, start + 59s), MayPush::yes);
}

TEST(PushRules, wait_one_two_and_four_minutes_after_a_denial) {
  PushRules rules;
  auto now = start;
  for (const auto pause : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
    rules.began(alice, now + 60s, now);
    rules.denied(alice, now);
    EXPECT_EQ(rules.ask(alice, now + pause - 1s), MayPush::paused);
    now += pause;
    EXPECT_EQ(rules.ask(alice, now), MayPush::yes);
  }
}

TEST(PushRules, take_a_push_that_nobody_asked_after_for_one_left_unanswered) {
  PushRules rules;
  rules.began(alice, start + 60s, start);
  EXPECT_EQ(rules.ask(alice, start + 61s), MayPush::paused);
  EXPECT_EQ(rules.ask(alice, start + 121s), MayPush::yes);
  rules.began(alice, start + 200s, start + 121s);
  EXPECT_EQ(rules.ask(alice, start + 319s), MayPush::paused) << "the second time two minutes";
  EXPECT_EQ(rules.ask(alice, start + 321s), MayPush::yes);
}

TEST(PushRules, forget_a_push_that_was_never_sent) {
  PushRules rules;
  rules.began(alice, start + 60s, start);
  rules.was_not_sent(alice, start);
  EXPECT_EQ(rules.ask(alice, start), MayPush::yes);
}

}  // namespace
}  // namespace sallyport::validation
