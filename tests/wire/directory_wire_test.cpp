// User stores against slapd, against a stub directory that takes every bind, and against directories that are
// dead, silent or hang up.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crypto/password_hash.h"
#include "directory_peers.h"
#include "directory_stores.h"

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;
using settings::DirectoryTls;
using test::plain;
using test::Slapd;
using test::store_at;
using test::Stores;
using test::StubDirectory;

class Directory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    slapd = std::make_unique<Slapd>();
    ASSERT_TRUE(slapd->start());
  }
  static void TearDownTestSuite() { slapd.reset(); }
  static inline std::unique_ptr<Slapd> slapd;
};

void expect_every_outcome(Stores& stores) {
  const auto good = stores.login("  ALICE ", "hunter2");
  EXPECT_EQ(good.outcome, Outcome::good) << good.detail;
  EXPECT_EQ(good.entry.canonical_user, "alice");
  EXPECT_EQ(good.entry.dn, "cn=Alice,dc=ex,dc=test");
  EXPECT_EQ(good.entry.user_store, "corp");
  const auto wrong = stores.login("alice", "hunter3");
  EXPECT_EQ(wrong.outcome, Outcome::wrong_password) << wrong.detail;
  EXPECT_EQ(wrong.detail, "result 49 invalidCredentials");
  EXPECT_EQ(stores.login("nobody", "x").outcome, Outcome::unknown_user);
  EXPECT_EQ(stores.login("twin", "pw").outcome, Outcome::ambiguous_user);
  EXPECT_EQ(stores.look_up("alice").outcome, Outcome::good);
  EXPECT_EQ(stores.look_up("nobody").outcome, Outcome::unknown_user);
}

TEST_F(Directory, tells_every_outcome_in_the_clear_over_starttls_and_over_ldaps) {
  for (const auto tls : {DirectoryTls::none, DirectoryTls::start_tls, DirectoryTls::ldaps}) {
    const auto port = tls == DirectoryTls::ldaps ? slapd->tls_port() : slapd->port();
    auto settings = store_at({{"127.0.0.1", port, tls}});
    settings.ca_file = slapd->ca_file();
    Stores stores({settings});
    expect_every_outcome(stores);
  }
}

TEST_F(Directory, is_not_believed_when_its_certificate_is_not_ours) {
  test::Slapd other;
  for (const auto tls : {DirectoryTls::start_tls, DirectoryTls::ldaps}) {
    const auto port = tls == DirectoryTls::ldaps ? slapd->tls_port() : slapd->port();
    auto settings = store_at({{"127.0.0.1", port, tls}});
    settings.ca_file = other.ca_file();
    Stores stores({settings});
    const auto answer = stores.login("alice", "hunter2");
    EXPECT_EQ(answer.outcome, Outcome::unavailable);
    EXPECT_NE(answer.detail.find("127.0.0.1"), std::string::npos) << answer.detail;
  }
}

TEST_F(Directory, finds_one_entry_or_none_for_names_full_of_filter_characters) {
  Stores stores({store_at({plain(slapd->port())})});
  for (const auto* name : {"*", "a*", "*)(uid=*", "alice)(|(uid=*", "\\2a", "alice\\", "u%s", "(", ")"}) {
    EXPECT_EQ(stores.login(name, "pw").outcome, Outcome::unknown_user) << name;
  }
  EXPECT_EQ(stores.login("st*r", "pw").outcome, Outcome::good);
}

TEST_F(Directory, serves_64_at_once_with_remembered_names) {
  auto settings = store_at({plain(slapd->port())});
  settings.remember_dn = std::chrono::seconds(60);
  Stores stores({settings});
  for (int round = 0; round < 4; ++round) {
    int good = 0, left = 64;
    for (int i = 0; i < 64; ++i) {
      stores.stores->check_first_factor("u" + std::to_string(i), base::Secret("pw" + std::to_string(i)),
                                        stores.loop.now().steady + 15s, [&](const Answer& answer) {
                                          good += answer.outcome == Outcome::good ? 1 : 0;
                                          if (--left == 0) stores.loop.stop();
                                        });
    }
    stores.loop.run_for(20s);
    EXPECT_EQ(good, 64) << "round " << round;
  }
}

TEST_F(Directory, whose_first_replica_is_dead_answers_from_the_next) {
  Stores stores({store_at({plain(test::free_port()), plain(slapd->port())})});
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  const auto lines = stores.try_all();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_FALSE(lines[0].up);
  EXPECT_TRUE(lines[1].up && lines[1].in_use) << lines[1].detail;
}

TEST_F(Directory, whose_first_replica_is_silent_answers_from_the_next_in_time) {
  for (const auto tls : {DirectoryTls::none, DirectoryTls::start_tls, DirectoryTls::ldaps}) {
    test::SilentPort silent;
    auto settings = store_at({{"127.0.0.1", silent.port(), tls}, plain(slapd->port())});
    settings.ca_file = slapd->ca_file();
    Stores stores({settings});
    const auto answer = stores.login("alice", "hunter2", 5s);
    EXPECT_EQ(answer.outcome, Outcome::good) << answer.detail;
  }
}

TEST_F(Directory, that_stops_and_comes_back_is_used_again) {
  Slapd own;
  ASSERT_TRUE(own.start());
  Stores stores({store_at({plain(own.port()), plain(slapd->port())})});
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  own.stop();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  EXPECT_TRUE(stores.stores->report()[1].in_use);
  ASSERT_TRUE(own.start());
  for (int i = 0; i < 100 && !stores.stores->report()[0].in_use; ++i) stores.loop.run_for(100ms);
  EXPECT_TRUE(stores.stores->report()[0].in_use) << stores.stores->report()[0].detail;
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
}

TEST_F(Directory, that_falls_silent_costs_one_time_limit_and_is_used_again_when_it_speaks) {
  Slapd own;
  ASSERT_TRUE(own.start());
  Stores stores({store_at({plain(own.port()), plain(slapd->port())})});
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  own.freeze();
  const auto began = std::chrono::steady_clock::now();
  const auto answer = stores.login("alice", "hunter2", 8s);
  EXPECT_EQ(answer.outcome, Outcome::good) << answer.detail;
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
  const auto again = std::chrono::steady_clock::now();
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  EXPECT_LT(std::chrono::steady_clock::now() - again, 1s) << "nobody waits for it twice";
  own.thaw();
  for (int i = 0; i < 150 && !stores.stores->report()[0].in_use; ++i) stores.loop.run_for(100ms);
  EXPECT_TRUE(stores.stores->report()[0].in_use) << stores.stores->report()[0].detail;
}

TEST_F(Directory, that_is_alone_and_silent_gives_an_answer_by_the_deadline) {
  Slapd own;
  ASSERT_TRUE(own.start());
  Stores stores({store_at({plain(own.port())})});
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::good);
  own.freeze();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(stores.login("alice", "hunter2", 300ms).outcome, Outcome::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_F(Directory, that_wants_tls_is_reported_in_words) {
  Slapd strict("security simple_bind=128\n");
  ASSERT_TRUE(strict.start());
  Stores stores({store_at({plain(strict.port())})});
  const auto lines = stores.try_all();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_FALSE(lines[0].up);
  EXPECT_NE(lines[0].detail.find("refuses binds in clear text"), std::string::npos) << lines[0].detail;
  EXPECT_EQ(stores.login("alice", "hunter2").outcome, Outcome::unavailable);
}

TEST_F(Directory, without_its_base_or_its_service_account_is_unavailable) {
  auto no_base = store_at({plain(slapd->port())});
  no_base.base_dn = "ou=none,dc=ex,dc=test";
  EXPECT_EQ(Stores({no_base}).login("alice", "hunter2").outcome, Outcome::unavailable);
  auto wrong = store_at({plain(slapd->port())});
  wrong.bind_password = base::Secret("not it");
  const auto answer = Stores({wrong}).login("alice", "hunter2");
  EXPECT_EQ(answer.outcome, Outcome::unavailable);
  EXPECT_NE(answer.detail.find("service account: result 49"), std::string::npos) << answer.detail;
}

settings::UserStore store_at_stub(const StubDirectory& stub) {
  auto store = store_at({plain(stub.port())});
  store.bind_dn.clear();
  store.bind_password.clear();
  return store;
}

TEST(Stub, that_takes_every_bind_never_gets_one_that_proves_nothing) {
  StubDirectory stub;
  Stores stores({store_at_stub(stub)});
  EXPECT_EQ(stores.login("alice", "right").outcome, Outcome::good);
  const int before = stub.binds;
  EXPECT_EQ(before, 1);
  for (const auto& password :
       {std::string(), std::string(1, '\0'), std::string("a\0b", 3), std::string(16, '\0')}) {
    EXPECT_NE(stores.login("alice", password).outcome, Outcome::good) << testing::PrintToString(password);
  }
  EXPECT_EQ(stores.look_up("alice").outcome, Outcome::good);
  EXPECT_EQ(stores.try_all().size(), 1U);
  EXPECT_EQ(stub.binds, before);
  EXPECT_EQ(stub.empty_password_binds + stub.nul_binds + stub.empty_name_binds, 0);
}

TEST(Stub, that_finds_two_entries_gets_no_bind_at_all) {
  StubDirectory stub;
  stub.two_entries = true;
  Stores stores({store_at_stub(stub)});
  EXPECT_EQ(stores.login("alice", "right").outcome, Outcome::ambiguous_user);
  EXPECT_EQ(stub.binds, 0);
}

TEST(Stub, that_hangs_up_on_a_bind_gets_it_once_more_and_only_then) {
  StubDirectory stub;
  stub.binds_to_reset = 1;
  Stores stores({store_at_stub(stub)});
  EXPECT_EQ(stores.login("alice", "right").outcome, Outcome::good);
  EXPECT_EQ(stub.binds, 2);
  stub.binds = 0;
  stub.binds_to_reset = 100;
  EXPECT_EQ(stores.login("alice", "right").outcome, Outcome::unavailable);
  EXPECT_EQ(stub.binds, 2);
}

TEST(Stub, that_answers_no_bind_gets_it_twice_and_no_third_time) {
  StubDirectory stub, other;
  stub.swallows_binds = other.swallows_binds = true;
  for (const int directories : {1, 2}) {
    auto settings = store_at_stub(stub);
    settings.request_timeout = 300ms;
    if (directories == 2) settings.connections.push_back(plain(other.port()));
    stub.binds = other.binds = 0;
    EXPECT_EQ(Stores({settings}).login("alice", "right").outcome, Outcome::unavailable);
    EXPECT_EQ(stub.binds + other.binds, 2);
    EXPECT_EQ(other.binds, directories - 1) << "the second goes where it may be answered";
  }
}

TEST(Stub, that_answers_others_is_asked_again_on_the_same_connection) {
  StubDirectory stub;
  auto settings = store_at_stub(stub);
  settings.request_timeout = 3000ms;
  Stores stores({settings});
  EXPECT_EQ(stores.look_up("alice").outcome, Outcome::good);
  stub.searches_to_swallow = 1;
  int good = 0;
  std::vector<net::Timer> timers;
  for (int i = 0; i < 40; ++i) {  // something is answered all the time
    timers.emplace_back(stores.loop).after(100ms * i, [&] {
      stores.stores->look_up("alice", stores.loop.now().steady + 10s, [&](const Answer& answer) {
        if (answer.outcome == Outcome::good && ++good == 40) stores.loop.stop();
      });
    });
  }
  stores.loop.run_for(20s);
  EXPECT_EQ(good, 40);
  EXPECT_EQ(stub.connections, 1);
}

TEST(Stub, that_refuses_a_bind_gets_one_only) {
  StubDirectory stub;
  auto settings = store_at_stub(stub);
  settings.remember_dn = std::chrono::seconds(60);
  Stores stores({settings});
  for (const auto& [code, outcome] : {std::pair{49, Outcome::wrong_password},
                                      {53, Outcome::account_unusable},
                                      {51, Outcome::unavailable},
                                      {10, Outcome::unavailable},
                                      {14, Outcome::unavailable}}) {
    stub.bind_code = code;
    stub.binds = 0;
    EXPECT_EQ(stores.login("alice", "x").outcome, outcome) << code;
    EXPECT_EQ(stub.binds, 1) << code;
  }
}

TEST(SilentDirectory, delays_no_login_of_a_store_that_comes_after_it_once_it_is_known) {
  test::Folder folder;
  std::ofstream(folder / "users") << "bob:" << crypto::make_password_hash(base::Secret("pw")) << "\n";
  test::SilentPort silent;
  auto dead = store_at({plain(silent.port())});
  dead.skip_when_unreachable = true;
  settings::UserStore file;
  file.name = "site";
  file.kind = settings::UserStoreKind::file;
  file.file = folder / "users";
  Stores stores({dead, file});
  EXPECT_EQ(stores.login("bob", "pw", 9s).outcome, Outcome::good);
  const auto began = std::chrono::steady_clock::now();
  const auto answer = stores.look_up("bob");
  EXPECT_EQ(answer.outcome, Outcome::good);
  EXPECT_EQ(answer.entry.user_store, "site");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 200ms);
  EXPECT_EQ(stores.login("bob", "wrong", 9s).outcome, Outcome::wrong_password);
}

}  // namespace
}  // namespace sallyport::directory
