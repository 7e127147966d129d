#include "authservice/push_rules.h"

#include <gtest/gtest.h>

#include "authservice/push_transactions.h"

namespace sallyport::authservice {
namespace {

using namespace std::chrono_literals;

vip::PushAuthData wishing(std::vector<vip::KeyValuePair> display, std::vector<vip::KeyValuePair> request = {}) {
  return {std::move(display), std::move(request)};
}

TEST(PushWish, reads_the_words_for_the_user_as_one_line_that_steers_no_terminal) {
  EXPECT_EQ(push_wish(wishing({{"push.message.text", "VPN"}}))->text, "VPN");
  EXPECT_EQ(push_wish(wishing({{"display.message.text", "from \x1b[2J10.0.0.1\n"},
                               {"push.message.text", "VPN"},
                               {"display.message.title", "Sign in"},
                               {"display.message.profile", "www.example.com"}}))
                ->text,
            "Sign in - from  [2J10.0.0.1  - www.example.com");
  EXPECT_EQ(push_wish(wishing({}))->text, "");
  EXPECT_EQ(push_wish(wishing({{"push.message.text", "\xC2\x9B 31m"}}))->text, "") << "C1 steers too";
}

TEST(PushWish, takes_no_time_out_that_is_not_a_number_of_seconds) {
  EXPECT_FALSE(push_wish(wishing({}))->life);
  EXPECT_EQ(push_wish(wishing({}, {{"request.timeout", "120"}}))->life, 120s);
  for (auto bad : {"soon", "1e3", "-1", "0", "60s", " 60", "99999999999"})
    EXPECT_FALSE(push_wish(wishing({}, {{"request.timeout", bad}}))) << bad;
}

TEST(PushLife, stays_within_the_policy) {
  const PushPolicy policy;
  PushWish wish;
  EXPECT_EQ(push_life(wish, policy), 60s);
  wish.life = 5s;
  EXPECT_EQ(push_life(wish, policy), 5s);
  wish.life = 100'000s;
  EXPECT_EQ(push_life(wish, policy), 300s);
}

TEST(PushState, is_over_at_its_end_unless_it_was_answered) {
  EXPECT_EQ(seen_at(PushState::in_progress, 100, 99), PushState::in_progress);
  EXPECT_EQ(seen_at(PushState::in_progress, 100, 100), PushState::expired);
  for (auto state : {PushState::approved, PushState::denied, PushState::wrong_number})
    EXPECT_EQ(seen_at(state, 100, 1'000'000), state);
}

TEST(PushAnswer, needs_the_number_where_one_is_asked_for) {
  EXPECT_EQ(after_answer("", {true, ""}), PushState::approved);
  EXPECT_EQ(after_answer("", {false, ""}), PushState::denied);
  EXPECT_EQ(after_answer("42", {true, "42"}), PushState::approved);
  EXPECT_EQ(after_answer("42", {true, "24"}), PushState::wrong_number);
  EXPECT_EQ(after_answer("42", {true, ""}), PushState::wrong_number);
  EXPECT_EQ(after_answer("42", {false, ""}), PushState::denied);
}

TEST(TransactionId, is_sixteen_lower_case_digits_and_nothing_else) {
  EXPECT_EQ(transaction_text(0xABCDEF), "0000000000abcdef");
  EXPECT_EQ(transaction_id("0000000000abcdef"), 0xABCDEFU);
  EXPECT_EQ(transaction_id("ffffffffffffffff"), 0xFFFFFFFFFFFFFFFFU);
  for (auto bad : {"", "abcd", "0000000000ABCDEF", "0000000000abcdeg", " 00000000abcdef0", "0000000000abcdef0"})
    EXPECT_FALSE(transaction_id(bad)) << bad;
}

}  // namespace
}  // namespace sallyport::authservice
