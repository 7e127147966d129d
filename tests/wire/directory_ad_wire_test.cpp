// User stores against Active Directory as Samba speaks it: what users type, what a domain says of an account,
// groups in groups, referrals in answers, binds that it takes over TLS alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory_house.h"
#include "directory_stores.h"

namespace sallyport::directory {
namespace {

using settings::DirectoryTls;
using settings::GroupsBy;
using test::DirectoryHouse;
using test::Stores;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string right(DirectoryHouse::password);

std::string entries() {
  const auto principal = [](const std::string& name) { return "userPrincipalName: " + name + "\n"; };
  constexpr int disabled = 0x10202, may_expire = 0x200;
  return DirectoryHouse::user("alice",
                              principal("alice@ad.ex.test") + "mail: alice@ex.test\ndisplayName: Alice A.\n") +
         DirectoryHouse::user("carol", principal("c.jones@corp.example")) +
         DirectoryHouse::user("disabled", "", disabled) +
         DirectoryHouse::user("gone", "accountExpires: 132000000000000000\n") +
         DirectoryHouse::user("must", "pwdLastSet: 0\n", may_expire) +
         DirectoryHouse::user("aged", "", may_expire) + DirectoryHouse::user("locked") +
         DirectoryHouse::user("once") + DirectoryHouse::user("svc") +
         DirectoryHouse::group("staff", {"alice"}) + DirectoryHouse::group("vpn", {"staff"}) +
         DirectoryHouse::group("ring", {"vpn"}) + DirectoryHouse::group("empty", {}) +
         "dn: " + DirectoryHouse::dn("vpn") +
         "\nchangetype: modify\nadd: member\nmember: " + DirectoryHouse::dn("ring") +
         "\n\ndn: DC=ad,DC=ex,DC=test\nchangetype: modify\nreplace: lockoutThreshold\nlockoutThreshold: 3\n\n";
}

class ActiveDirectory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(test::leave_the_network()) << "a domain's ports are fixed, so it lives in a network of its "
                                              "own, which root may make, or who may make "
                                              "user namespaces";
    house = std::make_unique<DirectoryHouse>();
    ASSERT_EQ(house->start(entries()), "");
    ASSERT_TRUE(house->age_password("aged"));
  }
  static void TearDownTestSuite() { house.reset(); }
  void SetUp() override { ASSERT_NE(house, nullptr) << "there is no domain"; }
  static settings::UserStore domain() {
    settings::UserStore store;
    store.name = "ad";
    store.connections = {{"127.0.0.1", 636, DirectoryTls::ldaps}};
    store.ca_file = house->ca_file();
    store.bind_dn = "svc@ad.ex.test";
    store.bind_password = base::Secret(right);
    store.base_dn = "DC=ad,DC=ex,DC=test";
    store.filter = "(&(objectClass=user)(|(sAMAccountName=%s)(userPrincipalName=%u)))";
    store.user_name_attribute = "sAMAccountName";
    store.domains = {"ADEX", "ad.ex.test"};
    store.groups = GroupsBy::nested_ad;
    store.request_timeout = std::chrono::seconds(8);
    store.connect_timeout = std::chrono::seconds(8);
    return store;
  }
  static settings::UserStore without_service_account(const std::string& bind_name) {
    auto store = domain();
    store.bind_dn.clear();
    store.bind_password.clear();
    store.bind_name = bind_name;
    return store;
  }
  static inline std::unique_ptr<DirectoryHouse> house;
};

TEST_F(ActiveDirectory, knows_one_user_by_every_name) {
  Stores stores({domain()});
  for (const auto* typed :
       {"alice", "ALICE", "adex\\Alice", "ad.ex.test\\alice", "alice@AD.ex.test", "Alice@adex"}) {
    const auto answer = stores.login(typed, right);
    EXPECT_EQ(answer.outcome, Outcome::good) << typed << ": " << answer.detail;
    EXPECT_EQ(answer.entry.canonical_user, "alice") << typed;
    EXPECT_EQ(answer.entry.dn, DirectoryHouse::dn("alice")) << typed;
  }
  EXPECT_EQ(stores.login("c.jones@corp.example", right).entry.canonical_user, "carol");
  EXPECT_EQ(stores.login("adex\\carol", right).entry.canonical_user, "carol");
  EXPECT_EQ(stores.login("OTHER\\alice", right).outcome, Outcome::unknown_user);
  EXPECT_EQ(stores.login("alice@corp.example", right).outcome, Outcome::unknown_user);
}

TEST_F(ActiveDirectory, says_why_it_refuses_a_bind) {
  Stores stores({domain()});
  EXPECT_EQ(stores.login("alice", "wrong").outcome, Outcome::wrong_password);
  EXPECT_EQ(stores.login("disabled", right).outcome, Outcome::account_disabled);
  EXPECT_EQ(stores.login("gone", right).outcome, Outcome::account_expired);
  EXPECT_EQ(stores.login("must", right).outcome, Outcome::password_must_change);
  EXPECT_EQ(stores.login("aged", "wrong").outcome, Outcome::wrong_password);
  const auto aged = stores.login("aged", right);
  EXPECT_EQ(aged.outcome, Outcome::password_expired);
  EXPECT_THAT(aged.detail, HasSubstr("data 532"));
  const auto answer = stores.login("disabled", right);
  EXPECT_THAT(answer.detail, HasSubstr("data 533"));
  EXPECT_THAT(answer.detail, HasSubstr("(account disabled)"));
}

TEST_F(ActiveDirectory, locks_after_real_failures_and_one_login_is_one_of_them) {
  Stores stores({domain()}, {.attributes = {"badPwdCount"}, .groups = {}});
  EXPECT_EQ(stores.login("once", "wrong").outcome, Outcome::wrong_password);
  const auto entry = stores.look_up("once").entry;
  ASSERT_EQ(entry.attributes.size(), 1U);
  EXPECT_THAT(entry.attributes[0].values, ElementsAre("1"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stores.login("locked", "wrong").outcome, Outcome::wrong_password);
  EXPECT_EQ(stores.login("locked", right).outcome, Outcome::account_locked);
  EXPECT_EQ(stores.look_up("locked").outcome, Outcome::account_locked);
}

TEST_F(ActiveDirectory, refuses_a_look_up_of_an_account_that_may_not_be_used) {
  Stores stores({domain()});
  EXPECT_EQ(stores.look_up("alice").outcome, Outcome::good);
  EXPECT_EQ(stores.look_up("disabled").outcome, Outcome::account_disabled);
  EXPECT_EQ(stores.look_up("gone").outcome, Outcome::account_expired);
  EXPECT_EQ(stores.look_up("must").outcome, Outcome::good) << "no password is asked for";
  auto lax = domain();
  lax.refuse_unusable = false;
  EXPECT_EQ(Stores({lax}).look_up("disabled").outcome, Outcome::good);
}

TEST_F(ActiveDirectory, tells_nested_groups_in_all_three_ways) {
  const Wanted wanted{.attributes = {"mail", "displayName"},
                      .groups = {"cn=vpn, cn=users, dc=AD,dc=ex,dc=test", DirectoryHouse::dn("ring"),
                                 DirectoryHouse::dn("empty"), DirectoryHouse::dn("none")}};
  for (const auto by : {GroupsBy::nested_ad, GroupsBy::member_of, GroupsBy::search}) {
    auto store = domain();
    store.groups = by;
    store.group_member_attributes = {"member"};
    Stores stores({store}, wanted);
    const auto answer = stores.login("alice", right);
    ASSERT_EQ(answer.outcome, Outcome::good) << answer.detail;
    EXPECT_THAT(answer.entry.groups, ElementsAre(wanted.groups[0], wanted.groups[1]));
    ASSERT_EQ(answer.entry.attributes.size(), 2U);
    EXPECT_THAT(answer.entry.attributes[1].values, ElementsAre("Alice A."));
    EXPECT_THAT(stores.login("carol", right).entry.groups, IsEmpty());
  }
}

TEST_F(ActiveDirectory, takes_no_password_in_the_clear_and_the_report_says_what_to_do) {
  auto plain = domain();
  plain.connections = {{"127.0.0.1", 389, DirectoryTls::none}};
  Stores stores({plain});
  const auto lines = stores.try_all();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_FALSE(lines[0].up);
  EXPECT_THAT(lines[0].detail, HasSubstr("use ldaps:// or start_tls = true"));
  plain.connections = {{"127.0.0.1", 389, DirectoryTls::start_tls}};
  EXPECT_EQ(Stores({plain}).login("alice", right).outcome, Outcome::good);
}

TEST_F(ActiveDirectory, lets_users_search_for_themselves_where_no_service_account_may) {
  for (const auto* bind_name : {"%s@ad.ex.test", "ADEX\\%s"}) {
    Stores stores({without_service_account(bind_name)},
                  {.attributes = {"mail"}, .groups = {DirectoryHouse::dn("vpn")}});
    for (const auto* typed : {"alice", "ADEX\\alice", "alice@ad.ex.test"}) {
      const auto answer = stores.login(typed, right);
      EXPECT_EQ(answer.outcome, Outcome::good) << bind_name << " " << typed << ": " << answer.detail;
      EXPECT_EQ(answer.entry.canonical_user, "alice");
      EXPECT_EQ(answer.entry.attributes.size(), 1U);
      EXPECT_THAT(answer.entry.groups, ElementsAre(DirectoryHouse::dn("vpn")));
    }
    EXPECT_EQ(stores.login("c.jones@corp.example", right).entry.canonical_user, "carol");
    EXPECT_EQ(stores.login("disabled", right).outcome, Outcome::account_disabled);
    EXPECT_EQ(stores.login("must", right).outcome, Outcome::password_must_change);
    EXPECT_EQ(stores.look_up("alice").outcome, Outcome::unavailable);
  }
}

// Whose name the directory takes for one user, and the filter for another.
TEST_F(ActiveDirectory, makes_nobody_another_where_name_and_filter_mean_two_users) {
  auto store = without_service_account("%s@ad.ex.test");
  store.filter = "(&(objectClass=user)(|(sAMAccountName=%s)(sAMAccountName=alice))(!(sAMAccountName=carol)))";
  Stores stores({store});
  EXPECT_EQ(stores.login("alice", right).outcome, Outcome::good);
  const auto answer = stores.login("carol", right);
  EXPECT_EQ(answer.outcome, Outcome::account_unusable) << answer.entry.canonical_user;
  EXPECT_THAT(answer.detail, HasSubstr("mean two users"));
}

}  // namespace
}  // namespace sallyport::directory
