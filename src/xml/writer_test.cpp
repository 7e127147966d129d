#include "xml/writer.h"

#include <gtest/gtest.h>

#include "xml/reader.h"

namespace sallyport::xml {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(Writer, writes_elements_attributes_and_text_without_indentation) {
  std::string out;
  Writer w(out);
  w.declaration();
  w.open("S:Envelope");
  w.attribute("xmlns:S", "urn:s");
  w.open("r");
  w.attribute("xmlns", "urn:r");
  w.element("a", "1");
  w.open("empty");
  w.close();
  w.open("t");
  w.text("x");
  w.close();
  w.close();
  w.close();
  EXPECT_EQ(
      out,
      R"(<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="urn:s"><r xmlns="urn:r"><a>1</a><empty/><t>x</t></r></S:Envelope>)");
}

TEST(Writer, escapes_markup) { EXPECT_EQ(escaped("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&apos;c"); }

TEST(Writer, replaces_what_xml_cannot_hold) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(escaped(std::string("a\0b\x1f", 4)), "a" + bad + "b" + bad);
  EXPECT_EQ(escaped("\xC0\xAF"), bad + bad);
  EXPECT_EQ(escaped("\xED\xA0\x80"), bad + bad + bad);  // a surrogate
  EXPECT_EQ(escaped("\xEF\xBF\xBF"), bad + bad + bad);  // U+FFFF
  EXPECT_EQ(escaped("\xE2\x82"), bad + bad);            // cut
  EXPECT_EQ(escaped("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(escaped("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(Characters, are_code_points_that_xml_can_hold) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a\t\r\n\xC3\xA9\xF0\x9F\x98\x80"), 6U);
  EXPECT_EQ(count_characters("a\x01"), std::nullopt);
  EXPECT_EQ(count_characters("\xE9"), std::nullopt);
  EXPECT_EQ(count_characters(std::string_view("\0", 1)), std::nullopt);
}

TEST(Writer, what_it_writes_reads_back_as_itself) {
  const std::string text = "tab\t line\n return\r <&>\"' ]]> \xC3\xA9\x7F";
  std::string out;
  Writer w(out);
  w.open("a");
  w.attribute("x", text);
  w.text(text);
  w.close();
  auto d = parse(base::as_bytes(out));
  ASSERT_TRUE(d) << out;
  EXPECT_EQ(d->root().text, text);
  EXPECT_EQ(d->attributes(d->root())[0].value, text);
}

TEST(Writer, whatever_octets_it_is_given_the_outcome_is_well_formed) {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const char octets[] = {static_cast<char>(a), static_cast<char>(b), 'x'};
      ASSERT_TRUE(parse(base::as_bytes("<a>" + escaped({octets, 3}) + "</a>"))) << a << ' ' << b;
    }
}

}  // namespace
}  // namespace sallyport::xml
