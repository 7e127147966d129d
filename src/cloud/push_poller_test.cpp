#include "cloud/push_poller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;
using Added = PushPoller::Added;

constexpr base::SteadyTime start{1h};

std::string name(int number) { return "t" + std::to_string(1'000'000 + number); }

// Calls that come back at once, or after `takes`; remembers when each push was asked about.
struct Round {
  explicit Round(base::Duration interval = 3s, std::size_t limit = 100'000) : poller(interval, limit) {}

  void run_until(base::SteadyTime end) {
    for (;;) {
      const auto wake = poller.wake();
      const auto back = out.empty() ? std::optional<base::SteadyTime>() : std::optional(out.begin()->first);
      auto next = end;
      if (wake) next = std::min(next, std::max(now, *wake));
      if (back) next = std::min(next, std::max(now, *back));
      now = next;
      while (!out.empty() && out.begin()->first <= now) {
        poller.returned(out.begin()->second, now);
        out.erase(out.begin());
      }
      while (auto id = poller.expired(now)) ended.push_back(*id);
      if (auto ids = poller.next_call(now); !ids.empty()) {
        calls.push_back(now);
        EXPECT_LE(ids.size(), PushPoller::call_limit);
        for (const auto& id : ids) asked[id].push_back(now);
        out.emplace(now + takes, std::move(ids));
      }
      if (now >= end) return;
    }
  }
  // The most calls in any stretch of `length`.
  [[nodiscard]] std::size_t densest(base::Duration length) const {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < calls.size(); ++last) {
      while (calls[last] - calls[first] >= length) ++first;
      most = std::max(most, last - first + 1);
    }
    return most;
  }
  [[nodiscard]] std::size_t calls_between(base::SteadyTime from, base::SteadyTime to) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(calls, [&](auto call) { return call >= from && call < to; }));
  }

  PushPoller poller;
  base::Duration takes = 5ms;
  base::SteadyTime now = start;
  std::multimap<base::SteadyTime, std::vector<std::string>> out;
  std::vector<base::SteadyTime> calls;
  std::map<std::string, std::vector<base::SteadyTime>> asked;
  std::vector<std::string> ended;
};

TEST(PushPoller, asks_half_an_interval_after_sending_and_then_once_an_interval) {
  Round round;
  EXPECT_FALSE(round.poller.wake());
  EXPECT_EQ(round.poller.add("one", start + 10s, start), Added::yes);
  EXPECT_TRUE(round.poller.next_call(start).empty());
  round.run_until(start + 9s);
  ASSERT_EQ(round.calls.size(), 3U);
  EXPECT_EQ(round.calls[0], start + 1500ms);
  EXPECT_EQ(round.calls[1], start + 4500ms);
  EXPECT_EQ(round.calls[2], start + 7500ms);
}

TEST(PushPoller, looks_once_more_just_before_the_deadline_and_ends_at_it) {
  Round round;
  round.poller.add("one", start + 6s, start);
  round.run_until(start + 5900ms);
  ASSERT_EQ(round.calls.size(), 3U);
  EXPECT_EQ(round.calls[2], start + 5500ms);
  EXPECT_TRUE(round.ended.empty());
  round.run_until(start + 20s);
  EXPECT_EQ(round.ended, std::vector<std::string>{"one"});
  EXPECT_EQ(round.calls.size(), 3U);
  EXPECT_EQ(round.poller.size(), 0U);
  EXPECT_FALSE(round.poller.wake());
}

TEST(PushPoller, asks_about_twenty_in_one_call) {
  Round round;
  for (int i = 0; i < 20; ++i) round.poller.add(name(i), start + 60s, start + i * 10ms);
  round.run_until(start + 4s);
  EXPECT_EQ(round.calls.size(), 1U);
  EXPECT_EQ(round.asked.size(), 20U);
}

TEST(PushPoller, spreads_ten_thousand_that_came_at_once_evenly_over_the_interval) {
  Round round;
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(round.poller.add(name(i), start + 60s, start), Added::yes);
  round.run_until(start + 31500ms);
  EXPECT_LE(round.densest(100ms), 18U);  // 167 calls a second
  EXPECT_GE(round.calls_between(start + 6s, start + 9s), 490U);
  EXPECT_LE(round.calls_between(start + 6s, start + 9s), 510U);
  for (const auto& [id, times] : round.asked) {
    EXPECT_GE(times.size(), 9U) << id;
    EXPECT_LE(times.front() - start, 4600ms);
    for (std::size_t i = 1; i < times.size(); ++i) {
      EXPECT_GE(times[i] - times[i - 1], 1500ms) << id;
      EXPECT_LE(times[i] - times[i - 1], 3200ms) << id;
    }
  }
}

TEST(PushPoller, keeps_the_pace_while_pushes_come_and_go) {
  Round round;
  std::mt19937 random(7);
  int next = 0;
  for (auto at = start; at < start + 60s; at += 6ms) {  // about 167 a second, each for up to a minute
    round.run_until(at);
    round.poller.add(name(next++), at + 60s, at);
    if (random() % 4 == 0) round.poller.forget(name(static_cast<int>(random() % static_cast<unsigned>(next))));
  }
  const auto size = round.poller.size();
  const auto before = round.now;
  round.run_until(before + 3s);
  EXPECT_LE(round.calls_between(before, before + 3s), size / 20 + 10);
  EXPECT_LE(round.densest(100ms), size / 20 / 30 + 2);
  for (const auto& [id, times] : round.asked)
    for (std::size_t i = 1; i < times.size(); ++i) EXPECT_LE(times[i] - times[i - 1], 3600ms) << id;
}

TEST(PushPoller, does_not_ask_twice_at_a_time_about_one_push_however_slow_the_answer) {
  Round round;
  round.takes = 8s;
  round.poller.add("one", start + 60s, start);
  round.run_until(start + 20s);
  ASSERT_EQ(round.calls.size(), 3U);
  EXPECT_EQ(round.calls[1], start + 9500ms) << "at once when the answer took longer than the interval";
  EXPECT_EQ(round.calls[2], start + 17500ms);
}

TEST(PushPoller, takes_an_id_once_and_no_more_than_its_limit) {
  PushPoller poller(3s, 2);
  EXPECT_EQ(poller.add("one", start + 9s, start), Added::yes);
  EXPECT_EQ(poller.add("one", start + 5s, start), Added::is_here_already);
  EXPECT_EQ(poller.add("two", start + 9s, start), Added::yes);
  EXPECT_EQ(poller.add("three", start + 9s, start), Added::full);
  poller.forget("one");
  EXPECT_EQ(poller.add("three", start + 9s, start), Added::yes);
}

TEST(PushPoller, knows_nothing_more_of_one_that_was_forgotten_or_has_ended_while_it_was_out) {
  PushPoller poller(3s, 10);
  poller.add("one", start + 9s, start);
  poller.add("two", start + 2s, start);
  const auto ids = poller.next_call(start + 1500ms);
  ASSERT_EQ(ids.size(), 2U);
  poller.forget("one");
  EXPECT_EQ(poller.expired(start + 2s), "two");
  EXPECT_FALSE(poller.expired(start + 2s));
  poller.returned(ids, start + 3s);
  EXPECT_FALSE(poller.wake());
  EXPECT_TRUE(poller.next_call(start + 60s).empty());
}

TEST(PushPoller, ends_one_that_has_no_patience_at_once) {
  PushPoller poller(3s, 10);
  poller.add("one", start - 1s, start);
  EXPECT_EQ(poller.wake(), start - 1s);
  EXPECT_EQ(poller.expired(start), "one");
}

}  // namespace
}  // namespace sallyport::cloud
