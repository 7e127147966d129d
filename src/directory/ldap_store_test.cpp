#include "directory/ldap_store.h"

#include <gtest/gtest.h>

#include "directory/entry_reading.h"
#include "directory/remembered_names.h"

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;

FoundEntry entry_with(std::string dn, std::vector<std::string> values) {
  return {std::move(dn), {{"UID", std::move(values)}}};
}

TEST(CanonicalUser, is_the_prepared_value_of_the_attribute) {
  EXPECT_EQ(canonical_user_of(entry_with("uid=Alice,dc=ex", {"Alice "}), "uid"), "alice");
  EXPECT_EQ(canonical_user_of(entry_with("uid=Alice,dc=ex", {}), "uid"), "");
  EXPECT_EQ(canonical_user_of(entry_with("uid=Alice,dc=ex", {"\xFF"}), "uid"), "");
}

TEST(CanonicalUser, of_several_values_is_the_same_whatever_their_order) {
  EXPECT_EQ(canonical_user_of(entry_with("UID=zoe,dc=ex", {"ann", "Zoe"}), "uid"), "zoe");
  EXPECT_EQ(canonical_user_of(entry_with("UID=zoe,dc=ex", {"Zoe", "ann"}), "uid"), "zoe");
  EXPECT_EQ(canonical_user_of(entry_with("cn=zoe,dc=ex", {"zoe", "Ann", "ben"}), "uid"), "ann");
  EXPECT_EQ(canonical_user_of(entry_with("uid=gone,dc=ex", {"zoe", "ann"}), "uid"), "ann")
      << "a value that is not the entry's";
}

TEST(WantedAttributes, are_those_that_the_entry_has_in_any_case_and_bounded) {
  FoundEntry entry{"uid=a",
                   {{"Mail", {"a@ex.test"}}, {"cn;lang-de", {"A"}}, {"title", {std::string(1025, 'x'), "t"}}}};
  entry.attributes.push_back({"l", std::vector<std::string>(200, "here")});
  const auto got = wanted_attributes(entry, {"mail", "cn", "sn", "title", "l"});
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].type, "mail");
  EXPECT_EQ(got[0].values, std::vector<std::string>{"a@ex.test"});
  EXPECT_EQ(got[1].values, std::vector<std::string>{"t"}) << "a value that is too long is left out";
  EXPECT_EQ(got[2].values.size(), 64U);
}

Entry named(std::string dn) {
  Entry entry;
  entry.dn = std::move(dn);
  return entry;
}

TEST(RememberedNames, stay_for_their_time_and_no_longer) {
  RememberedNames names(60s);
  const base::SteadyTime start{1h};
  names.remember("alice", named("uid=alice"), start);
  ASSERT_NE(names.find("alice", start + 59s), nullptr);
  EXPECT_EQ(names.find("alice", start + 60s), nullptr);
  EXPECT_EQ(names.find("bob", start), nullptr);
  names.forget("alice");
  EXPECT_EQ(names.find("alice", start), nullptr);
}

TEST(RememberedNames, are_bounded_and_the_oldest_goes_first) {
  RememberedNames names(60s, 3);
  base::SteadyTime now{1h};
  for (const auto* name : {"a", "b", "a", "c", "d"}) names.remember(name, named(name), now += 1s);
  EXPECT_LE(names.size(), 3U);
  EXPECT_NE(names.find("a", now), nullptr) << "remembered anew after b";
  EXPECT_EQ(names.find("b", now), nullptr);
  EXPECT_NE(names.find("d", now), nullptr);
  RememberedNames none(0s);
  none.remember("a", named("a"), now);
  EXPECT_EQ(none.size(), 0U);
}

settings::UserStore sound() {
  settings::UserStore store;
  store.name = "corp";
  store.connections = {{"127.0.0.1", 1, settings::DirectoryTls::none}};
  store.base_dn = "dc=ex";
  return store;
}

TEST(LdapStore, says_which_setting_is_wrong) {
  net::Loop loop;
  const auto mistake = [&](void (*change)(settings::UserStore&)) {
    auto store = sound();
    change(store);
    const auto made = LdapStore::make(loop, store);
    return made ? "taken" : made.error().what;
  };
  EXPECT_EQ(mistake([](auto&) {}), "taken");
  EXPECT_EQ(mistake([](auto& s) { s.filter = "(uid=alice)"; }),
            "user store 'corp': filter: the filter does not name the user: '%s' or '%u' is expected in it");
  EXPECT_NE(mistake([](auto& s) { s.connections.clear(); }), "taken");
  EXPECT_NE(mistake([](auto& s) { s.base_dn = "nonsense"; }), "taken");
  EXPECT_NE(mistake([](auto& s) { s.bind_dn = "cn=svc"; }), "taken") << "a service account without a password";
  EXPECT_NE(mistake([](auto& s) { s.bind_password = base::Secret("x"); }), "taken");
  EXPECT_NE(mistake([](auto& s) {
              s.bind_dn = "cn=svc";
              s.bind_password = base::Secret(std::string_view("\0", 1));
            }),
            "taken");
}

}  // namespace
}  // namespace sallyport::directory
