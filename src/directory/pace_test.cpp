#include "directory/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;

TEST(Pace, lets_one_go_on_at_once) {
  net::Loop loop;
  Pace pace(loop);
  bool gone = false;
  pace.go_on(loop.now().steady + 5s, [&] {
    gone = true;
    loop.stop();
  });
  EXPECT_FALSE(gone) << "not from within";
  loop.run_for(2s);
  EXPECT_TRUE(gone);
  EXPECT_EQ(pace.waiting(), 0U);
}

TEST(Pace, spreads_many_in_order) {
  net::Loop loop;
  Pace pace(loop);
  std::vector<int> order;
  for (int i = 0; i < 500; ++i) pace.go_on(loop.now().steady + 60s, [&order, i] { order.push_back(i); });
  loop.run_for(200ms);
  EXPECT_GT(order.size(), 5U);
  EXPECT_LT(order.size(), 250U) << "250 a second";
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(Pace, is_in_time_for_those_that_have_little_left) {
  net::Loop loop;
  Pace pace(loop);
  const auto deadline = loop.now().steady + 1s;
  int left = 2000, late = 0;
  for (int i = 0; i < 2000; ++i)
    pace.go_on(deadline, [&] {
      late += loop.now().steady >= deadline ? 1 : 0;
      if (--left == 0) loop.stop();
    });
  loop.run_for(10s);
  EXPECT_EQ(left, 0);
  EXPECT_EQ(late, 0);
}

TEST(Pace, may_be_gone_after_a_task_and_takes_more_from_one) {
  net::Loop loop;
  auto pace = std::make_unique<Pace>(loop);
  pace->go_on(loop.now().steady + 1s, [&] {
    pace->go_on(loop.now().steady + 1s, [&] {
      pace.reset();
      loop.stop();
    });
  });
  EXPECT_FALSE(loop.run_for(5s));
  EXPECT_EQ(pace, nullptr);
}

}  // namespace
}  // namespace sallyport::directory
