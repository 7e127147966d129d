#include "telemetry/line.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <random>

namespace sallyport::telemetry {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Message greeting{999, Level::warning, "{user} came from {where}", "a test", "nothing"};
constexpr base::WallTime noon{std::chrono::microseconds(1'795'348'800'000'042)};

std::string json(std::vector<Field> fields, Alphabet alphabet = Alphabet::utf8) {
  std::string out;
  append_json(out, {&greeting, noon, std::move(fields)}, alphabet);
  return out;
}

std::string text(std::vector<Field> fields) {
  std::string out;
  append_text(out, {&greeting, noon, std::move(fields)});
  return out;
}

TEST(JsonLine, has_time_level_id_message_and_the_fields) {
  EXPECT_EQ(
      json({{"user", "alice"}, {"where", "here"}, {"count", std::int64_t{3}}, {"ms", 1.5}, {"good", true}}),
      R"({"time":"2026-11-22T12:00:00.000042Z","level":"warning","id":"SP0999","message":"alice came from here",)"
      R"("user":"alice","where":"here","count":3,"ms":1.5,"good":true})");
}

TEST(JsonLine, gives_back_every_text_to_a_parser_that_nobody_here_wrote) {
  for (const auto* value : {"", "quote \" back \\ slash /", "line\nfeed\r\ttab", "Zoë 日本 \xf0\x9f\x94\x91",
                            "\x01\x1f\x7f", "\u2028\u202e\u0085"})
    for (const auto alphabet : {Alphabet::utf8, Alphabet::ascii}) {
      const auto parsed = boost::json::parse(json({{"user", std::string(value)}}, alphabet));
      EXPECT_EQ(parsed.at("user").as_string(), value);
    }
}

TEST(JsonLine, stays_one_line_of_valid_json_whatever_octets_a_field_has) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string value;
    for (auto length = random() % 40; length > 0; --length) value += static_cast<char>(random() % 256);
    for (const auto alphabet : {Alphabet::utf8, Alphabet::ascii}) {
      const auto line = json({{"user", value}, {"where", value}}, alphabet);
      boost::json::error_code error;
      EXPECT_TRUE(boost::json::parse(line, error).is_object()) << line;
      for (char c : line) {
        EXPECT_GE(static_cast<unsigned char>(c), 0x20);
        if (alphabet == Alphabet::ascii) EXPECT_LT(static_cast<unsigned char>(c), 0x7f);
      }
    }
  }
}

TEST(JsonLine, replaces_invalid_utf8) {
  for (const auto* value : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_THAT(json({{"user", std::string("a") + value}}), HasSubstr("\"user\":\"a\xef\xbf\xbd")) << value;
  EXPECT_THAT(json({{"user", std::string("\xe2\x82x")}}), HasSubstr("x\""))
      << "what follows a cut character is kept";
}

TEST(JsonLine, cuts_a_field_that_is_too_long) {
  const auto line = json({{"user", std::string(100'000, 'x')}});
  EXPECT_LT(line.size(), 20'000U);
  EXPECT_THAT(line, EndsWith("...\"}"));
}

TEST(JsonLine, has_no_numbers_that_json_does_not_know) {
  EXPECT_THAT(json({{"ms", std::numeric_limits<double>::infinity()}, {"s", std::nan("")}}),
              EndsWith("\"ms\":null,\"s\":null}"));
}

TEST(JsonLine, a_field_named_like_a_part_of_the_line_does_not_take_its_place) {
  EXPECT_THAT(json({{"level", "audit"}}), EndsWith("\"field_level\":\"audit\"}"));
}

TEST(TextLine, is_for_people) {
  EXPECT_EQ(text({{"user", "alice"}, {"count", std::int64_t{3}}}),
            "2026-11-22T12:00:00.000042Z warning SP0999 alice came from - user=\"alice\" count=3");
}

TEST(TextLine, cannot_be_forged_by_a_user_name) {
  const auto line = text(
      {{"user",
        "x\" verdict=\"accept\"\n2026-11-22T12:00:00.000042Z audit   SP0201 login of root\x1b[2J\u202e\u2028"},
       {"where", "here"}});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  EXPECT_THAT(line, Not(HasSubstr("\u202e")));
  EXPECT_THAT(line, Not(HasSubstr(" verdict=\"accept\"")));
  EXPECT_THAT(line, HasSubstr("x\\\" verdict=\\\"accept\\\"\\n2026"));
}

TEST(SyslogLine, has_the_header_of_rfc_5424) {
  std::string out;
  append_syslog(out, {&greeting, noon, {{"user", "Zoë"}}}, {10, "gate 1.example.com", "sallyport", 42});
  EXPECT_THAT(
      out, StartsWith("<84>1 2026-11-22T12:00:00.000042Z gate_1.example.com sallyport 42 SP0999 - {\"time\":"));
  EXPECT_THAT(out, EndsWith("\"user\":\"Zo\\u00eb\"}"));
}

}  // namespace
}  // namespace sallyport::telemetry
