#include "server/join_rules.h"

#include <gtest/gtest.h>

#include <deque>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using settings::JoinRetries;

constexpr base::SteadyTime start{1000s};

// An Access-Request from "type value" pairs; the authenticator differs each time, as it does in a retry.
Tried tried(std::initializer_list<std::pair<std::uint8_t, std::string_view>> attributes,
            std::uint64_t password = 7, std::uint8_t host = 1) {
  static std::deque<base::Bytes> kept;
  auto& octets = kept.emplace_back();
  octets = {1, static_cast<std::uint8_t>(kept.size()), 0, 0};
  octets.resize(20, static_cast<std::uint8_t>(kept.size()));
  for (const auto& [type, value] : attributes) {
    octets.push_back(type);
    octets.push_back(static_cast<std::uint8_t>(value.size() + 2));
    octets.insert(octets.end(), value.begin(), value.end());
  }
  octets[2] = static_cast<std::uint8_t>(octets.size() >> 8U);
  octets[3] = static_cast<std::uint8_t>(octets.size());
  Tried out{{}, radius::decode(octets).value(), password};
  out.source.octets[15] = host;
  return out;
}

constexpr std::pair<std::uint8_t, std::string_view> user{1, "alice"}, port{5, "aaaa"}, other_port{5, "bbbb"},
    station{31, "00-11"}, other_station{31, "00-12"}, no_station{31, ""}, proxy{33, "p1"},
    other_proxy{33, "p2"};

struct Case {
  const char* what;
  JoinRetries who;
  Tried first, retry;
  base::Duration later;
  int joined;
  Join expected;
};

TEST(JoinRules, weigh_every_condition) {
  constexpr auto same_station = JoinRetries::same_station, same_login = JoinRetries::same_login;
  const Case cases[] = {
      {"the same packet's rule joins nothing", JoinRetries::same_packet, tried({user, station}),
       tried({user, station}), 3s, 0, Join::another_login},
      {"a retry of the same station", same_station, tried({user, station}), tried({user, station}), 3s, 0,
       Join::joins},
      {"at 0.8 of the time-out", same_station, tried({user, station}), tried({user, station}), 2400ms, 0,
       Join::joins},
      {"a moment sooner", same_station, tried({user, station}), tried({user, station}), 2399ms, 0,
       Join::too_soon},
      {"the last of three tries", same_station, tried({user, station}), tried({user, station}), 3s, 1,
       Join::joins},
      {"a fourth try", same_station, tried({user, station}), tried({user, station}), 3s, 2, Join::too_often},
      {"another station", same_station, tried({user, station}), tried({user, other_station}), 3s, 0,
       Join::another_login},
      {"no station on the first", same_station, tried({user}), tried({user, station}), 3s, 0,
       Join::another_login},
      {"no station on the retry", same_station, tried({user, station}), tried({user}), 3s, 0,
       Join::another_login},
      {"an empty station on both", same_station, tried({user, no_station}), tried({user, no_station}), 3s, 0,
       Join::another_login},
      {"no station on either", same_station, tried({user}), tried({user}), 3s, 0, Join::another_login},
      {"same login without a station", same_login, tried({user}), tried({user}), 3s, 0, Join::joins},
      {"same login with differing stations", same_login, tried({user, station}), tried({user, other_station}),
       3s, 0, Join::another_login},
      {"another password", same_login, tried({user}), tried({user}, 8), 3s, 0, Join::another_login},
      {"another address of the client", same_login, tried({user}), tried({user}, 7, 2), 3s, 0,
       Join::another_login},
      {"another port", same_login, tried({user, port}), tried({user, other_port}), 3s, 0, Join::another_login},
      {"a port on one side only", same_login, tried({user, port}), tried({user}), 3s, 0, Join::joins},
      {"another Proxy-State", same_login, tried({user, proxy}), tried({user, other_proxy}), 3s, 0, Join::joins},
      {"another user", same_login, tried({user}), tried({{1, "bob"}}), 3s, 0, Join::another_login},
  };
  for (const auto& c : cases) {
    const JoinRule rule{c.who, 3s, 3};
    EXPECT_EQ(may_join(rule, c.first, start, c.joined, c.retry, start + c.later), c.expected) << c.what;
  }
}

TEST(JoinRules, join_nothing_for_a_client_that_tries_once) {
  const JoinRule rule{JoinRetries::same_login, 3s, 1};
  EXPECT_EQ(may_join(rule, tried({user}), start, 0, tried({user}), start + 3s), Join::too_often);
}

}  // namespace
}  // namespace sallyport::server
