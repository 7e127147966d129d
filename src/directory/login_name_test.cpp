#include "directory/login_name.h"

#include <gtest/gtest.h>

namespace sallyport::directory {
namespace {

std::string plain(const std::vector<std::string>& domains, std::string_view typed) {
  const auto name = LoginNames(domains).of(*text::prepare_user_name(typed));
  return name ? name->plain : "nobody";
}

TEST(LoginName, loses_a_domain_of_the_store_however_it_is_written) {
  const std::vector<std::string> ours{"EX", "ad.ex.test"};
  EXPECT_EQ(plain(ours, "alice"), "alice");
  EXPECT_EQ(plain(ours, "ex\\alice"), "alice");
  EXPECT_EQ(plain(ours, "Ad.Ex.Test\\ alice"), "alice");
  EXPECT_EQ(plain(ours, "alice@AD.ex.test"), "alice");
  EXPECT_EQ(LoginNames(ours).of(*text::prepare_user_name("EX\\alice"))->typed, "EX\\alice");
}

TEST(LoginName, of_another_domain_is_nobody_or_left_whole) {
  const std::vector<std::string> ours{"EX", "ad.ex.test"};
  EXPECT_EQ(plain(ours, "OTHER\\alice"), "nobody");
  EXPECT_EQ(plain(ours, "EX\\"), "nobody");
  EXPECT_EQ(plain(ours, "@ad.ex.test"), "nobody");
  EXPECT_EQ(plain(ours, "alice@corp.example"), "alice@corp.example");
  EXPECT_EQ(plain({}, "EX\\alice"), "EX\\alice") << "a store without domains takes names as they come";
  EXPECT_EQ(plain({}, "alice@ad.ex.test"), "alice@ad.ex.test");
}

std::string filled(const std::string& pattern, const LoginName& name) {
  return BindName::parse(pattern)->fill(name);
}

TEST(BindName, is_made_of_the_plain_name) {
  EXPECT_EQ(filled("%s@ad.ex.test", {"alice", "EX\\alice"}), "alice@ad.ex.test");
  EXPECT_EQ(filled("EX\\%s", {"alice", "alice@ad.ex.test"}), "EX\\alice");
  EXPECT_EQ(filled("%s@ad.ex.test", {"alice@corp.example", "alice@corp.example"}), "alice@corp.example");
}

TEST(BindName, that_is_a_dn_takes_no_second_part_from_a_user) {
  const auto name = BindName::parse("uid=%s,ou=people,dc=ex");
  ASSERT_TRUE(name);
  EXPECT_TRUE(name->is_dn());
  EXPECT_EQ(name->fill({"alice", "alice"}), "uid=alice,ou=people,dc=ex");
  EXPECT_EQ(name->fill({"a,ou=admins", ""}), "uid=a\\,ou\\=admins,ou=people,dc=ex");
  EXPECT_EQ(name->fill({"a@b", ""}), "uid=a@b,ou=people,dc=ex");
  EXPECT_FALSE(BindName::parse("%s@ad.ex.test")->is_dn());
}

TEST(BindName, without_its_place_or_with_two_is_refused) {
  for (const auto* text : {"", "alice", "%u", "%s%s", "%s%", "100%"})
    EXPECT_FALSE(BindName::parse(text)) << text;
}

}  // namespace
}  // namespace sallyport::directory
