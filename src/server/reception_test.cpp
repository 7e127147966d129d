#include "server/reception.h"

#include <gtest/gtest.h>

#include <random>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using radius::AttributeType;
using radius::Code;
using radius::DropReason;
using rig::Ask;
using rig::Rig;
namespace messages = telemetry::messages;

settings::ValidationServer observing() {
  auto out = Rig::good_server();
  out.clients[0].message_authenticator = settings::MessageAuthenticatorPolicy::observe;
  out.clients[0].observe_until = "2099-12-31";
  return out;
}

TEST(Reception, drops_and_never_answers_strangers_and_wrong_secrets) {
  Rig r;
  r.send({.source = "198.51.100.1:1000"});
  EXPECT_EQ(r.dropped(Drop::unknown_client), 1U);
  r.send({.secret = "another-secret-of-16"});
  EXPECT_EQ(r.dropped(DropReason::message_authenticator_wrong), 1U);
  r.receive({}, base::Bytes(4097, 1));
  EXPECT_EQ(r.dropped(DropReason::too_long), 1U);
  r.receive({}, {});
  r.send({.socket = 99});
  EXPECT_EQ(r.dropped(Drop::no_validation_server), 1U);
  r.pass(10s);
  EXPECT_TRUE(r.sent.empty());
  EXPECT_EQ(r.stores->binds, 0);
  EXPECT_EQ(r.lines.of(messages::packet_unknown_client).size(), 1U);
  EXPECT_EQ(r.lines.of(messages::packet_wrong_secret).size(), 1U);
}

TEST(Reception, drops_what_lacks_a_message_authenticator_where_it_is_required) {
  Rig r;
  r.send({.message_authenticator = false});
  EXPECT_EQ(r.dropped(DropReason::message_authenticator_missing), 1U);
  EXPECT_EQ(r.stores->binds, 0);
}

TEST(Reception, lets_it_pass_where_it_observes_and_names_the_client_once_an_hour) {
  Rig r(observing());
  const auto request = r.send({.message_authenticator = false});
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.at(0), request), Code::access_accept);
  r.send({.id = 2, .authenticator = 2, .message_authenticator = false});
  EXPECT_EQ(r.lines.of(messages::observed_without_message_authenticator).size(), 1U);
  EXPECT_EQ(r.lines.of(messages::observed_without_message_authenticator)[0].field("client"), "vpn");
  r.pass(61min);
  r.send({.id = 3, .authenticator = 3, .message_authenticator = false});
  EXPECT_EQ(r.lines.of(messages::observed_without_message_authenticator).size(), 2U);
  EXPECT_NE(
      r.metrics.text().find(R"(sallyport_radius_would_break_total{client="vpn",validation_server="office"} 3)"),
      std::string::npos);
}

TEST(Reception, still_drops_what_is_wrong_where_it_observes) {
  Rig r(observing());
  r.send({.secret = "another-secret-of-16"});
  EXPECT_EQ(r.dropped(DropReason::message_authenticator_wrong), 1U);
  r.send({.proxy_states = {"p"}, .message_authenticator = false});
  EXPECT_EQ(r.dropped(DropReason::proxy_state_unprotected), 1U);
  EXPECT_EQ(r.stores->binds, 0);
}

TEST(Reception, takes_an_unreadable_password_for_a_wrong_secret_unless_the_packet_is_proven) {
  Rig observed(observing());
  observed.send({.message_authenticator = false, .secret = "another-secret-of-16"});
  EXPECT_EQ(observed.dropped(DropReason::wrong_secret), 1U);
  observed.send({.password = "hunter\x07"
                             "123456",
                 .id = 2,
                 .authenticator = 2,
                 .message_authenticator = false});
  EXPECT_EQ(observed.dropped(DropReason::wrong_secret), 2U);
  observed.pass(10s);
  EXPECT_TRUE(observed.sent.empty());

  Rig proven;
  proven.send({.password = "hunter\xff"
                           "123456"});
  proven.pass(2s);
  ASSERT_EQ(proven.sent.size(), 1U);
  EXPECT_EQ(proven.lines.of(messages::login).at(0).field("cause"), "malformed_password");
  EXPECT_EQ(proven.stores->binds, 0);
}

TEST(Reception, answers_status_server_at_once_also_while_logins_wait) {
  Rig r;
  r.send({});
  const auto request = r.send({.id = 2, .authenticator = 2, .code = Code::status_server});
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_accept);
  r.send({.id = 3, .authenticator = 3, .message_authenticator = false, .code = Code::status_server});
  EXPECT_EQ(r.sent.size(), 1U);
}

TEST(Reception, echoes_proxy_state_in_order_and_nothing_else_that_the_client_chose) {
  Rig r;
  r.send({.station = "00-11", .proxy_states = {"first", "second", "first"}});
  r.finish_steps();
  const auto reply = radius::decode(r.sent.at(0).octets).value();
  std::vector<std::string> states;
  for (const auto& attribute : reply.attributes()) {
    if (attribute.type == AttributeType::proxy_state) states.emplace_back(base::as_text(attribute.value));
    EXPECT_TRUE(attribute.type == AttributeType::proxy_state ||
                attribute.type == AttributeType::message_authenticator ||
                attribute.type == AttributeType::reply_message);
  }
  EXPECT_EQ(states, (std::vector<std::string>{"first", "second", "first"}));
  EXPECT_EQ((*reply.attributes().begin()).type, AttributeType::message_authenticator);
}

TEST(Reception, serves_clients_of_ipv6) {
  Rig r;
  const auto request = r.send({.source = "[2001:db8::7]:40000"});
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.sent[0].to.to_string(), "[2001:db8::7]:40000");
  EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_accept);
}

TEST(Reception, acknowledges_accounting_on_the_port_beside) {
  Rig r;
  const auto request = r.send({.message_authenticator = false, .code = Code::accounting_request, .socket = 2});
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.code_of(r.sent[0], request), Code::accounting_response);
  auto changed = request;
  changed[5] ^= 1U;
  r.receive({.socket = 2}, changed);
  EXPECT_EQ(r.dropped(DropReason::request_authenticator_wrong), 1U);
  r.send({.socket = 2});
  EXPECT_EQ(r.dropped(DropReason::unexpected_code), 1U);
  const auto status = r.send({.id = 7, .authenticator = 7, .code = Code::status_server, .socket = 2});
  EXPECT_EQ(r.code_of(r.sent.at(1), status), Code::accounting_response);
}

TEST(Ownership, is_the_same_for_every_retry_whatever_its_socket_and_id) {
  for (const char* user : {"alice", "dave", "erin", "frank", "grace"}) {
    Rig r(Rig::good_server(), 4);
    for (std::uint8_t n = 0; n < 5; ++n)  // as many as may fail at a time
      r.send({.user = user,
              .id = n,
              .authenticator = n,
              .source = "192.0.2.7:" + std::to_string(40000 + n),
              .receiver = n % 4U});
    std::size_t owners = 0;
    for (const auto& worker : r.workers) owners += worker->owner.in_flight() > 0 ? 1 : 0;
    EXPECT_EQ(owners, 1U);
    r.finish_steps();
    ASSERT_EQ(r.sent.size(), 5U);
    for (const auto& reply : r.sent) EXPECT_EQ(reply.worker, r.sent[0].worker);
  }
}

TEST(Ownership, is_spread_over_the_workers) {
  Rig r(Rig::good_server(), 4);
  for (int n = 0; n < 200; ++n)
    r.send({.user = "user" + std::to_string(n),
            .authenticator = static_cast<std::uint8_t>(n),
            .source = "192.0.2.7:" + std::to_string(1024 + n)});
  for (const auto& worker : r.workers) EXPECT_GT(worker->owner.in_flight(), 20U);
}

TEST(Flood, of_random_datagrams_is_dropped_and_leaves_nothing_behind) {
  Rig r(observing());
  std::mt19937_64 random(7);
  const auto good = r.send({.message_authenticator = false});
  r.finish_steps();
  for (int n = 0; n < 100'000; ++n) {
    base::Bytes octets = n % 3 == 0 ? good : base::Bytes(random() % 120);
    if (n % 3 == 0) {
      octets[random() % octets.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    } else {
      for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
      if (octets.size() > 3 && n % 3 == 1) {
        octets[0] = 1;
        octets[2] = 0;
        octets[3] = static_cast<std::uint8_t>(octets.size());
      }
    }
    r.receive({}, octets);
    if (n % 100 == 0) r.finish_steps();
    if (n % 100 == 0) r.pass(1s);
  }
  r.finish_steps();
  r.pass(60s);
  EXPECT_EQ(r.in_flight(), 0U);
  EXPECT_EQ(r.workers[0]->owner.kept_answers(), 0U);
}

}  // namespace
}  // namespace sallyport::server
