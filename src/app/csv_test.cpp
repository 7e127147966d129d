#include "app/csv.h"

#include <gtest/gtest.h>

namespace sallyport::app {
namespace {

TEST(Csv, reads_quotes_commas_and_line_ends_inside_quotes) {
  const auto records = parse_csv("user,name\r\nalice,\"Smith, \"\"A\"\"\r\nsecond\"\n\nbob,\n");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ((*records)[1].fields, (std::vector<std::string>{"alice", "Smith, \"A\"\r\nsecond"}));
  EXPECT_EQ((*records)[1].line, 2);
  EXPECT_EQ((*records)[2].fields, (std::vector<std::string>{"bob", ""}));
  EXPECT_EQ((*records)[2].line, 5);
}

TEST(Csv, names_the_line_of_what_is_wrong) {
  EXPECT_EQ(parse_csv("a\n\"b\nc").error().what, "line 2: a quote that is never closed");
  EXPECT_EQ(parse_csv("a\nb\"c\n").error().what, "line 2: a quote in the middle of a field");
  EXPECT_EQ(parse_csv("\"a\"b\n").error().what, "line 1: something follows a closing quote");
}

TEST(Csv, does_not_take_the_byte_order_mark_for_a_name) {
  EXPECT_EQ(parse_csv("\xEF\xBB\xBFuser\n")->front().fields.front(), "user");
}

TEST(Csv, leaves_out_the_last_field_and_keeps_the_rest_as_it_is) {
  const auto records = parse_csv("a,\"b,c\",d\n\"a\",\"x, \"\"y\"\"\"\r\na,\na,\"\"\nlonely\n");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 5U);
  EXPECT_EQ(without_last_field((*records)[0]), "a,\"b,c\"");
  EXPECT_EQ(without_last_field((*records)[1]), "\"a\"");
  EXPECT_EQ(without_last_field((*records)[2]), "a");
  EXPECT_EQ(without_last_field((*records)[3]), "a");
  EXPECT_EQ(without_last_field((*records)[4]), "");
}

TEST(Csv, is_written_so_that_it_reads_the_same_and_no_spreadsheet_computes_it) {
  EXPECT_EQ(csv_field("alice"), "alice");
  EXPECT_EQ(csv_field("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
  EXPECT_EQ(csv_field("=HYPERLINK(1,2)"), "\"'=HYPERLINK(1,2)\"");
  EXPECT_EQ(csv_field("@alice"), "'@alice");
  EXPECT_EQ(csv_field(""), "");
}

}  // namespace
}  // namespace sallyport::app
