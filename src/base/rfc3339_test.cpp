#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace sallyport::base {
namespace {

using std::chrono::microseconds;

microseconds since_1970(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? time->time_since_epoch() : microseconds(-1);
}

TEST(Rfc3339, is_read_in_every_form_of_its_section_5_8) {
  EXPECT_EQ(since_1970("1970-01-02T00:00:01Z"), std::chrono::seconds(86401));
  EXPECT_EQ(since_1970("1985-04-12T23:20:50.52Z"), microseconds(482196050520000));
  EXPECT_EQ(since_1970("1996-12-19T16:39:57-08:00"), since_1970("1996-12-20T00:39:57Z"));
  EXPECT_EQ(since_1970("1990-12-31T23:59:60Z"), since_1970("1991-01-01T00:00:00Z"));
  EXPECT_EQ(since_1970("2026-11-26t04:38:29.1234567z"), since_1970("2026-11-26T04:38:29.123456Z"));
}

TEST(Rfc3339, may_be_a_day_alone) { EXPECT_EQ(since_1970("2026-11-26"), since_1970("2026-11-26T00:00:00Z")); }

TEST(Rfc3339, that_is_not_well_formed_is_no_time) {
  for (const auto* text :
       {"", "2026", "2026-11-31", "2026-13-01T00:00:00Z", "2026-11-26T04:38:29", "2026-11-26T24:00:00Z",
        "2026-11-26T04:38Z", "2026-11-26T04:38:29.Z", "2026-11-26T04:38:29+0100", "2026-11-26T04:38:29Z ",
        "26-11-2026", "yesterday", "2026-11-26T04:38:29+01:0"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Rfc3339, is_written_in_utc_and_read_back) {
  const WallTime time(microseconds(482196050520007));
  EXPECT_EQ(rfc3339(time), "1985-04-12T23:20:50.520007Z");
  EXPECT_EQ(rfc3339_in_seconds(time), "1985-04-12T23:20:50Z");
  EXPECT_EQ(rfc3339(WallTime(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
  for (const std::int64_t micros : {0L, 951'782'399'999'999L, 1'790'000'000'000'001L, 4'102'444'799'999'999L})
    EXPECT_EQ(since_1970(rfc3339(WallTime(microseconds(micros)))), microseconds(micros));
}

}  // namespace
}  // namespace sallyport::base
