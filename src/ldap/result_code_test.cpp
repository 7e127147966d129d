#include "ldap/result_code.h"

#include <gtest/gtest.h>

#include "ldap/ad_detail.h"

namespace sallyport::ldap {
namespace {

TEST(ResultCode, only_zero_is_a_yes) {
  for (int code = -200; code < 5000; ++code) {
    EXPECT_EQ(meaning_of_bind(ResultCode{code}) == BindMeaning::yes, code == 0) << code;
    EXPECT_EQ(meaning_of_search(ResultCode{code}) == SearchMeaning::complete, code == 0) << code;
  }
}

TEST(ResultCode, tells_a_password_from_an_account_from_a_directory) {
  EXPECT_EQ(meaning_of_bind(ResultCode{49}), BindMeaning::wrong_password);
  for (int code : {19, 48, 50, 53})
    EXPECT_EQ(meaning_of_bind(ResultCode{code}), BindMeaning::account_unusable) << code;
  for (int code : {1, 2, 3, 7, 8, 10, 11, 13, 14, 51, 52, 80, 81, 85, -1, 4096}) {
    EXPECT_EQ(meaning_of_bind(ResultCode{code}), BindMeaning::unavailable) << code;
  }
  EXPECT_EQ(meaning_of_search(ResultCode{32}), SearchMeaning::unavailable) << "a base that is missing";
  EXPECT_EQ(meaning_of_search(ResultCode{4}), SearchMeaning::more_exist);
}

TEST(ResultCode, is_described_in_one_printable_line) {
  EXPECT_EQ(describe(ResultCode::invalid_credentials, ""), "result 49 invalidCredentials");
  EXPECT_EQ(describe(ResultCode::busy, std::string_view("a\nb\x1b[2J\0", 8)), "result 51 busy: a?b?[2J");
  EXPECT_EQ(describe(ResultCode{4096}, ""), "result 4096 resultCode");
  EXPECT_LT(describe(ResultCode::other, std::string(100000, 'x')).size(), 300U);
}

TEST(ActiveDirectory, says_the_cause_behind_result_49) {
  const auto detail = [](std::string_view data) {
    return active_directory_detail(
        "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data " + std::string(data) +
        ", v4563");
  };
  EXPECT_EQ(detail("52e"), ActiveDirectoryDetail::wrong_password);
  EXPECT_EQ(detail("52E"), ActiveDirectoryDetail::wrong_password);
  EXPECT_EQ(detail("525"), ActiveDirectoryDetail::user_not_found);
  EXPECT_EQ(detail("533"), ActiveDirectoryDetail::account_disabled);
  EXPECT_EQ(detail("775"), ActiveDirectoryDetail::account_locked);
  EXPECT_EQ(detail("773"), ActiveDirectoryDetail::password_must_change);
  EXPECT_TRUE(is_about_the_account(*detail("532")));
  EXPECT_FALSE(is_about_the_account(*detail("52e")));
}

TEST(ActiveDirectory, is_not_read_into_what_it_did_not_say) {
  for (std::string_view text :
       {"", "data 52e", "x, data ", "x, data zzz", "x, data 52ez", "x, data fffffffff", "x, data 1"}) {
    EXPECT_FALSE(active_directory_detail(text)) << text;
  }
  EXPECT_EQ(active_directory_detail("x, data 533"), ActiveDirectoryDetail::account_disabled);
}

}  // namespace
}  // namespace sallyport::ldap
