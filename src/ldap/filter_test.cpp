#include "ldap/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/encoding.h"

namespace sallyport::ldap {
namespace {

using namespace std::string_literals;

template <class Check>
int each_vector(const std::string& file, Check check) {
  std::ifstream in(std::string(VECTORS_DIR) + "/ldap/" + file);
  EXPECT_TRUE(in.is_open()) << file;
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto bar = line.find('|');
    check(line.substr(0, bar), line.substr(bar + 1));
    ++count;
  }
  return count;
}

TEST(FilterValue, is_escaped_as_rfc_4515_says) {
  EXPECT_GT(each_vector("filter_values.txt",
                        [](const std::string& hex, const std::string& escaped) {
                          const auto octets = base::from_hex(hex);
                          ASSERT_TRUE(octets) << hex;
                          EXPECT_EQ(escape_filter_value(base::as_text(*octets)), escaped);
                        }),
            8);
}

TEST(Filter, is_told_from_what_is_none) {
  EXPECT_GT(each_vector("filters.txt",
                        [](const std::string& verdict, const std::string& filter) {
                          EXPECT_EQ(check_filter(filter).has_value(), verdict == "good") << filter;
                        }),
            40);
}

TEST(Filter, nested_beyond_reason_is_refused_and_not_followed) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "(!";
  EXPECT_FALSE(check_filter(deep));
}

TEST(FilterTemplate, puts_the_name_where_it_is_asked_for) {
  const auto once = FilterTemplate::parse("(&(objectClass=person)(uid=%s))");
  ASSERT_TRUE(once);
  EXPECT_EQ(once->fill("alice"), "(&(objectClass=person)(uid=alice))");
  const auto twice = FilterTemplate::parse("(|(uid=%s)(mail=%s@ex.test)(note=100%%))");
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->fill("bob"), "(|(uid=bob)(mail=bob@ex.test)(note=100%))");
  const auto typed = FilterTemplate::parse("(|(sAMAccountName=%s)(userPrincipalName=%u))");
  ASSERT_TRUE(typed);
  EXPECT_EQ(typed->fill("bob", "bob@ex*"), "(|(sAMAccountName=bob)(userPrincipalName=bob@ex\\2a))");
  EXPECT_TRUE(FilterTemplate::parse("(memberOf:dn:1.2.3:=%s)"));
}

TEST(FilterTemplate, filled_with_anything_is_one_filter_with_as_many_conditions) {
  const auto filter = FilterTemplate::parse("(&(objectClass=person)(uid=%s))");
  ASSERT_TRUE(filter);
  for (const auto& hostile :
       {"*"s, "*)(uid=*"s, ")"s, "("s, "\\"s, "\\2a"s, "\0"s, "a)(|(uid=*"s, "%s"s, "\xFF\xFE"s}) {
    const auto filled = filter->fill(hostile);
    EXPECT_TRUE(check_filter(filled)) << filled;
    EXPECT_EQ(std::ranges::count(filled, '('), 3) << filled;
    EXPECT_EQ(filled.find('*'), std::string::npos) << filled;
  }
  std::string every_octet;
  for (int c = 0; c < 256; ++c) every_octet += static_cast<char>(c);
  EXPECT_TRUE(check_filter(filter->fill(every_octet)));
}

TEST(FilterTemplate, says_what_is_wrong_with_it) {
  const auto what = [](std::string_view text) {
    const auto parsed = FilterTemplate::parse(text);
    return parsed ? "taken" : parsed.error().what;
  };
  EXPECT_EQ(what("(uid=alice)"), "the filter does not name the user: '%s' or '%u' is expected in it");
  EXPECT_EQ(what("(uid=%%s)"), "the filter does not name the user: '%s' or '%u' is expected in it");
  EXPECT_EQ(what("(uid=%d)"),
            "character 6: '%' must be followed by 's' (the user name), 'u' (as it was typed) or '%'");
  EXPECT_NE(what("(uid=%s)%"), "taken");
  EXPECT_EQ(what("(&(uid=%s)"), "character 1: this '(' is never closed");
  EXPECT_EQ(what("(uid=%s))"), "character 8: nothing may follow the filter's last ')'");
  EXPECT_NE(what("(%s=alice)"), "taken") << "a name must not become an attribute";
  EXPECT_NE(what("%s"), "taken");
  EXPECT_NE(what("(&%s(uid=a))"), "taken");
  EXPECT_NE(what("(uid=a\\%s)"), "taken") << "an escape must not be finished by a name";
  EXPECT_NE(what("(uid=a\\2%s)"), "taken");
  EXPECT_NE(what("(uid=%s\0)"s), "taken");
}

}  // namespace
}  // namespace sallyport::ldap
