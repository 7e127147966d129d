#pragma once
// Time is an argument. Nothing below floor 3 reads a clock; `net::Loop::now()` is where a Time comes from.
// Intervals and deadlines use `steady` only; codes, certificates and sealed State use `wall`.
#include <chrono>
#include <cstdint>

namespace sallyport::base {

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

struct Time {
  SteadyTime steady{};
  WallTime wall{};
  bool wall_believed = false;  // the wall clock has been checked against the authentication service

  friend constexpr Time operator+(Time t, Duration d) {
    return {t.steady + d, t.wall + std::chrono::duration_cast<std::chrono::microseconds>(d), t.wall_believed};
  }
};

constexpr std::int64_t unix_seconds(WallTime t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace sallyport::base
