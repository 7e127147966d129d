// No login is lost when the first directory of a store fails in the middle of many, whatever it does: those
// that are under way, those that wait, and those that come. Two slapds, one of them behind a relay.
#include <gtest/gtest.h>

#include "directory_peers.h"
#include "directory_relay.h"
#include "directory_stores.h"

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;
using settings::DirectoryTls;
using test::plain;
using test::Relay;
using test::Slapd;
using test::store_at;
using test::Stores;
using Mode = Relay::Mode;

constexpr base::Duration patience = 8500ms;  // of a RADIUS client of 3 x 3 s

std::string name_of(Mode mode) {
  constexpr std::string_view names[] = {"pass",   "silent", "silent_to_old", "reset",
                                        "refuse", "drip",   "garbage"};
  return std::string(names[static_cast<std::size_t>(mode)]);
}

struct Tally {
  int good = 0, lost = 0, left = 0;
  std::string detail;  // of one that was lost
};

class Faults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    first = std::make_unique<Slapd>();
    second = std::make_unique<Slapd>();
    ASSERT_TRUE(first->start() && second->start());
  }
  static void TearDownTestSuite() {
    first.reset();
    second.reset();
  }
  static settings::UserStore store(std::vector<settings::DirectoryConnection> connections) {
    auto settings = store_at(std::move(connections));
    settings.request_timeout = 3000ms;
    settings.connect_timeout = 2000ms;
    settings.ca_file = first->ca_file();
    return settings;
  }
  // `count` logins, one after `every`; `meanwhile` is done when a tenth of them has begun.
  static Tally storm(Stores& stores, int count, base::Duration every, base::Duration deadline,
                     std::function<void()> meanwhile = nullptr) {
    Tally tally;
    tally.left = count;
    std::vector<net::Timer> timers;
    for (int i = 0; i < count; ++i) {
      timers.emplace_back(stores.loop).after(every * i, [&, i] {
        if (i == count / 10 && meanwhile) meanwhile();
        const auto number = std::to_string(i % 64);
        stores.stores->check_first_factor("u" + number, base::Secret("pw" + number),
                                          stores.loop.now().steady + deadline, [&](const Answer& answer) {
                                            const bool good = answer.outcome == Outcome::good;
                                            ++(good ? tally.good : tally.lost);
                                            if (!good) tally.detail = answer.detail;
                                            if (--tally.left == 0) stores.loop.stop();
                                          });
      });
    }
    stores.loop.run_for(60s);
    return tally;
  }
  static bool is_back(Stores& stores) {
    for (int i = 0; i < 300 && !stores.stores->report()[0].in_use; ++i) stores.loop.run_for(100ms);
    return stores.stores->report()[0].in_use;
  }
  static inline std::unique_ptr<Slapd> first, second;
};

TEST_F(Faults, of_the_first_directory_cost_no_login_and_it_is_used_again) {
  for (const auto mode : {Mode::silent, Mode::reset, Mode::refuse, Mode::drip, Mode::garbage}) {
    Relay relay(first->port());
    Stores stores({store({plain(relay.port()), plain(second->port())})});
    ASSERT_EQ(storm(stores, 20, 5ms, patience).good, 20) << "all is well";
    const auto during = storm(stores, 200, 5ms, patience, [&] { relay.become(mode); });
    EXPECT_EQ(during.lost, 0) << name_of(mode) << ": " << during.detail;
    EXPECT_TRUE(stores.stores->report()[1].in_use) << name_of(mode);
    EXPECT_EQ(storm(stores, 50, 5ms, 2500ms).lost, 0) << name_of(mode) << ": nobody waits for it again";
    relay.become(Mode::pass);
    EXPECT_TRUE(is_back(stores)) << name_of(mode) << ": " << stores.stores->report()[0].detail;
    EXPECT_EQ(storm(stores, 20, 5ms, patience).lost, 0) << name_of(mode);
  }
}

TEST_F(Faults, that_meet_binds_alone_cost_no_login) {
  for (const auto mode : {Mode::silent, Mode::drip, Mode::garbage}) {
    Relay relay(first->port());
    auto settings = store({plain(relay.port()), plain(second->port())});
    settings.remember_dn = std::chrono::seconds(60);
    Stores stores({settings});
    ASSERT_EQ(storm(stores, 64, 2ms, patience).good, 64);
    const auto during = storm(stores, 200, 5ms, patience, [&] { relay.become(mode); });
    EXPECT_EQ(during.lost, 0) << name_of(mode) << ": " << during.detail;
  }
}

TEST_F(Faults, beneath_tls_cost_no_login) {
  for (const auto tls : {DirectoryTls::ldaps, DirectoryTls::start_tls}) {
    Relay relay(tls == DirectoryTls::ldaps ? first->tls_port() : first->port());
    Stores stores({store({{"127.0.0.1", relay.port(), tls}, plain(second->port())})});
    ASSERT_EQ(storm(stores, 20, 5ms, patience).good, 20);
    const auto during = storm(stores, 100, 5ms, patience, [&] { relay.become(Mode::silent); });
    EXPECT_EQ(during.lost, 0) << during.detail;
    relay.become(Mode::pass);
    EXPECT_TRUE(is_back(stores)) << stores.stores->report()[0].detail;
  }
}

TEST_F(Faults, of_two_directories_leave_time_for_the_third) {
  Relay one(first->port()), two(first->port());
  Stores stores({store({plain(one.port()), plain(two.port()), plain(second->port())})});
  ASSERT_EQ(storm(stores, 20, 5ms, patience).good, 20);
  const auto during = storm(stores, 100, 5ms, patience, [&] {
    one.become(Mode::silent);
    two.become(Mode::silent);
  });
  EXPECT_EQ(during.lost, 0) << during.detail;
}

TEST_F(Faults, with_a_thousand_logins_waiting_cost_none) {
  Relay relay(first->port());
  Stores stores({store({plain(relay.port()), plain(second->port())})});
  ASSERT_EQ(storm(stores, 20, 5ms, patience).good, 20);
  relay.become(Mode::silent);
  // A client of 2 x 3 s: none of them can wait for the time limit twice.
  const auto during = storm(stores, 1000, 0ms, 5500ms);
  EXPECT_EQ(during.lost, 0) << during.detail;
}

TEST_F(Faults, of_old_connections_alone_cost_no_login_where_there_is_one_directory) {
  for (const auto stay : {std::chrono::seconds(0), std::chrono::seconds(60)}) {
    Relay relay(first->port());
    auto settings = store({plain(relay.port())});
    settings.remember_dn = stay;
    settings.probe_interval = std::chrono::seconds(60);  // the logins meet it first
    Stores stores({settings});
    ASSERT_EQ(storm(stores, 64, 2ms, patience).good, 64);
    relay.become(Mode::silent_to_old);
    const auto during = storm(stores, 100, 5ms, patience);
    EXPECT_EQ(during.lost, 0) << during.detail;
  }
}

}  // namespace
}  // namespace sallyport::directory
