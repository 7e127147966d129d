#include "directory/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ldap/filter.h"

namespace sallyport::directory {
namespace {

using settings::GroupsBy;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Reply of(std::vector<FoundEntry> entries, ldap::ResultCode code = ldap::ResultCode::success) {
  Reply reply;
  reply.code = code;
  reply.entries = std::move(entries);
  return reply;
}

// Who is directly in which group; answers what a walk asks as a directory would.
class Tree {
 public:
  std::map<std::string, std::vector<std::string>> members;
  int asked = 0;
  bool lists_a_part = false;

  Reply answer(const SearchQuestion& question) {
    ++asked;
    Reply reply;
    if (lists_a_part) reply.code = ldap::ResultCode::size_limit_exceeded;
    if (!question.subtree) return read(question.base);
    for (const auto& [group, names] : members) {
      for (const auto& name : names) {
        if (question.filter.find("=" + ldap::escape_filter_value(name) + ")") == std::string::npos) continue;
        reply.entries.push_back({group, {}});
        break;
      }
    }
    return reply;
  }
  FoundEntry entry(const std::string& dn) const {
    FoundEntry found{dn, {{"uid", {"alice"}}}};
    FoundAttribute groups{"MemberOf", {}};
    for (const auto& [group, names] : members) {
      if (std::ranges::find(names, dn) != names.end()) groups.values.push_back(group);
    }
    if (!groups.values.empty()) found.attributes.push_back(groups);
    return found;
  }

 private:
  Reply read(const std::string& dn) const {
    if (!members.contains(dn)) return of({}, ldap::ResultCode::no_such_object);
    return of({entry(dn)});
  }
};

settings::UserStore store_by(GroupsBy by) {
  settings::UserStore store;
  store.base_dn = "ou=people,dc=ex,dc=test";
  store.groups = by;
  return store;
}

struct Told {
  std::vector<std::string> groups;
  std::string trouble;
};
Told walk(Tree& tree, GroupsBy by, const std::vector<std::string>& wanted) {
  const auto rules = group_rules(store_by(by), wanted);
  EXPECT_TRUE(rules);
  GroupWalk walk(std::make_shared<const GroupRules>(*rules), tree.entry("cn=alice"));
  for (auto questions = walk.next(); !questions.empty(); questions = walk.next()) {
    for (const auto& question : questions) walk.take(question, tree.answer(question));
  }
  return {walk.groups(), walk.trouble()};
}

class Membership : public testing::TestWithParam<GroupsBy> {};
INSTANTIATE_TEST_SUITE_P(Upward, Membership, testing::Values(GroupsBy::search, GroupsBy::member_of));

TEST_P(Membership, is_found_through_groups_in_groups_and_compared_as_names) {
  Tree tree;
  tree.members = {
      {"cn=Staff,dc=ex", {"cn=alice"}}, {"cn=vpn,dc=ex", {"cn=Staff,dc=ex"}}, {"cn=other", {"cn=bob"}}};
  const auto told = walk(tree, GetParam(), {"CN=VPN, DC=ex", "cn=other", "cn=gone"});
  EXPECT_THAT(told.groups, ElementsAre("CN=VPN, DC=ex"));
  EXPECT_EQ(told.trouble, "");
}

TEST_P(Membership, in_circles_of_groups_ends) {
  Tree tree;
  tree.members = {{"cn=a", {"cn=alice", "cn=c"}}, {"cn=b", {"cn=a"}}, {"cn=c", {"cn=b", "cn=c"}}};
  EXPECT_THAT(walk(tree, GetParam(), {"cn=c", "cn=z"}).groups, ElementsAre("cn=c"));
  EXPECT_LE(tree.asked, 8);
}

TEST_P(Membership, of_a_group_that_is_found_asks_no_further) {
  Tree tree;
  tree.members = {{"cn=a", {"cn=alice"}}, {"cn=b", {"cn=a"}}};
  EXPECT_THAT(walk(tree, GetParam(), {"cn=a"}).groups, ElementsAre("cn=a"));
  EXPECT_EQ(tree.asked, GetParam() == GroupsBy::search ? 1 : 0);
}

TEST_P(Membership, beyond_the_bounds_cannot_be_told) {
  Tree deep;
  deep.members["cn=g0"] = {"cn=alice"};
  for (int i = 1; i < 60; ++i) deep.members["cn=g" + std::to_string(i)] = {"cn=g" + std::to_string(i - 1)};
  EXPECT_THAT(walk(deep, GetParam(), {"cn=g59"}).trouble, HasSubstr("more than 32 deep"));
  EXPECT_EQ(walk(deep, GetParam(), {"cn=g20"}).trouble, "");
  Tree wide;
  for (int i = 0; i < 1001; ++i) wide.members["cn=g" + std::to_string(i)] = {"cn=alice"};
  EXPECT_THAT(walk(wide, GetParam(), {"cn=none"}).trouble, HasSubstr("more than 1000 groups"));
}

TEST(MembershipBySearch, that_the_directory_lists_in_part_cannot_be_told) {
  Tree tree;
  tree.members = {{"cn=a", {"cn=alice"}}};
  tree.lists_a_part = true;
  EXPECT_NE(walk(tree, GroupsBy::search, {"cn=b"}).trouble, "");
  const auto told = walk(tree, GroupsBy::search, {"cn=a"});
  EXPECT_EQ(told.trouble, "") << "what is wanted was among what it listed";
  EXPECT_THAT(told.groups, ElementsAre("cn=a"));
}

TEST(MembershipBySearch, goes_by_user_id_too_and_escapes_every_name) {
  auto store = store_by(GroupsBy::search);
  const auto rules = group_rules(store, {"cn=x"});
  EXPECT_EQ(rules->base, "dc=ex,dc=test") << "groups seldom lie below the users";
  EXPECT_THAT(attributes_for(*rules), ElementsAre("uid"));
  GroupWalk walk(std::make_shared<const GroupRules>(*rules), {"cn=a*(b)", {{"uid", {"al*ice"}}}});
  const auto questions = walk.next();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].filter,
            "(|(member=cn=a\\2a\\28b\\29)(uniqueMember=cn=a\\2a\\28b\\29)(memberUid=al\\2aice))");
  store.group_member_attributes = {"memberUid"};
  GroupWalk by_id(std::make_shared<const GroupRules>(*group_rules(store, {"cn=x"})),
                  {"cn=a", {{"uid", {"alice"}}}});
  for (const auto& question : by_id.next()) by_id.take(question, of({{"cn=posix", {}}}));
  EXPECT_THAT(by_id.next(), IsEmpty()) << "memberUid names no groups";
  EXPECT_EQ(by_id.trouble(), "");
}

TEST(MembershipByMemberOf, of_which_the_directory_gave_a_part_cannot_be_told) {
  const auto rules = std::make_shared<const GroupRules>(*group_rules(store_by(GroupsBy::member_of), {"cn=b"}));
  GroupWalk walk(rules, {"cn=alice", {{"memberOf;range=0-1499", {"cn=a"}}}});
  EXPECT_THAT(walk.next(), IsEmpty());
  EXPECT_THAT(walk.trouble(), HasSubstr("a part only"));
}

TEST(MembershipInChain, is_one_search_for_the_wanted_groups_alone) {
  const auto rules =
      std::make_shared<const GroupRules>(*group_rules(store_by(GroupsBy::nested_ad), {"CN=VPN,DC=ex", "CN=x"}));
  GroupWalk walk(rules, {"CN=Al (x),DC=ex", {}});
  const auto questions = walk.next();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].base, "dc=ex,dc=test");
  EXPECT_EQ(questions[0].filter,
            "(&(|(distinguishedName=CN=VPN,DC=ex)(distinguishedName=CN=x))"
            "(member:1.2.840.113556.1.4.1941:=CN=Al \\28x\\29,DC=ex))");
  walk.take(questions[0], of({{"cn=vpn,dc=EX", {}}, {"cn=never asked for", {}}}));
  EXPECT_THAT(walk.next(), IsEmpty());
  EXPECT_THAT(walk.groups(), ElementsAre("CN=VPN,DC=ex"));
}

TEST(WantedGroups, that_are_no_DNs_are_refused_at_start) {
  EXPECT_FALSE(group_rules(store_by(GroupsBy::search), {"staff"}));
  auto store = store_by(GroupsBy::search);
  store.group_base_dn = "nonsense";
  EXPECT_FALSE(group_rules(store, {}));
}

}  // namespace
}  // namespace sallyport::directory
