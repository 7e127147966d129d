#include "ldap/account_state.h"

#include <gtest/gtest.h>

#include <map>

namespace sallyport::ldap {
namespace {

using enum AccountState;
constexpr base::WallTime now{std::chrono::seconds(1'700'000'000)};  // 133444736000000000 in Active Directory

AccountState state_of(const std::map<std::string, std::string, std::less<>>& values) {
  return account_state(
             [&](std::string_view type) {
               const auto found = values.find(type);
               return found == values.end() ? std::string_view{} : std::string_view(found->second);
             },
             now)
      .state;
}

TEST(AccountState, is_usable_where_nothing_is_said_against_it) {
  EXPECT_EQ(state_of({}), usable);
  EXPECT_EQ(state_of({{"userAccountControl", "512"},
                      {"msDS-User-Account-Control-Computed", "0"},
                      {"lockoutTime", "0"},
                      {"accountExpires", "9223372036854775807"},
                      {"nsAccountLock", "false"}}),
            usable);
  EXPECT_EQ(state_of({{"accountExpires", "0"}}), usable);
}

TEST(AccountState, of_active_directory_is_in_its_flags_and_times) {
  EXPECT_EQ(state_of({{"userAccountControl", "514"}}), disabled);
  EXPECT_EQ(state_of({{"msDS-User-Account-Control-Computed", "16"}}), locked);
  EXPECT_EQ(state_of({{"msDS-User-Account-Control-Computed", "8388608"}}), usable)
      << "the password has expired";
  EXPECT_EQ(state_of({{"accountExpires", "133444736000000000"}}), expired);
  EXPECT_EQ(state_of({{"accountExpires", "133444736000000001"}}), usable);
}

TEST(AccountState, of_a_lock_whose_time_is_over_is_usable_where_the_directory_computes_it) {
  EXPECT_EQ(state_of({{"lockoutTime", "133444736000000000"}, {"msDS-User-Account-Control-Computed", "0"}}),
            usable);
  EXPECT_EQ(state_of({{"lockoutTime", "133444736000000000"}}), locked);
}

TEST(AccountState, of_other_directories_is_in_an_attribute_of_their_own) {
  EXPECT_EQ(state_of({{"pwdAccountLockedTime", "000001010000Z"}}), locked);
  EXPECT_EQ(state_of({{"nsAccountLock", "TRUE"}}), disabled);
}

TEST(AccountState, that_cannot_be_read_is_no_yes) {
  for (const auto* type :
       {"userAccountControl", "msDS-User-Account-Control-Computed", "lockoutTime", "accountExpires"}) {
    EXPECT_EQ(state_of({{type, "x"}}), unreadable) << type;
    EXPECT_EQ(state_of({{type, "512 "}}), unreadable) << type;
  }
}

}  // namespace
}  // namespace sallyport::ldap
