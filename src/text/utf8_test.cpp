#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::text {
namespace {

using namespace std::string_literals;

TEST(Utf8, takes_every_length_of_character_up_to_the_last_one_of_unicode) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("alice"));
  EXPECT_TRUE(is_utf8("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"));
  EXPECT_TRUE(is_utf8("\0"s));
}

TEST(Utf8, refuses_what_rfc_3629_forbids) {
  for (const auto& bad : {
           "\x80"s,              // a continuation with nothing before it
           "\xC0\xAF"s,          // overlong slash
           "\xC1\xBF"s,          // overlong
           "\xE0\x9F\xBF"s,      // overlong
           "\xF0\x8F\xBF\xBF"s,  // overlong
           "\xED\xA0\x80"s,      // a surrogate
           "\xED\xBF\xBF"s,      // a surrogate
           "\xF4\x90\x80\x80"s,  // above U+10FFFF
           "\xF5\x80\x80\x80"s,  //
           "\xFE"s, "\xFF"s,     //
           "a\xC3"s,             // cut off
           "a\xE2\x82"s,         //
           "a\xF0\x9F\x98"s,     //
           "\xE2\x28\xA1"s,      // no continuation
           "\xF0\x9F\x28\x80"s,  //
       }) {
    EXPECT_FALSE(is_utf8(bad)) << testing::PrintToString(bad);
  }
}

TEST(Utf8, finds_control_characters_of_both_sets) {
  for (const auto& bad : {"\0"s, "a\tb"s, "a\n"s, "\x1F"s, "\x7F"s, "\xC2\x80"s, "x\xC2\x9F"s}) {
    EXPECT_TRUE(has_control(bad)) << testing::PrintToString(bad);
  }
  for (const auto& good : {""s, " "s, "~"s, "\xC2\xA0"s, "J\xC3\xBCrgen"s, "\xC2"s}) {
    EXPECT_FALSE(has_control(good)) << testing::PrintToString(good);
  }
}

TEST(Utf8, counts_characters_and_not_octets) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("J\xC3\xBCrgen"), 6U);
  EXPECT_EQ(count_characters("\xF0\x9D\x92\x9C"), 1U);
}

}  // namespace
}  // namespace sallyport::text
