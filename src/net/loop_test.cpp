#include "net/loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "net/mailbox.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

TEST(Loop, tasks_run_in_the_order_of_posting) {
  Loop loop;
  std::string order;
  for (const char c : {'a', 'b', 'c'}) loop.post([&order, c] { order += c; });
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, "abc");
}

TEST(Loop, a_stop_that_comes_before_the_run_is_not_lost) {
  Loop loop;
  loop.stop();
  loop.run();
  EXPECT_TRUE(loop.run_for(1ms)) << "and it is spent by one run";
}

TEST(Loop, the_end_of_a_turn_comes_after_all_that_was_ready) {
  Loop loop;
  std::string order;
  loop.post([&] {
    loop.at_end_of_turn([&] { order += 'e'; });
    order += 'a';
  });
  for (const char c : {'b', 'c'}) loop.post([&order, c] { order += c; });
  EXPECT_TRUE(loop.run_for(2ms));
  EXPECT_EQ(order, "abce");
}

TEST(Loop, an_end_of_turn_task_that_asks_for_another_is_served_without_waiting) {
  Loop loop;
  int turns = 0;
  loop.at_end_of_turn([&] {
    ++turns;
    loop.at_end_of_turn([&] {
      ++turns;
      loop.stop();
    });
  });
  loop.run();
  EXPECT_EQ(turns, 2);
}

TEST(Loop, a_task_from_another_thread_wakes_it) {
  Loop loop;
  std::jthread other([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
}

TEST(Timer, those_due_run_in_order_of_time_and_then_of_arming) {
  Loop loop;
  std::string order;
  Timer late(loop), early(loop), also_early(loop);
  const auto now = loop.now().steady;
  late.at(now + 3ms, [&] {
    order += 'l';
    loop.stop();
  });
  early.at(now + 1ms, [&] { order += 'e'; });
  also_early.at(now + 1ms, [&] { order += 'a'; });
  EXPECT_TRUE(late.armed());
  loop.run();
  EXPECT_EQ(order, "eal");
  EXPECT_FALSE(late.armed());
}

TEST(Timer, cancelling_withdraws_even_one_that_is_due) {
  Loop loop;
  int ran = 0;
  Timer first(loop);
  std::optional<Timer> second(loop), third(loop), fourth(loop);
  const auto past = loop.now().steady - 1ms;
  first.at(past, [&] {
    second->cancel();
    third.reset();
    fourth->after(1h, [&] { ran += 100; });
  });
  second->at(past, [&] { ran += 1; });
  third->at(past, [&] { ran += 10; });
  fourth->at(past, [&] { ran += 1000; });
  loop.run_for(3ms);
  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(fourth->armed());
}

TEST(Timer, may_be_destroyed_by_its_own_task_and_armed_again_in_it) {
  Loop loop;
  auto timer = std::make_unique<Timer>(loop);
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds < 3) {
      timer->after(0ms, [&] { again(); });
    } else {
      timer.reset();
      loop.stop();
    }
  };
  timer->after(0ms, [&] { again(); });
  loop.run();
  EXPECT_EQ(rounds, 3);
}

TEST(Timer, thousands_armed_and_withdrawn_in_any_order_leave_the_others_in_order) {
  Loop loop;
  std::vector<Timer> timers;
  std::vector<int> ran;
  const auto start = loop.now().steady - 1s;
  for (int i = 0; i < 5'000; ++i) {
    const int due = (i * 7919) % 5'000;
    timers.emplace_back(loop);
    timers.back().at(start + std::chrono::microseconds(due), [&ran, due] { ran.push_back(due); });
  }
  for (std::size_t i = 0; i < timers.size(); i += 3) timers[i].cancel();
  loop.run_for(1ms);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
  EXPECT_EQ(ran.size(), 5'000 - 1'667U);
}

TEST(Timer, outlives_its_loop_harmlessly) {
  std::optional<Loop> loop(std::in_place);
  Timer timer(*loop);
  timer.after(1h, [] {});
  loop.reset();
  EXPECT_FALSE(timer.armed());
}

struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0); }
  ~Pair() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
};

TEST(Watch, calls_again_and_again_while_there_is_something_to_read) {
  Loop loop;
  const Pair pair;
  Watch watch(loop, pair.ends[0]);
  ASSERT_EQ(write(pair.ends[1], "abc", 3), 3);
  std::string got;
  watch.on_readable([&] {
    char c = 0;
    if (read(pair.ends[0], &c, 1) == 1) got += c;
    if (got == "abc") loop.stop();
  });
  EXPECT_FALSE(loop.run_for(1s));
}

TEST(Watch, an_empty_function_ends_it_and_another_begins_it_again) {
  Loop loop;
  const Pair pair;
  Watch watch(loop, pair.ends[0]);
  int calls = 0;
  watch.on_writable([&] {
    ++calls;
    watch.on_writable({});
  });
  loop.run_for(5ms);
  EXPECT_EQ(calls, 1);
  watch.on_writable([&] {
    ++calls;
    loop.stop();
  });
  EXPECT_FALSE(loop.run_for(1s));
  EXPECT_EQ(calls, 2);
}

TEST(Watch, nothing_is_called_after_it_was_destroyed_in_its_own_callback) {
  Loop loop;
  const Pair pair;
  std::optional<Watch> watch(std::in_place, loop, pair.ends[0]);
  ASSERT_EQ(write(pair.ends[1], "abc", 3), 3);
  int calls = 0;
  watch->on_readable([&] {
    ++calls;
    watch.reset();
  });
  loop.run_for(5ms);
  EXPECT_EQ(calls, 1);
}

TEST(Watch, who_stopped_reading_gets_later_what_came_meanwhile) {
  Loop loop;
  const Pair pair;
  Watch watch(loop, pair.ends[0]);
  int calls = 0;
  const auto read_one = [&] {
    char c = 0;
    calls += read(pair.ends[0], &c, 1) == 1 ? 1 : 0;
    watch.on_readable({});
  };
  watch.on_readable(read_one);
  ASSERT_EQ(write(pair.ends[1], "abc", 3), 3);
  loop.run_for(5ms);
  EXPECT_EQ(calls, 1);
  watch.on_readable(read_one);
  loop.run_for(5ms);
  EXPECT_EQ(calls, 2);
}

TEST(Watch, one_that_is_destroyed_by_another_in_the_same_turn_is_not_called) {
  Loop loop;
  const Pair a, b;
  std::optional<Watch> first(std::in_place, loop, a.ends[0]), second(std::in_place, loop, b.ends[0]);
  int calls = 0;
  const auto destroy_both = [&] {
    ++calls;
    first.reset();
    second.reset();
  };
  first->on_readable(destroy_both);
  second->on_readable(destroy_both);
  ASSERT_EQ(write(a.ends[1], "x", 1), 1);
  ASSERT_EQ(write(b.ends[1], "x", 1), 1);
  loop.run_for(5ms);
  EXPECT_EQ(calls, 1);
}

TEST(Watch, an_end_that_nobody_waits_for_leaves_the_loop_at_rest) {
  Loop loop;
  const Pair pair;
  Watch watch(loop, pair.ends[0]);
  watch.on_readable([&] { watch.on_readable({}); });
  shutdown(pair.ends[1], SHUT_RDWR);
  loop.run_for(5ms);
  timespec before{}, after{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  loop.run_for(200ms);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  const auto used = std::chrono::seconds(after.tv_sec - before.tv_sec) +
                    std::chrono::nanoseconds(after.tv_nsec - before.tv_nsec);
  EXPECT_LT(used, 100ms) << "of CPU time, which a busy machine does not lengthen";
}

TEST(Watch, hears_of_the_end_though_it_waits_for_writing) {
  Loop loop;
  const Pair pair;
  Watch watch(loop, pair.ends[0]);
  const std::string much(1U << 20U, 'x');
  ASSERT_GT(write(pair.ends[0], much.data(), much.size()), 0);
  watch.on_writable([&] { loop.stop(); });
  EXPECT_TRUE(loop.run_for(5ms)) << "there is no room";
  shutdown(pair.ends[1], SHUT_RDWR);
  EXPECT_FALSE(loop.run_for(5s));
}

TEST(Mailbox, refuses_when_full_and_delivers_what_it_took_as_one_batch) {
  Loop loop;
  std::vector<std::vector<int>> batches;
  Mailbox<int> box(loop, 3, [&](std::vector<int>& batch) { batches.push_back(batch); });
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(box.push(i));
  EXPECT_FALSE(box.push(4));
  loop.run_for(1ms);
  EXPECT_TRUE(box.push(5));
  loop.run_for(1ms);
  EXPECT_EQ(batches, (std::vector<std::vector<int>>{{1, 2, 3}, {5}}));
}

TEST(Mailbox, what_is_put_in_together_comes_as_one_batch_when_it_is_whole) {
  Loop loop;
  std::vector<std::size_t> batches;
  Mailbox<int> box(loop, 9, [&](std::vector<int>& batch) { batches.push_back(batch.size()); });
  {
    const Together together;
    EXPECT_TRUE(box.push(1));
    loop.run_for(1ms);
    EXPECT_TRUE(batches.empty());
    {
      const Together within;
      EXPECT_TRUE(box.push(2));
    }
    EXPECT_TRUE(box.push(3));
  }
  loop.run_for(1ms);
  EXPECT_EQ(batches, std::vector<std::size_t>{3});
}

TEST(Mailbox, loses_nothing_between_threads) {
  Loop loop;
  int sum = 0;
  int count = 0;
  Mailbox<int> box(loop, 64, [&](std::vector<int>& batch) {
    EXPECT_LE(batch.size(), 64U);
    for (const int i : batch) sum += i;
    count += static_cast<int>(batch.size());
    if (count == 2'000) loop.stop();
  });
  const auto sender = [&](int value) {
    for (int i = 0; i < 1'000; ++i) {
      while (!box.push(value)) std::this_thread::yield();
    }
  };
  std::jthread a(sender, 1), b(sender, 1'000);
  loop.run();
  EXPECT_EQ(sum, 1'001'000);
}

TEST(Mailbox, delivers_nothing_once_it_is_gone) {
  Loop loop;
  int calls = 0;
  {
    Mailbox<int> box(loop, 3, [&](std::vector<int>&) { ++calls; });
    EXPECT_TRUE(box.push(1));
  }
  loop.run_for(1ms);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace sallyport::net
