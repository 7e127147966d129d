#include "radius/duplicate_cache.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>

#include "radius/replay_memory.h"

namespace sallyport::radius {
namespace {

using namespace std::chrono_literals;
using base::Bytes;
using base::SteadyTime;

constexpr Authenticator first{1};
constexpr Authenticator second{2};
const SteadyTime start{1000s};

Bytes copy_of(base::ByteView octets) { return {octets.begin(), octets.end()}; }

TEST(DuplicateCache, ignores_retransmits_while_in_flight_and_answers_them_with_the_same_octets_after) {
  DuplicateCache<int> cache;
  EXPECT_EQ(cache.look_up(7, first, start).what, Duplicate::fresh);
  EXPECT_EQ(cache.look_up(7, first, start + 1s).what, Duplicate::in_flight);
  EXPECT_TRUE(cache.finish(7, first, {1, 2, 3}, start + 10s));
  const auto again = cache.look_up(7, first, start + 2s);
  EXPECT_EQ(again.what, Duplicate::answered);
  EXPECT_EQ(copy_of(again.answer), (Bytes{1, 2, 3}));
}

TEST(DuplicateCache, forgets_an_answer_when_its_time_is_over) {
  DuplicateCache<int> cache;
  cache.look_up(7, first, start);
  cache.finish(7, first, {1}, start + 10s);
  EXPECT_EQ(cache.look_up(7, first, start + 10s - 1ns).what, Duplicate::answered);
  EXPECT_EQ(cache.look_up(7, first, start + 10s).what, Duplicate::fresh);
}

TEST(DuplicateCache, keeps_silence_as_an_answer) {
  DuplicateCache<int> cache;
  cache.look_up(7, first, start);
  cache.finish(7, first, {}, start + 10s);
  const auto again = cache.look_up(7, first, start + 1s);
  EXPECT_EQ(again.what, Duplicate::answered);
  EXPECT_TRUE(again.answer.empty());
}

TEST(DuplicateCache, begins_anew_with_a_new_authenticator_and_refuses_the_old_login_s_answer) {
  DuplicateCache<int> cache;
  cache.look_up(7, first, start);
  EXPECT_EQ(cache.look_up(7, second, start + 1s).what, Duplicate::fresh);
  EXPECT_FALSE(cache.finish(7, first, {1}, start + 10s));
  EXPECT_EQ(cache.look_up(7, second, start + 2s).what, Duplicate::in_flight);
  EXPECT_TRUE(cache.finish(7, second, {2}, start + 10s));
  EXPECT_FALSE(cache.finish(7, second, {3}, start + 10s));
  EXPECT_EQ(copy_of(cache.look_up(7, second, start + 2s).answer), Bytes{2});
  EXPECT_EQ(cache.look_up(7, first, start + 3s).what, Duplicate::fresh);
}

TEST(DuplicateCache, tells_slots_apart) {
  DuplicateCache<int> cache;
  cache.look_up(7, first, start);
  EXPECT_EQ(cache.look_up(8, first, start).what, Duplicate::fresh);
}

TEST(DuplicateCache, lets_a_request_that_was_not_admitted_come_again) {
  DuplicateCache<int> cache;
  cache.look_up(7, first, start);
  cache.forget(7, second);  // another's
  EXPECT_EQ(cache.look_up(7, first, start).what, Duplicate::in_flight);
  cache.forget(7, first);
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.look_up(7, first, start).what, Duplicate::fresh);
}

TEST(DuplicateCache, when_full_lets_the_oldest_answer_go_but_no_login_in_flight) {
  DuplicateCache<int> cache(3);
  for (const int key : {1, 2, 3}) cache.look_up(key, first, start);
  EXPECT_EQ(cache.look_up(4, first, start).what, Duplicate::full);
  cache.finish(2, first, {2}, start + 10s);
  cache.finish(1, first, {1}, start + 10s);
  EXPECT_EQ(cache.look_up(4, first, start).what, Duplicate::fresh);
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.look_up(1, first, start).what, Duplicate::answered);
  EXPECT_EQ(cache.look_up(3, first, start).what, Duplicate::in_flight);
  EXPECT_EQ(cache.look_up(2, first, start).what, Duplicate::fresh);  // and pushes 1 out
  EXPECT_EQ(cache.look_up(1, first, start).what, Duplicate::full);
}

TEST(DuplicateCache, gives_memory_back_when_answers_are_due) {
  DuplicateCache<int> cache;
  for (int key = 0; key < 100; ++key) {
    cache.look_up(key, first, start);
    if (key != 50) cache.finish(key, first, {1}, start + std::chrono::seconds(key));
  }
  cache.expire(start + 49s);
  EXPECT_EQ(cache.size(), 50U);
  cache.expire(start + 1000s);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.in_flight(), 1U);
}

Authenticator numbered(std::uint32_t number) {
  return {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8U),
          static_cast<std::uint8_t>(number >> 16U)};
}

TEST(ReplayMemory, knows_what_it_has_seen_by_client_and_authenticator) {
  ReplayMemory memory(1024);
  EXPECT_TRUE(memory.insert_if_new(1, first));
  EXPECT_FALSE(memory.insert_if_new(1, first));
  EXPECT_TRUE(memory.insert_if_new(2, first));
  EXPECT_TRUE(memory.insert_if_new(1, second));
  EXPECT_EQ(memory.size(), 3U);
}

TEST(ReplayMemory, forgets_the_oldest_and_no_other) {
  ReplayMemory memory(1024);
  for (std::uint32_t i = 0; i < 1024; ++i) EXPECT_TRUE(memory.insert_if_new(1, numbered(i)));
  EXPECT_TRUE(memory.insert_if_new(1, numbered(1024)));  // 0 goes
  EXPECT_EQ(memory.size(), 1024U);
  for (std::uint32_t i = 1; i <= 1024; ++i) EXPECT_FALSE(memory.insert_if_new(1, numbered(i))) << i;
  EXPECT_TRUE(memory.insert_if_new(1, numbered(0)));
}

TEST(ReplayMemory, agrees_with_a_plain_set_and_queue_over_many_rounds) {
  constexpr std::size_t limit = 64;
  ReplayMemory memory(limit);
  std::deque<std::uint32_t> order;
  std::set<std::uint32_t> seen;
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % 160);
    const bool fresh = !seen.contains(number);
    ASSERT_EQ(memory.insert_if_new(1, numbered(number)), fresh) << "round " << i;
    if (!fresh) continue;
    if (order.size() == limit) {
      seen.erase(order.front());
      order.pop_front();
    }
    order.push_back(number);
    seen.insert(number);
  }
}

}  // namespace
}  // namespace sallyport::radius
