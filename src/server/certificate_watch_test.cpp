#include "server/certificate_watch.h"

#include <gmock/gmock.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::Pair;

const std::chrono::sys_seconds ends = std::chrono::sys_days(std::chrono::year(2030) / 6 / 1) + 12h;

// Hour by hour: when it is told (in days before the end), and what is said to be left.
std::vector<std::pair<std::int64_t, std::int64_t>> told(EndDate& date, days from, days to) {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  for (std::chrono::hours left = from; left >= to; left -= 1h)
    if (const auto said = date.due(ends, ends - left))
      out.emplace_back(std::chrono::ceil<days>(left).count(), *said);
  return out;
}

TEST(EndDate, is_told_60_30_and_7_days_ahead_and_daily_from_the_last_day_on) {
  EndDate date;
  EXPECT_THAT(told(date, days(400), days(-2)),
              ElementsAre(Pair(61, 60), Pair(31, 30), Pair(8, 7), Pair(1, 0), Pair(0, -1), Pair(-1, -2)));
}

TEST(EndDate, is_told_once_at_a_start_between) {
  EndDate date;
  EXPECT_THAT(told(date, days(45), days(31)), ElementsAre(Pair(45, 45)));
}

TEST(EndDate, that_is_new_begins_anew_and_one_that_is_not_known_is_not_told) {
  EndDate date;
  EXPECT_EQ(date.due(ends, ends - days(5)), 5);
  EXPECT_EQ(date.due(ends, ends - days(5)), std::nullopt);
  EXPECT_EQ(date.due(ends + days(365), ends - days(5)), std::nullopt);
  EXPECT_EQ(date.due(ends + days(1), ends - days(5)), 6);
  EXPECT_EQ(date.due(ends, ends - days(5)), std::nullopt) << "it was told";
  EXPECT_EQ(EndDate().due({}, ends), std::nullopt);
}

}  // namespace
}  // namespace sallyport::server
