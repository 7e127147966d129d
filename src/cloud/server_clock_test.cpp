#include "cloud/server_clock.h"

#include <gtest/gtest.h>

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

base::Time at(base::Duration steady, std::chrono::seconds wall) {
  return {base::SteadyTime(steady), base::WallTime(wall), false};
}

TEST(ServerClock, believes_nothing_before_the_service_told_its_time) {
  EXPECT_FALSE(ServerClock{}.believes(at(1h, 1h)));
  auto checked = at(1h, 1h);
  checked.wall_believed = true;
  EXPECT_TRUE(ServerClock{}.believes(checked));
}

TEST(ServerClock, carries_the_time_that_it_was_told_forward_on_the_monotonic_clock) {
  ServerClock clock;
  clock.told({base::WallTime(1'000'000s), base::SteadyTime(1h)});
  EXPECT_TRUE(clock.believes(at(1h, 1'000'000s)));
  EXPECT_TRUE(clock.believes(at(101h, 1'360'000s)));
  EXPECT_TRUE(clock.believes(at(1h, 1'000'300s)));
  EXPECT_FALSE(clock.believes(at(1h, 1'000'301s)));
  EXPECT_TRUE(clock.believes(at(1h, 999'700s)));
  EXPECT_FALSE(clock.believes(at(1h, 999'699s)));
  EXPECT_FALSE(clock.believes(at(101h, 1'000'000s)));
}

}  // namespace
}  // namespace sallyport::cloud
