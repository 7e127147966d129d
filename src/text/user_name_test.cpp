#include "text/user_name.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sallyport::text {
namespace {

using namespace std::string_literals;

std::string prepared(std::string_view name) {
  const auto result = prepare_user_name(name);
  return result ? result->prepared : "refused: " + std::string(to_string(result.error()));
}
UserNameRefusal refusal(std::string_view name) {
  const auto result = prepare_user_name(name);
  EXPECT_FALSE(result) << testing::PrintToString(std::string(name));
  return result ? UserNameRefusal{} : result.error();
}
std::string utf8_of(char32_t c) {
  const auto octet = [](unsigned v) { return static_cast<char>(v); };
  if (c < 0x80) return {octet(c)};
  if (c < 0x800) return {octet(0xC0U | c >> 6U), octet(0x80U | (c & 0x3FU))};
  if (c < 0x10000)
    return {octet(0xE0U | c >> 12U), octet(0x80U | (c >> 6U & 0x3FU)), octet(0x80U | (c & 0x3FU))};
  return {octet(0xF0U | c >> 18U), octet(0x80U | (c >> 12U & 0x3FU)), octet(0x80U | (c >> 6U & 0x3FU)),
          octet(0x80U | (c & 0x3FU))};
}

TEST(UserName, every_spelling_of_a_name_is_one_name) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> names{
      {"alice",
       {"alice", "ALICE", " alice", "alice  ", "aLiCe",
        "\xC2\xA0"
        "alice",
        "ali\xC2\xAD"
        "ce",
        "\xE2\x80\x8B"
        "alice",
        "\xEF\xBD\x81lice", "\xEF\xBC\xA1LICE",
        "\xEF\xBB\xBF"
        "alice",
        "\xE2\x80\x83"
        "alice\xE3\x80\x80"}},
      {"mary ann",
       {"mary ann", "Mary   Ann",
        "mary\xC2\xA0"
        "ann",
        "mary \xE2\x80\x82 ann"}},
      {"j\xC3\xBCrgen", {"j\xC3\xBCrgen", "J\xC3\x9CRGEN", "ju\xCC\x88rgen", "JU\xCC\x88RGEN"}},
      {"strasse",
       {"stra\xC3\x9F"
        "e",
        "STRASSE"}},
      {"\xCF\x83\xCE\xBF\xCF\x86\xCE\xBF\xCF\x83",  // a final sigma is a sigma
       {"\xCE\xA3\xCE\x9F\xCE\xA6\xCE\x9F\xCE\xA3", "\xCF\x83\xCE\xBF\xCF\x86\xCE\xBF\xCF\x82"}},
      {"office",
       {"o\xEF\xAC\x83"
        "ce"}},                  // a ligature
      {"ix", {"\xE2\x85\xA8"}},  // a Roman numeral: RFC 4013 section 3
      {"a", {"\xC2\xAA"}},       // likewise
      {"corp\\bob", {"CORP\\Bob"}},
      {"*)(uid=*", {"*)(uid=*"}},  // ugly, and escaped where it matters
  };
  for (const auto& [one, spellings] : names) {
    for (const auto& spelling : spellings)
      EXPECT_EQ(prepared(spelling), one) << testing::PrintToString(spelling);
  }
}

TEST(UserName, keeps_its_case_in_the_spelling_that_a_directory_is_asked_for) {
  const auto ascii = prepare_user_name("  Alice   B ");
  ASSERT_TRUE(ascii);
  EXPECT_EQ(ascii->spelled, "Alice B");
  EXPECT_EQ(ascii->prepared, "alice b");
  const auto other = prepare_user_name(
      " J\xC3\x9C"
      "rgen");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->spelled,
            "J\xC3\x9C"
            "rgen");
}

TEST(UserName, is_refused_with_the_reason) {
  EXPECT_EQ(refusal(""), UserNameRefusal::empty);
  EXPECT_EQ(refusal("   "), UserNameRefusal::empty);
  EXPECT_EQ(refusal("\xC2\xAD"), UserNameRefusal::empty);
  EXPECT_EQ(refusal("\xE2\x80\x8B \xC2\xA0"), UserNameRefusal::empty);
  EXPECT_EQ(refusal("\xFF"), UserNameRefusal::not_utf8);
  EXPECT_EQ(refusal("\xC0\x80"), UserNameRefusal::not_utf8);
  EXPECT_EQ(refusal("\xED\xA0\x80"), UserNameRefusal::not_utf8);
  EXPECT_EQ(refusal("alice\0"s), UserNameRefusal::control_character);
  EXPECT_EQ(refusal("alice\tb"), UserNameRefusal::control_character);
  EXPECT_EQ(refusal("alice\xC2\x85"), UserNameRefusal::control_character);
  EXPECT_EQ(refusal("alice\xEE\x80\x80"), UserNameRefusal::prohibited);  // private use
  EXPECT_EQ(refusal("alice\xE2\x80\xAE"), UserNameRefusal::prohibited);  // right-to-left override
  EXPECT_EQ(refusal("alice\xEF\xBF\xBD"), UserNameRefusal::prohibited);  // the replacement character
  EXPECT_EQ(refusal("\xF0\x9F\x98\x80"), UserNameRefusal::unassigned);   // a face
  EXPECT_EQ(refusal("\xD8\xA7"
                    "1"),
            UserNameRefusal::mixed_direction);  // RFC 4013 section 3
  EXPECT_EQ(refusal("\xD8\xA7"
                    "a\xD8\xA7"),
            UserNameRefusal::mixed_direction);
}

TEST(UserName, may_be_as_long_as_its_two_limits_allow) {
  EXPECT_TRUE(prepare_user_name(std::string(128, 'a')));
  EXPECT_EQ(refusal(std::string(129, 'a')), UserNameRefusal::too_long);
  EXPECT_EQ(refusal(std::string(254, 'a')), UserNameRefusal::too_long);
  EXPECT_TRUE(prepare_user_name(std::string(100, ' ') + std::string(128, 'a')));
  std::string wide;
  for (int i = 0; i < 84; ++i) wide += "\xEF\xB7\xBA";  // 18 characters each, when taken apart
  EXPECT_EQ(refusal(wide), UserNameRefusal::too_long);
}

TEST(UserName, prepared_once_more_stays_what_it_is) {
  int taken = 0;
  for (char32_t c = 0x20; c < 0x30000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    for (const auto& name : {"a" + utf8_of(c) + "a", utf8_of(c)}) {
      const auto once = prepare_user_name(name);
      if (!once) continue;
      ++taken;
      ASSERT_EQ(prepared(once->prepared), once->prepared) << std::hex << static_cast<unsigned>(c);
      ASSERT_EQ(prepared(once->spelled), once->prepared) << std::hex << static_cast<unsigned>(c);
    }
  }
  EXPECT_GT(taken, 100000);
}

TEST(UserName, of_ascii_comes_out_the_same_with_and_without_the_tables) {
  for (char c = 0x21; c < 0x7F; ++c) {
    const auto fast = prepare_user_name(std::string(1, c));
    const auto slow = prepare_user_name(std::string(1, c) + "\xC2\xAD");  // maps to nothing, but is not ASCII
    ASSERT_TRUE(fast && slow);
    EXPECT_EQ(fast->prepared, slow->prepared) << c;
    EXPECT_EQ(fast->spelled, slow->spelled) << c;
  }
}

}  // namespace
}  // namespace sallyport::text
