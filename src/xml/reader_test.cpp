#include "xml/reader.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace sallyport::xml {
namespace {

using namespace std::literals;

base::Result<Document, Refusal> read(std::string_view text, Limits limits = {}, std::string_view charset = {}) {
  return parse(base::as_bytes(text), limits, charset);
}

Refusal refusal(std::string_view text, Limits limits = {}, std::string_view charset = {}) {
  auto result = read(text, limits, charset);
  EXPECT_FALSE(result.has_value()) << text.substr(0, 100);
  return result ? Refusal::too_large : result.error();
}

std::string root_text(std::string_view text, std::string_view charset = {}) {
  auto result = read(text, {}, charset);
  return result ? std::string(result->root().text) : "refused: " + std::string(to_string(result.error()));
}

TEST(Reader, resolves_prefixes_and_default_namespaces) {
  auto d = read(R"(<p:a xmlns:p="urn:1" xmlns="urn:2"><b>x</b><p:c/><d xmlns=""/></p:a>)");
  ASSERT_TRUE(d);
  EXPECT_TRUE(d->root().is("urn:1", "a"));
  const auto* b = d->root().first_child();
  ASSERT_NE(b, nullptr);
  EXPECT_TRUE(b->is("urn:2", "b"));
  EXPECT_EQ(b->text, "x");
  EXPECT_TRUE(b->next_sibling()->is("urn:1", "c"));
  EXPECT_TRUE(b->next_sibling()->next_sibling()->is("", "d"));
  EXPECT_EQ(b->next_sibling()->next_sibling()->next_sibling(), nullptr);
  EXPECT_EQ(d->root().child_count(), 3U);
  EXPECT_NE(d->root().child("urn:1", "c"), nullptr);
  EXPECT_EQ(d->root().child("urn:2", "c"), nullptr);
}

TEST(Reader, keeps_siblings_apart_from_their_cousins) {
  auto d = read("<a><b><c>1</c><d>2</d></b><e><f>3</f></e></a>");
  ASSERT_TRUE(d);
  const auto* b = d->root().first_child();
  EXPECT_EQ(b->first_child()->next_sibling()->text, "2");
  EXPECT_EQ(b->first_child()->next_sibling()->next_sibling(), nullptr);
  EXPECT_EQ(b->next_sibling()->first_child()->text, "3");
}

TEST(Reader, gives_the_attributes_of_each_element) {
  auto d = read(R"(<a x="1&amp;2&amp;#38;&lt;" xmlns:q="urn:q"><b q:y="&#x263A;" z=''/></a>)");
  ASSERT_TRUE(d);
  ASSERT_EQ(d->attributes(d->root()).size(), 1U);
  EXPECT_EQ(d->attributes(d->root())[0].value, "1&2&#38;<");
  auto of_b = d->attributes(*d->root().first_child());
  ASSERT_EQ(of_b.size(), 2U);
  EXPECT_EQ(of_b[0].ns, "urn:q");
  EXPECT_EQ(of_b[0].name, "y");
  EXPECT_EQ(of_b[0].value, "\xE2\x98\xBA");
  EXPECT_EQ(of_b[1].value, "");
}

TEST(Reader, joins_text_around_comments_cdata_and_references) {
  EXPECT_EQ(root_text("<a>al<!-- x -->ic<![CDATA[e<]]>&lt;&#65;<?pi x?>!</a>"), "alice<<A!");
}

TEST(Reader, leaves_out_text_after_a_child) { EXPECT_EQ(root_text("<a>one<b>two</b>three</a>"), "one"); }

TEST(Reader, reads_every_understood_encoding_as_utf8) {
  EXPECT_EQ(root_text("<a>\xC3\xA9</a>"), "\xC3\xA9");
  EXPECT_EQ(root_text("\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?><a>\xC3\xA9</a>"), "\xC3\xA9");
  EXPECT_EQ(root_text("<?xml version='1.0' encoding=\"ISO-8859-1\"?><a>\xE9</a>"), "\xC3\xA9");
  EXPECT_EQ(root_text("\xFF\xFE<\0a\0>\0=\xD8\x00\xDE<\0/\0a\0>\0"sv), "\xF0\x9F\x98\x80");
  EXPECT_EQ(root_text("\xFE\xFF\0<\0a\0>\0\xE9\0<\0/\0a\0>"sv), "\xC3\xA9");
  EXPECT_EQ(root_text("<\0a\0>\0\xE9\0<\0/\0a\0>\0"sv), "\xC3\xA9");
}

TEST(Reader, believes_the_transport_over_the_declaration) {
  EXPECT_EQ(root_text("<?xml version='1.0' encoding='UTF-8'?><a>\xE9</a>", "ISO-8859-1"), "\xC3\xA9");
  EXPECT_EQ(root_text("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xC3\xA9</a>", "utf-8"), "\xC3\xA9");
}

TEST(Reader, refuses_other_encodings_and_broken_ones) {
  EXPECT_EQ(refusal("<?xml version='1.0' encoding='Shift_JIS'?><a/>"), Refusal::encoding);
  EXPECT_EQ(refusal("<?xml version='1.0' encoding='UTF-7'?><a/>"), Refusal::encoding);
  EXPECT_EQ(refusal("<a/>", {}, "windows-1252"), Refusal::encoding);
  EXPECT_EQ(refusal("\xFF\xFE<\0a\0>\0\x00\xDE<\0/\0a\0>\0"sv), Refusal::encoding);
  EXPECT_EQ(refusal("\xFF\xFE<\0a\0/\0>"sv), Refusal::encoding);
  EXPECT_EQ(refusal("<a>x\0y</a>"sv), Refusal::encoding);
  EXPECT_EQ(refusal("\0\0\0<\0\0\0a\0\0\0/\0\0\0>"sv), Refusal::encoding);
  EXPECT_EQ(refusal("\x4C\x6F\xA7\x94\x93"), Refusal::not_well_formed);  // EBCDIC
  EXPECT_EQ(refusal("<a>\xE9</a>"), Refusal::not_well_formed);
  EXPECT_EQ(refusal("<a>\xC0\xAF</a>"), Refusal::not_well_formed);
}

TEST(Reader, refuses_any_doctype) {
  EXPECT_EQ(refusal("<!DOCTYPE a><a/>"), Refusal::doctype);
  EXPECT_EQ(refusal("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), Refusal::doctype);
  EXPECT_EQ(refusal("<!DOCTYPE a [<!ENTITY e SYSTEM 'http://127.0.0.1:1/'>]><a>&e;</a>"), Refusal::doctype);
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>";
  for (int i = 1; i < 10; ++i) {
    laughs += "<!ENTITY l" + std::to_string(i) + " '";
    for (int j = 0; j < 10; ++j) laughs += "&l" + std::to_string(i - 1) + ";";
    laughs += "'>";
  }
  EXPECT_EQ(refusal(laughs + "]><a>&l9;</a>"), Refusal::doctype);
}

TEST(Reader, refuses_what_is_not_well_formed) {
  for (auto text : {""sv, " "sv, "a"sv, "<"sv, "<a>"sv, "<a></b>"sv, "<a/><b/>"sv, "<p:a/>"sv, "<a p:x='1'/>"sv,
                    "<a>&e;</a>"sv, "<a>&#0;</a>"sv, "<a x='1' x='2'/>"sv, "<a><b></a></b>"sv, "</a>"sv,
                    "<a/>x"sv, "<a>\x01</a>"sv, "<a x=1/>"sv})
    EXPECT_EQ(refusal(text), Refusal::not_well_formed) << text;
}

TEST(Reader, bounds_depth_elements_and_octets) {
  auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(read(nested(8), {.depth = 8}));
  EXPECT_EQ(refusal(nested(9), {.depth = 8}), Refusal::too_deep);
  EXPECT_EQ(refusal(nested(30'000)), Refusal::too_deep);
  EXPECT_TRUE(read("<a><b/><b/></a>", {.elements = 3}));
  EXPECT_EQ(refusal("<a><b/><b/><b/></a>", {.elements = 3}), Refusal::too_many_elements);
  EXPECT_TRUE(read("<a>1</a>", {.octets = 8}));
  EXPECT_EQ(refusal("<a>12</a>", {.octets = 8}), Refusal::too_large);
  EXPECT_EQ(refusal(std::string(100 << 20, ' ')), Refusal::too_large);
}

TEST(Reader, bounds_attributes_before_they_are_compared_with_one_another) {
  std::string many = "<a";
  for (int i = 0; i < 100'000; ++i) many += " a" + std::to_string(i) + "='>='";
  many += "/>";
  EXPECT_EQ(refusal(many, {.octets = 10 << 20}), Refusal::too_many_attributes);
  EXPECT_TRUE(read("<a x='1'><b y='=='/>== <!-- = = = -->=<?p a=b c=d?><![CDATA[= <x a=b c=d]]></a>",
                   {.attributes = 2}));
  EXPECT_EQ(refusal("<a x='1'><b xmlns:y='2' z='3'/></a>", {.attributes = 2}), Refusal::too_many_attributes);
}

TEST(Reader, survives_a_message_that_is_cut_at_any_octet) {
  const std::string whole =
      R"(<?xml version="1.0"?><p:a xmlns:p="urn:1"><!-- c --><b x="1">t&amp;<![CDATA[u]]></b></p:a>)";
  ASSERT_TRUE(read(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(read(whole.substr(0, size))) << size;
}

TEST(Reader, survives_any_octet_changed) {
  const std::string whole = R"(<p:a xmlns:p="urn:1" x='&#65;'><!-- c --><b>t&amp;<![CDATA[u]]></b></p:a>)";
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int octet = 0; octet < 256; ++octet) {
      auto changed = whole;
      changed[at] = static_cast<char>(octet);
      (void)read(changed);
    }
}

TEST(Reader, is_not_stained_by_what_was_refused_before) {
  for (int i = 0; i < 3; ++i) {
    (void)read("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>");
    EXPECT_EQ(refusal("<a>&e;</a>"), Refusal::not_well_formed);
    (void)read("<a xmlns:p='urn:1'><p:b>");
    EXPECT_EQ(refusal("<p:b/>"), Refusal::not_well_formed);
    EXPECT_EQ(root_text("<a>1</a>"), "1");
  }
}

TEST(Reader, forgets_the_names_of_strangers) {
  for (int i = 0; i < 200; ++i) {
    std::string name(20'000, 'n');
    name += std::to_string(i);
    EXPECT_EQ(root_text("<" + name + ">1</" + name + ">"), "1");
  }
}

TEST(Reader, reads_on_many_threads_and_documents_outlive_the_parse) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      auto first = read("<a xmlns='urn:1'><b>kept</b></a>");
      for (int i = 0; i < 200; ++i) (void)read("<c xmlns='urn:2'><d>other</d></c>");
      auto moved = std::move(*first);
      EXPECT_EQ(moved.root().child("urn:1", "b")->text, "kept");
    });
  for (auto& t : threads) t.join();
}

}  // namespace
}  // namespace sallyport::xml
