#include "ldap/dn.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::ldap {
namespace {

using namespace std::string_literals;

std::string normalised(std::string_view text) {
  const auto dn = DistinguishedName::parse(text);
  return dn ? dn->normalised() : "refused: " + dn.error().what;
}

// RFC 4514 section 4.
TEST(DistinguishedName, reads_the_examples_of_the_rfc) {
  const auto plain = DistinguishedName::parse("UID=jsmith,DC=example,DC=net");
  ASSERT_TRUE(plain);
  ASSERT_EQ(plain->relative_names().size(), 3U);
  EXPECT_EQ(plain->relative_names()[0][0].value, "jsmith");
  const auto several = DistinguishedName::parse("OU=Sales+CN=J.  Smith,DC=example,DC=net");
  ASSERT_TRUE(several);
  EXPECT_EQ(several->relative_names()[0].size(), 2U);
  const auto quoted = DistinguishedName::parse(R"(CN=James \"Jim\" Smith\, III,DC=example,DC=net)");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->relative_names()[0][0].value, R"(James "Jim" Smith, III)");
  const auto carriage_return = DistinguishedName::parse(R"(CN=Before\0dAfter,DC=example,DC=net)");
  ASSERT_TRUE(carriage_return);
  EXPECT_EQ(carriage_return->relative_names()[0][0].value, "Before\rAfter");
  const auto ber = DistinguishedName::parse("1.3.6.1.4.1.1466.0=#04024869");
  ASSERT_TRUE(ber);
  EXPECT_EQ(ber->relative_names()[0][0].value, "\x04\x02Hi");
  const auto utf8 = DistinguishedName::parse(R"(CN=Lu\C4\8Di\C4\87)");
  ASSERT_TRUE(utf8);
  EXPECT_EQ(utf8->relative_names()[0][0].value, "Lu\xC4\x8Di\xC4\x87");
}

TEST(DistinguishedName, compares_equal_in_each_of_its_spellings) {
  EXPECT_EQ(normalised("uid=alice,dc=ex"), normalised("UID=Alice , DC = EX"));
  EXPECT_EQ(normalised("cn=a+uid=b,dc=ex"), normalised("uid=b+cn=a,dc=ex"));
  EXPECT_EQ(normalised(R"(cn=a\,b)"), normalised(R"(cn=a\2cb)"));
  EXPECT_NE(normalised(R"(cn=a\,dc=b)"), normalised("cn=a,dc=b"));
  EXPECT_NE(normalised("uid=alice,dc=ex"), normalised("uid=alice,dc=ex2"));
}

TEST(DistinguishedName, that_is_none_is_refused) {
  for (const auto& bad :
       {""s, "   "s, "alice"s, "=alice"s, "cn=a,"s, "cn=a,,dc=b"s, "cn=a+"s, R"(cn=a\)"s, R"(cn=a\zz)"s,
        "cn=a\"b"s, "cn=<a>"s, "cn=#zz"s, "cn=#"s, "cn=a\0b"s, "-a=b"s, "cn=\xFF"s}) {
    EXPECT_FALSE(DistinguishedName::parse(bad)) << testing::PrintToString(bad);
  }
}

TEST(DistinguishedName, holds_every_value_that_was_escaped_for_it) {
  for (const auto& value :
       {"alice"s, " a "s, "#1"s, "a,b+c=d"s, R"(\"<>;)"s, "a\nb"s, "\xC3\xA9"s, "a\0b"s, ""s}) {
    const auto dn = DistinguishedName::parse("cn=" + escape_dn_value(value) + ",dc=ex");
    ASSERT_TRUE(dn) << testing::PrintToString(value);
    EXPECT_EQ(dn->relative_names()[0][0].value, value);
    EXPECT_EQ(dn->relative_names().size(), 2U);
  }
}

}  // namespace
}  // namespace sallyport::ldap
