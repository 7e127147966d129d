#include "directory/password_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/password_hash.h"

namespace sallyport::directory {
namespace {

const std::string& hash() {
  static const std::string made = crypto::make_password_hash(base::Secret("hunter2"));
  return made;
}
std::string mistake(const std::string& text) {
  const auto users = parse_password_file(text);
  return users ? "taken" : users.error().what;
}

TEST(PasswordFile, holds_users_comments_and_blank_lines) {
  const auto users =
      parse_password_file("# people\n\nAlice:" + hash() + "\r\n  bob:" + hash() + "\ncorp:eve:" + hash());
  ASSERT_TRUE(users);
  EXPECT_EQ(users->hashes.size(), 3U);
  EXPECT_TRUE(users->hashes.contains("alice"));
  EXPECT_TRUE(users->hashes.contains("corp:eve"));
  EXPECT_TRUE(parse_password_file("")->hashes.empty());
}

TEST(PasswordFile, names_the_line_of_a_mistake_and_never_the_hash) {
  EXPECT_EQ(mistake("# x\nalice"), "line 2: 'user:hash' is expected");
  EXPECT_EQ(mistake(":" + hash()), "line 1: the user name is empty");
  const auto plain = mistake("a:" + hash() + "\nb:secret-in-the-clear");
  EXPECT_EQ(plain.find("line 2: a hash of crypt(5) is expected"), 0U) << plain;
  EXPECT_EQ(plain.find("secret"), std::string::npos);
  EXPECT_NE(mistake("a:"), "taken");
  EXPECT_NE(mistake("a:$1$abc$def"), "taken");
  EXPECT_NE(mistake("a\xFF:" + hash()), "taken");
}

TEST(PasswordFile, holds_groups_whose_names_are_compared_as_DNs_or_without_case) {
  const auto file = parse_password_file("@cn=VPN, dc=ex: Alice,bob ,\n@Staff:bob\n@none:");
  ASSERT_TRUE(file) << file.error().what;
  ASSERT_EQ(file->groups.size(), 3U);
  EXPECT_TRUE(file->groups.at(group_form("CN=vpn,DC=ex")).contains("alice"));
  EXPECT_TRUE(file->groups.at(group_form("CN=vpn,DC=ex")).contains("bob"));
  EXPECT_FALSE(file->groups.at(group_form("staff")).contains("alice"));
  EXPECT_EQ(mistake("@staff:bob\n@STAFF:eve"), "line 2: group 'STAFF' is there already");
  EXPECT_EQ(mistake("@staff"), "line 1: '@group: user, user' is expected");
  EXPECT_EQ(mistake("@:bob"), "line 1: '@group: user, user' is expected");
  EXPECT_EQ(mistake("@bob:" + hash()), "line 1: a user's name cannot begin with '@'");
}

TEST(PasswordFile, takes_no_second_spelling_of_a_user) {
  EXPECT_EQ(mistake("alice:" + hash() + "\n ALICE :" + hash()), "line 2: user 'alice' is there already");
}

TEST(PasswordFile, that_others_may_write_is_refused) {
  char folder[] = "/tmp/password_file_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const auto path = std::string(folder) + "/users";
  std::ofstream(path) << "alice:" << hash() << "\n";
  ::chmod(path.c_str(), 0640);
  EXPECT_TRUE(read_password_file(path));
  ::chmod(path.c_str(), 0646);
  EXPECT_FALSE(read_password_file(path));
  EXPECT_FALSE(read_password_file(folder));
  EXPECT_FALSE(read_password_file(path + ".none"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sallyport::directory
