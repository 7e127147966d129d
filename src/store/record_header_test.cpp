#include "store/record_header.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sallyport::store {
namespace {

TEST(RecordHeader, is_read_as_it_was_written) {
  const RecordHeader first{"record-a", "2026-11-26T04:38:29Z", true, std::nullopt};
  const auto read = parse_header(header_object(first));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->segment, "record-a");
  EXPECT_EQ(read->time, "2026-11-26T04:38:29Z");
  EXPECT_TRUE(read->sealed);
  EXPECT_FALSE(read->previous);
  const RecordHeader second{"record-b", "", false, RecordEnd{"record-a", 17, "abc", 4000, 3}};
  const auto again = parse_header(header_object(second));
  ASSERT_TRUE(again && again->previous);
  EXPECT_FALSE(again->sealed);
  EXPECT_EQ(again->previous->segment, "record-a");
  EXPECT_EQ(again->previous->seq, 17U);
  EXPECT_EQ(again->previous->mac, "abc");
  EXPECT_EQ(again->previous->octets, 4000U);
  EXPECT_EQ(again->previous->torn, 3U);
}

TEST(RecordHeader, of_another_version_or_with_something_missing_is_none) {
  for (const auto* text : {"", "{}", "[]", R"({"version":1})",
                           R"({"time":"","segment":"a","version":2,"key":"beside","previous":null})",
                           R"({"time":"","segment":"a","version":1,"key":"lost","previous":null})",
                           R"({"time":"","segment":"a","version":1,"key":"beside"})",
                           R"({"time":"","segment":"a","version":1,"key":"beside","previous":{"segment":"b"}})",
                           R"({"time":"","segment":"a","version":1,"key":"beside","previous":7})"})
    EXPECT_FALSE(parse_header(text)) << text;
}

TEST(RecordHeader, has_a_name_with_time_and_number) {
  const base::WallTime now =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + std::chrono::seconds(16709);
  EXPECT_EQ(make_segment_name(now, 7), "record-20261126T043829Z-000007");
  EXPECT_EQ(segment_number("record-20261126T043829Z-000007"), 7U);
  EXPECT_EQ(segment_number(make_segment_name(now, 12'345'678)), 12'345'678U);
  for (const auto* name : {"", "record-", "record-7", "record-20261126T043829Z-", "record-20261126T043829Z-7a",
                           "other-20261126T043829Z-000007"})
    EXPECT_FALSE(segment_number(name)) << name;
}

}  // namespace
}  // namespace sallyport::store
