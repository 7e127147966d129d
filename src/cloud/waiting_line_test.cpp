#include "cloud/waiting_line.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

base::SteadyTime at(base::Duration since_start) { return base::SteadyTime(1h) + since_start; }

TEST(WaitingLine, gives_the_slot_to_the_one_with_the_least_patience_left) {
  WaitingLine<std::string> line(8);
  line.add(at(900ms), "patient");
  line.add(at(300ms), "hasty");
  line.add(at(600ms), "middling");
  EXPECT_EQ(line.next(at(0ms), 10ms), "hasty");
  EXPECT_EQ(line.next(at(0ms), 10ms), "middling");
  EXPECT_EQ(line.next(at(0ms), 10ms), "patient");
  EXPECT_EQ(line.next(at(0ms), 10ms), std::nullopt);
}

TEST(WaitingLine, serves_those_of_one_deadline_in_the_order_of_arrival) {
  WaitingLine<int> line(8);
  for (int i = 0; i < 4; ++i) line.add(at(1s), i);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(line.next(at(0s), 0s), i);
}

TEST(WaitingLine, passes_over_the_one_that_cannot_make_it_any_more) {
  WaitingLine<std::string> line(8);
  line.add(at(40ms), "too late");
  line.add(at(400ms), "in time");
  EXPECT_EQ(line.next(at(0ms), 50ms), "in time");
  EXPECT_EQ(line.next(at(0ms), 50ms), std::nullopt);
  EXPECT_EQ(line.size(), 1U);
  EXPECT_EQ(line.expired(at(39ms)), std::nullopt);
  EXPECT_EQ(line.expired(at(40ms)), "too late");
  EXPECT_EQ(line.first_deadline(), std::nullopt);
}

TEST(WaitingLine, says_when_it_is_full_and_when_the_first_leaves) {
  WaitingLine<int> line(2);
  line.add(at(2s), 2);
  EXPECT_FALSE(line.full());
  line.add(at(1s), 1);
  EXPECT_TRUE(line.full());
  EXPECT_EQ(line.first_deadline(), at(1s));
}

}  // namespace
}  // namespace sallyport::cloud
