#include <gmock/gmock.h>

#include <random>

#include "settings/address.h"
#include "settings/example_files_test.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using testing::HasSubstr;
using testing::Not;

// Every example of the documents is read by the rule that it is an example for.
template <class T>
void expect_good_examples(const Section<T>& section) {
  for (const auto& key : section.keys) {
    ASSERT_FALSE(key.example.empty()) << key.name;
    ASSERT_FALSE(key.doc.empty()) << key.name;
    EXPECT_TRUE(key.required || !key.default_toml.empty() || !key.default_words.empty())
        << key.name << " says no default";
    const auto sources = good_sources();
    Mistakes mistakes;
    T into;
    key.rule.set(into, default_node(key.example), Spot(sources, mistakes));
    EXPECT_TRUE(mistakes.empty()) << key.name << ": " << mistakes.front().expected;
  }
}

TEST(Schema, examples_are_right) {
  expect_good_examples(gateway_section());
  expect_good_examples(log_section());
  expect_good_examples(metrics_section("\"\""));
  expect_good_examples(service_section());
  expect_good_examples(user_store_section());
  expect_good_examples(validation_server_section());
  expect_good_examples(radius_client_section());
}

TEST(Schema, the_documents_are_those_of_the_schema) {
  EXPECT_TRUE(repository_file("docs/settings.md") == settings_markdown())
      << "docs/settings.md is not what the schema says now: run `sallyport docs settings > docs/settings.md`";
}

// A seed gives the same texts on every machine.
TEST(Schema, a_thousand_damaged_files_never_crash_it_and_each_mistake_has_a_line) {
  std::mt19937 random(20261123);
  const auto draw = [&](std::size_t below) { return static_cast<std::size_t>(random()) % below; };
  const std::string odd = "[]{}=\"'#.,\n\\%0x9-_ \xff\xc3";
  for (const auto* file : {"docs/examples/gateway.toml", "docs/examples/authservice.toml"}) {
    const auto good = repository_file(file);
    ASSERT_FALSE(good.empty());
    for (int round = 0; round < 1000; ++round) {
      auto text = good;
      for (std::size_t edits = 1 + draw(4); edits > 0; --edits) {
        const auto at = draw(text.size() - 40);
        switch (draw(5)) {
          case 0:
            text[at] = odd[draw(odd.size())];
            break;
          case 1:
            text.erase(at, draw(20));
            break;
          case 2:
            text.insert(at, text.substr(draw(text.size() - 40), draw(40)));
            break;
          case 3:
            text.insert(at, 1, odd[draw(odd.size())]);
            break;
          default:
            text[at] = static_cast<char>(draw(256));
        }
      }
      const auto count_lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
      const auto check = [&](const Mistakes& mistakes) {
        for (const auto& mistake : mistakes) {
          ASSERT_GT(mistake.line, 0) << mistake.to_string("f") << '\n' << text;
          ASSERT_LE(mistake.line, count_lines) << mistake.to_string("f");
          ASSERT_FALSE(mistake.expected.empty());
        }
      };
      if (const auto parsed = parse_gateway(text, good_sources()); !parsed) check(parsed.error());
      if (const auto parsed = parse_authservice(text, good_sources()); !parsed) check(parsed.error());
    }
  }
}

TEST(Schema, a_file_of_the_other_program_alone_ends_with_whose_it_is) {
  const auto last = [](const auto& parsed) { return parsed.error().back().to_string("f"); };
  EXPECT_EQ(last(parse_gateway("workers = 1\nlisten = []\n[[account]]\n", good_sources())),
            "f:2: expected the settings of `sallyport gateway`: these are those of `sallyport authservice`");
  EXPECT_EQ(last(parse_authservice("\n[service]\n[[validation_server]]\n", good_sources())),
            "f:2: expected the settings of `sallyport authservice`: these are those of `sallyport gateway`");
  for (const auto* own : {"listen = []\n[service]\n", "workers = 1\n[log]\n", "foo = 1\n"})
    EXPECT_THAT(last(parse_gateway(own, good_sources())), Not(HasSubstr("`sallyport"))) << own;
}

TEST(Schema, an_unknown_key_far_from_all_others_gets_no_suggestion) {
  const auto parsed = parse_gateway("xyzzyxyzzy = 1\n", good_sources());
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().back().expected, "expected a key that exists: this one does not");
}

TEST(Schema, a_suggestion_is_one_edit_in_three_letters_away_at_most) {
  const auto first = [](const std::string& key) {
    return parse_gateway(key + " = 1\n", good_sources()).error().front().expected;
  };
  for (const auto* far : {"foo", "lug2", "gard9s", "a", "dog5"})
    EXPECT_EQ(first(far), "expected a key that exists: this one does not") << far;
  EXPECT_THAT(first("lgo"), HasSubstr("did you mean \"log\"?"));
  EXPECT_THAT(first("gaurds"), HasSubstr("did you mean \"guard\"?"));
  EXPECT_THAT(first("validation"), HasSubstr("did you mean \"validation_server\"?"));
}

TEST(Schema, an_unknown_keys_control_characters_do_not_reach_the_terminal) {
  const auto parsed = parse_gateway("\"a\\u001b[2J\" = 1\n", good_sources());
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().front().key, "a?[2J");
}

TEST(Address, loopback_is_what_never_leaves_the_machine) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const auto* host : {"localhost.example.com", "128.0.0.1", "::", "0.0.0.0", "::2", ""})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(Address, prefixes_of_every_length_are_read_and_host_bits_refused) {
  EXPECT_EQ(parse_address_prefix("0.0.0.0/0")->length, 96U);
  EXPECT_EQ(parse_address_prefix("::/0")->length, 0U);
  EXPECT_EQ(parse_address_prefix("192.0.2.7")->length, 128U);
  EXPECT_THAT(parse_address_prefix("192.0.2.7/31").error().what, HasSubstr("\"192.0.2.6/31\""));
  for (const auto* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08x", "10.0.0/8", "1.2.3.4.5",
                            "::/129", "[::1]", "fe80::1%1"})
    EXPECT_FALSE(parse_address_prefix(wrong).has_value()) << wrong;
}

TEST(Address, a_listen_address_has_a_port_and_ipv6_has_brackets) {
  EXPECT_EQ(parse_listen_address("[fe80::1%eth0]:1812")->scope, "eth0");
  EXPECT_EQ(*parse_listen_address("[::1]:1"), *parse_listen_address("[0:0::1]:1"));
  for (const auto* wrong : {"::1:1812", "[::1]", "[::1]1812", "127.0.0.1:", "127.0.0.1:65536", ":1812",
                            "[127.0.0.1]:1", "host:1", "127.0.0.1:1812 "})
    EXPECT_FALSE(parse_listen_address(wrong).has_value()) << wrong;
}

TEST(MistakeAt, gives_the_line_of_the_key_or_of_the_table_that_it_would_stand_in) {
  const auto* toml =
      "issuer = \"a\"\n[service]\nca_file = \"b\"\n[[user_store]]\nfile = \"c\"\n[[user_store]]\nname = \"d\"\n"
      "file = \"e\"\n[[log.syslog]]\nca_file = \"f\"\n";
  const auto line = [&](const char* key) { return mistake_at(toml, key, "expected").line; };
  EXPECT_EQ(line("issuer"), 1);
  EXPECT_EQ(line("service.ca_file"), 3);
  EXPECT_EQ(line("user_store[0].file"), 5);
  EXPECT_EQ(line("user_store[1].file"), 8);
  EXPECT_EQ(line("user_store[1].ca_file"), 6);
  EXPECT_EQ(line("log.syslog[0].ca_file"), 10);
  EXPECT_EQ(mistake_at(toml, "service.ca_file", "expected it").to_string("x.toml"),
            "x.toml:3: service.ca_file: expected it");
}

}  // namespace
}  // namespace sallyport::settings
