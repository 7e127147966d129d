// What a directory tells of an entry besides its name: attributes, groups in groups, and what ppolicy says of
// an account; all from slapd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory_peers.h"
#include "directory_stores.h"

namespace sallyport::directory {
namespace {

using settings::GroupsBy;
using test::plain;
using test::Slapd;
using test::store_at;
using test::Stores;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Alice is in staff, which is in vpn; vpn and ring hold each other.
std::string entries() {
  const auto group = [](const std::string& cn, const std::string& members, const std::string& memberOf) {
    return "dn: cn=" + cn + ",ou=groups,dc=ex,dc=test\nobjectClass: groupOfNames\ncn: " + cn + "\n" + members +
           memberOf + "\n";
  };
  const auto in = [](const std::string& type, const std::string& cn) {
    return type + ": cn=" + cn + ",ou=groups,dc=ex,dc=test\n";
  };
  const std::string alice = "member: cn=Alice,dc=ex,dc=test\n";
  std::string many;
  for (int i = 0; i < 100; ++i) many += "description: value " + std::to_string(i) + "\n";
  const std::string person = "objectClass: inetOrgPerson\nsn: x\n";
  return "dn: ou=groups,dc=ex,dc=test\nobjectClass: organizationalUnit\nou: groups\n\n" +
         group("staff", alice, in("memberOf", "vpn")) +
         group("vpn", in("member", "staff") + in("member", "ring"), in("memberOf", "ring")) +
         group("ring", in("member", "vpn"), in("memberOf", "vpn")) +
         group("others", "member: cn=Star,dc=ex,dc=test\n", "") +
         "dn: cn=unique,ou=groups,dc=ex,dc=test\nobjectClass: groupOfUniqueNames\ncn: unique\n"
         "uniqueMember: cn=Rich,dc=ex,dc=test\n\n"
         "dn: cn=posix,ou=groups,dc=ex,dc=test\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\n"
         "memberUid: rich\n\n"
         "dn: cn=Rich,dc=ex,dc=test\n" +
         person + "cn: Rich\nuid: rich\nuserPassword: pw\nmail: rich@ex.test\n" +
         "mail: r@ex.test\nmemberOf: cn=staff,ou=groups,dc=ex,dc=test\ntitle: " + std::string(2000, 't') +
         "\n" + many +
         "\n"
         "dn: cn=policy,dc=ex,dc=test\nobjectClass: person\nobjectClass: pwdPolicy\ncn: policy\nsn: x\n"
         "pwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 3\npwdMustChange: TRUE\n\n"
         "dn: cn=old,dc=ex,dc=test\nobjectClass: person\nobjectClass: pwdPolicy\ncn: old\nsn: x\n"
         "pwdAttribute: userPassword\npwdMaxAge: 60\n\n"
         "dn: cn=Reset,dc=ex,dc=test\n" +
         person +
         "cn: Reset\nuid: reset\nuserPassword: pw\npwdReset: TRUE\n\n"
         "dn: cn=Expired,dc=ex,dc=test\n" +
         person +
         "cn: Expired\nuid: expired\nuserPassword: pw\npwdChangedTime: 20200101000000Z\n"
         "pwdPolicySubentry: cn=old,dc=ex,dc=test\n\n"
         "dn: cn=Lock,dc=ex,dc=test\n" +
         person + "cn: Lock\nuid: lock\nuserPassword: pw\n\n";
}

std::string in_groups(const std::string& cn) { return "cn=" + cn + ",ou=groups,dc=ex,dc=test"; }

class Entries : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    slapd = std::make_unique<Slapd>(
        "moduleload ppolicy\nmoduleload memberof\n",
        "overlay memberof\noverlay ppolicy\nppolicy_default \"cn=policy,dc=ex,dc=test\"\nppolicy_use_lockout\n",
        entries());
    ASSERT_TRUE(slapd->start());
  }
  static void TearDownTestSuite() { slapd.reset(); }
  static settings::UserStore store(GroupsBy by = GroupsBy::search) {
    auto settings = store_at({plain(slapd->port())});
    settings.groups = by;
    return settings;
  }
  static inline std::unique_ptr<Slapd> slapd;
};

TEST_F(Entries, give_the_wanted_attributes_and_no_other_bounded) {
  Stores stores({store()},
                {.attributes = {"MAIL", "description", "title", "telephoneNumber", "uid"}, .groups = {}});
  for (const auto& answer : {stores.login("rich", "pw"), stores.look_up("rich")}) {
    ASSERT_EQ(answer.outcome, Outcome::good) << answer.detail;
    const auto& got = answer.entry.attributes;
    ASSERT_EQ(got.size(), 3U);
    EXPECT_EQ(got[0].type, "MAIL") << "as it was wanted";
    EXPECT_THAT(got[0].values, UnorderedElementsAre("rich@ex.test", "r@ex.test"));
    EXPECT_EQ(got[1].values.size(), 64U);
    EXPECT_EQ(got[2].type, "uid");
  }
}

TEST_F(Entries, that_are_remembered_keep_their_attributes_and_groups) {
  auto settings = store();
  settings.remember_dn = std::chrono::seconds(60);
  Stores stores({settings}, {.attributes = {"mail"}, .groups = {in_groups("unique")}});
  const auto first = stores.look_up("rich");
  const auto again = stores.look_up("rich");
  EXPECT_EQ(again.detail, "remembered");
  for (const auto& answer : {first, again, stores.login("rich", "pw")}) {
    ASSERT_EQ(answer.entry.attributes.size(), 1U);
    EXPECT_THAT(answer.entry.groups, ElementsAre(in_groups("unique")));
  }
}

TEST_F(Entries, are_members_through_groups_in_groups_and_circles_end) {
  for (const auto by : {GroupsBy::search, GroupsBy::member_of}) {
    Stores stores({store(by)}, {.attributes = {},
                                .groups = {"CN=VPN, OU=groups,DC=ex,DC=test", in_groups("ring"),
                                           in_groups("others"), in_groups("none")}});
    const auto user = by == GroupsBy::search ? "alice" : "rich";  // memberOf of Alice is not in the file
    const auto answer = stores.login(user, by == GroupsBy::search ? "hunter2" : "pw");
    ASSERT_EQ(answer.outcome, Outcome::good) << answer.detail;
    EXPECT_THAT(answer.entry.groups, ElementsAre("CN=VPN, OU=groups,DC=ex,DC=test", in_groups("ring")));
    EXPECT_EQ(stores.login("u1", "wrong").outcome, Outcome::wrong_password);
    EXPECT_THAT(stores.login("u1", "pw1").entry.groups, IsEmpty());
  }
}

TEST_F(Entries, are_members_by_unique_names_and_by_user_ids_too) {
  Stores stores({store()}, {.attributes = {}, .groups = {in_groups("unique"), in_groups("posix")}});
  EXPECT_THAT(stores.look_up("rich").entry.groups, ElementsAre(in_groups("unique"), in_groups("posix")));
  EXPECT_THAT(stores.look_up("alice").entry.groups, IsEmpty());
}

TEST_F(Entries, whose_groups_cannot_be_told_are_unavailable) {
  auto settings = store();
  settings.group_base_dn = "ou=gone,dc=ex,dc=test";
  Stores stores({settings}, {.attributes = {}, .groups = {in_groups("vpn")}});
  const auto answer = stores.login("alice", "hunter2");
  EXPECT_EQ(answer.outcome, Outcome::unavailable);
  EXPECT_THAT(answer.detail, HasSubstr("groups cannot be told: "));
  EXPECT_THAT(answer.detail, HasSubstr("noSuchObject"));
}

TEST_F(Entries, whose_password_policy_speaks_have_an_outcome_of_their_own) {
  Stores stores({store()});
  EXPECT_EQ(stores.login("reset", "pw").outcome, Outcome::password_must_change);
  EXPECT_EQ(stores.login("expired", "pw").outcome, Outcome::password_expired);
  EXPECT_EQ(stores.login("expired", "x").outcome, Outcome::wrong_password);
}

TEST_F(Entries, that_real_failures_locked_are_refused_in_a_bind_and_in_a_look_up) {
  Stores stores({store()});
  EXPECT_EQ(stores.look_up("lock").outcome, Outcome::good);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stores.login("lock", "x").outcome, Outcome::wrong_password);
  EXPECT_EQ(stores.login("lock", "pw").outcome, Outcome::account_locked);
  const auto answer = stores.look_up("lock");
  EXPECT_EQ(answer.outcome, Outcome::account_locked);
  EXPECT_THAT(answer.detail, HasSubstr("pwdAccountLockedTime"));
  auto lax = store();
  lax.refuse_unusable = false;
  EXPECT_EQ(Stores({lax}).look_up("lock").outcome, Outcome::good);
}

TEST_F(Entries, are_searched_as_the_user_where_no_service_account_may) {
  auto settings = store();
  settings.bind_dn.clear();
  settings.bind_password.clear();
  settings.bind_name = "cn=%s,dc=ex,dc=test";
  settings.filter = "(&(objectClass=person)(cn=%s))";
  settings.domains = {"EX"};
  Stores stores({settings}, {.attributes = {"mail"}, .groups = {in_groups("unique")}});
  for (const auto* typed : {"rich", " RICH", "ex\\rich"}) {
    const auto good = stores.login(typed, "pw");
    EXPECT_EQ(good.outcome, Outcome::good) << good.detail;
    EXPECT_EQ(good.entry.canonical_user, "rich");
    EXPECT_EQ(good.entry.dn, "cn=Rich,dc=ex,dc=test");
    EXPECT_EQ(good.entry.attributes.size(), 1U);
    EXPECT_THAT(good.entry.groups, ElementsAre(in_groups("unique")));
  }
  EXPECT_EQ(stores.login("rich", "x").outcome, Outcome::wrong_password);
  EXPECT_EQ(stores.login("OTHER\\rich", "pw").outcome, Outcome::unknown_user);
  EXPECT_EQ(stores.login("Rich,ou=x", "pw").outcome, Outcome::wrong_password);
  EXPECT_THAT(stores.look_up("rich").detail, HasSubstr("bind_name"));
}

TEST_F(Entries, that_are_not_the_one_that_was_bound_are_refused) {
  auto settings = store();
  settings.bind_dn.clear();
  settings.bind_password.clear();
  settings.bind_name = "cn=%s,dc=ex,dc=test";
  settings.filter = "(&(objectClass=person)(|(cn=%u)(cn=Rich))(!(cn=Alice)))";
  Stores stores({settings});
  const auto answer = stores.login("alice", "hunter2");
  EXPECT_EQ(answer.outcome, Outcome::account_unusable);
  EXPECT_THAT(answer.detail, HasSubstr("mean two users"));
}

}  // namespace
}  // namespace sallyport::directory
