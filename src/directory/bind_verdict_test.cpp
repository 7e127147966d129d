#include "directory/bind_verdict.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sallyport::directory {
namespace {

using ldap::PasswordPolicyWord;
using ldap::ResultCode;

Reply says(ResultCode code, std::string words = "", std::optional<PasswordPolicyWord> policy = std::nullopt) {
  return {.code = code, .diagnostic_message = std::move(words), .policy = policy, .entries = {}};
}
Outcome in_active_directory(std::string_view number) {
  return verdict_of_bind(says(ResultCode::invalid_credentials,
                              fmt::format("80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext "
                                          "error, data {}, v4563",
                                          number)))
      .outcome;
}

TEST(BindVerdict, says_what_active_directory_says_in_its_diagnostic_message) {
  EXPECT_EQ(in_active_directory("52e"), Outcome::wrong_password);
  EXPECT_EQ(in_active_directory("525"), Outcome::wrong_password);
  EXPECT_EQ(in_active_directory("530"), Outcome::account_unusable);
  EXPECT_EQ(in_active_directory("531"), Outcome::account_unusable);
  EXPECT_EQ(in_active_directory("532"), Outcome::password_expired);
  EXPECT_EQ(in_active_directory("533"), Outcome::account_disabled);
  EXPECT_EQ(in_active_directory("701"), Outcome::account_expired);
  EXPECT_EQ(in_active_directory("773"), Outcome::password_must_change);
  EXPECT_EQ(in_active_directory("775"), Outcome::account_locked);
  EXPECT_EQ(in_active_directory("999"), Outcome::wrong_password);
}

TEST(BindVerdict, believes_the_words_of_active_directory_only_in_a_refusal) {
  const auto good = says(ResultCode::success, "x, data 533, v");
  EXPECT_EQ(verdict_of_bind(good).outcome, Outcome::good);
  EXPECT_EQ(verdict_of_bind(says(ResultCode::busy, "x, data 533, v")).outcome, Outcome::unavailable);
}

TEST(BindVerdict, says_what_a_password_policy_says_also_beside_success) {
  const auto with = [](ResultCode code, PasswordPolicyWord word) {
    return verdict_of_bind(says(code, "", word));
  };
  EXPECT_EQ(with(ResultCode::invalid_credentials, PasswordPolicyWord::account_locked).outcome,
            Outcome::account_locked);
  EXPECT_EQ(with(ResultCode::invalid_credentials, PasswordPolicyWord::password_expired).outcome,
            Outcome::password_expired);
  EXPECT_EQ(with(ResultCode::success, PasswordPolicyWord::password_must_change).outcome,
            Outcome::password_must_change)
      << "the directory lets such a session change the password and nothing else";
  EXPECT_EQ(with(ResultCode::unavailable, PasswordPolicyWord::account_locked).outcome, Outcome::unavailable);
}

TEST(BindVerdict, knows_who_is_known_to_nobody) {
  EXPECT_TRUE(verdict_of_bind(says(ResultCode::invalid_credentials, "x, data 525, v")).is_known_to_nobody);
  EXPECT_TRUE(verdict_of_bind(says(ResultCode::no_such_object)).is_known_to_nobody);
  EXPECT_FALSE(verdict_of_bind(says(ResultCode::invalid_credentials)).is_known_to_nobody);
}

TEST(BindVerdict, names_the_setting_where_the_directory_asks_for_tls) {
  for (const auto code : {ResultCode::stronger_auth_required, ResultCode::confidentiality_required}) {
    const auto verdict = verdict_of_bind(says(code));
    EXPECT_EQ(verdict.outcome, Outcome::unavailable);
    EXPECT_NE(verdict.detail.find("refuses binds in clear text"), std::string::npos) << verdict.detail;
  }
}

}  // namespace
}  // namespace sallyport::directory
