#include "server/login_owner.h"

#include <gtest/gtest.h>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using radius::AttributeType;
using radius::Code;
using radius::DropReason;
using rig::Ask;
using rig::Rig;
using settings::JoinRetries;
using settings::Mode;
namespace messages = telemetry::messages;

settings::ValidationServer server_with(auto change) {
  auto out = Rig::good_server();
  change(out);
  return out;
}

TEST(Login, is_accepted_at_once_when_both_factors_are_good) {
  Rig r;
  const auto request = r.send({.user = " Alice "});
  ASSERT_EQ(r.stores->asked.size(), 1U);
  EXPECT_EQ(r.stores->asked[0].user_name, "Alice");
  EXPECT_EQ(r.stores->asked[0].password, "hunter2");
  r.stores->release();
  ASSERT_EQ(r.channel->asked.size(), 1U);
  EXPECT_EQ(r.channel->asked[0].user_id, "alice.smith");
  EXPECT_EQ(r.channel->asked[0].code, "123456");
  r.channel->release();
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_accept);
  EXPECT_EQ(Rig::reply_message(r.sent[0]).substr(0, 8), "reason=0");
  EXPECT_EQ(r.sent[0].to.to_string(), "192.0.2.7:40000");
  EXPECT_EQ(r.sent[0].from, r.local);
  EXPECT_EQ(r.in_flight(), 0U);
  EXPECT_EQ(r.shared->in_flight.load(), 0);
}

TEST(Login, rejects_leave_late_and_tell_nothing_apart) {
  const std::pair<Ask, const char*> cases[] = {{{.password = "wrong123456"}, "wrong_password"},
                                               {{.user = "bob"}, "unknown_user"},
                                               {{.user = "carol"}, "ambiguous_user"},
                                               {{.password = "hunter2654321"}, "wrong_code"},
                                               {{.password = "hunter2"}, "no_code_in_password"},
                                               {{.password = "123456"}, "empty_password"},
                                               {{.user = std::string("al\0ice", 6)}, "malformed_user_name"},
                                               {{.user = ""}, "malformed_user_name"}};
  std::vector<std::string> words;
  for (const auto& [ask, cause] : cases) {
    Rig r;
    const auto request = r.send(ask);
    r.finish_steps();
    r.pass(999ms);
    EXPECT_TRUE(r.sent.empty()) << cause;
    r.pass(200ms);
    ASSERT_EQ(r.sent.size(), 1U) << cause;
    EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_reject);
    words.push_back(Rig::reply_message(r.sent[0]));
    EXPECT_EQ(r.lines.of(messages::login).at(0).field("cause"), cause);
  }
  for (const auto& word : words) EXPECT_EQ(word, words[0]);
  EXPECT_EQ(words[0].substr(0, 8), "reason=1");
}

TEST(Login, asks_the_service_in_mode_code_for_the_prepared_name_when_nobody_is_looked_up) {
  Rig r(server_with([](auto& s) {
    s.mode = Mode::code;
    s.look_up_user = false;
  }));
  const auto request = r.send({.user = " ALICE", .password = "123456"});
  EXPECT_EQ(r.stores->look_ups, 0);
  ASSERT_EQ(r.channel->asked.size(), 1U);
  EXPECT_EQ(r.channel->asked[0].user_id, "alice");
  r.channel->release();
  EXPECT_EQ(r.code_of(r.sent.at(0), request), Code::access_accept);
}

TEST(Login, sends_no_bind_and_no_call_for_what_is_no_code) {
  Rig r(server_with([](auto& s) { s.mode = Mode::code; }));
  r.send({.password = "12345"});
  r.send({.password = "hunter2123456", .id = 2, .authenticator = 2});
  EXPECT_EQ(r.stores->look_ups + r.stores->binds + r.channel->sendings, 0);
  r.pass(2s);
  EXPECT_EQ(r.sent.size(), 2U);
}

TEST(Login, is_sent_to_the_service_once_more_under_the_same_id) {
  Rig r;
  r.send({});
  r.stores->release();
  const auto id = r.channel->asked.at(0).request_id;
  EXPECT_FALSE(r.channel->asked[0].fresh);
  r.channel->fail(cloud::Evidence::reset);
  ASSERT_EQ(r.channel->asked.size(), 1U);
  EXPECT_EQ(r.channel->asked[0].request_id, id);
  EXPECT_TRUE(r.channel->asked[0].fresh);
  r.channel->fail(cloud::Evidence::reset);
  EXPECT_EQ(r.channel->sendings, 2);
  r.pass(2s);
  EXPECT_EQ(Rig::reply_message(r.sent.at(0)).substr(0, 8), "reason=7");
  EXPECT_EQ(r.lines.of(messages::login).at(0).field("sendings"), "2");
}

TEST(Login, ends_with_patience_whatever_is_under_way_and_late_answers_change_nothing) {
  Rig r;
  const auto request = r.send({});
  r.pass(8499ms);
  EXPECT_TRUE(r.sent.empty());
  r.pass(1ms);
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_reject);
  EXPECT_EQ(Rig::reply_message(r.sent[0]).substr(0, 8), "reason=6");
  r.stores->release();
  EXPECT_EQ(r.channel->sendings, 0);
  EXPECT_EQ(r.sent.size(), 1U);
}

TEST(Login, is_met_with_silence_where_that_is_asked_for_and_status_server_too) {
  Rig r(server_with([](auto& s) { s.when_user_store_unreachable = settings::WhenUnreachable::silent; }));
  r.stores->down = true;
  r.send({});
  r.stores->release();
  r.pass(9s);
  EXPECT_TRUE(r.sent.empty());
  EXPECT_EQ(r.lines.of(messages::login).at(0).field("verdict"), "silent");
  r.send({.id = 9, .authenticator = 9, .code = Code::status_server});
  EXPECT_TRUE(r.sent.empty());
  EXPECT_EQ(r.dropped(Drop::deliberately_silent), 1U);
  r.pass(10s);
  r.send({.id = 10, .authenticator = 10, .code = Code::status_server});
  EXPECT_EQ(r.sent.size(), 1U);
}

TEST(Login, of_a_kind_that_cannot_be_judged_is_rejected_with_a_reason_of_its_own) {
  const std::pair<std::vector<std::pair<AttributeType, std::string>>, const char*> cases[] = {
      {{}, "no_password"},
      {{{AttributeType::chap_password, std::string(17, 'c')}}, "chap"},
      {{{AttributeType::eap_message, std::string("\2\1\0\5\1", 5)}}, "eap"},
      {{{AttributeType::vendor_specific, std::string("\0\0\1\67\1\4ab", 8)}}, "ms_chap"}};
  for (const auto& [more, cause] : cases) {
    Rig r;
    const auto request = r.send({.with_password = false, .more = more});
    r.pass(2s);
    ASSERT_EQ(r.sent.size(), 1U) << cause;
    EXPECT_EQ(r.code_of(r.sent[0], request), Code::access_reject);
    EXPECT_EQ(Rig::reply_message(r.sent[0]).substr(0, 8), "reason=2");
    EXPECT_EQ(r.lines.of(messages::login).at(0).field("cause"), cause);
  }
}

TEST(Duplicate, in_flight_is_met_with_silence_and_afterwards_with_the_same_octets) {
  Rig r;
  const auto request = r.send({});
  r.pass(3s);
  r.receive({}, request);
  EXPECT_EQ(r.stores->binds, 1);
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  r.receive({}, request);
  ASSERT_EQ(r.sent.size(), 2U);
  EXPECT_EQ(r.sent[0].octets, r.sent[1].octets);
  EXPECT_EQ(r.stores->binds, 1);
}

TEST(Duplicate, outside_the_kept_answers_is_a_replay_and_dropped) {
  Rig r;
  const auto request = r.send({});
  r.finish_steps();
  r.pass(9s);
  r.receive({}, request);
  EXPECT_EQ(r.dropped(DropReason::replayed), 1U);
  r.receive({.source = "192.0.2.7:50000"}, request);
  EXPECT_EQ(r.dropped(DropReason::replayed), 2U);
  EXPECT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.stores->binds, 1);
}

TEST(Duplicate, of_a_slot_that_a_newer_request_took_gets_no_answer) {
  Rig r;
  r.send({});
  r.send({.user = "dave", .authenticator = 2});  // the same id from the same socket
  EXPECT_EQ(r.stores->binds, 2);
  r.finish_steps();
  EXPECT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.lines.of(messages::login).size(), 2U);
}

TEST(Join, gives_the_newest_attempt_the_answer_and_the_older_ones_none) {
  Rig r;
  const auto first = r.send({.station = "00-11"});
  r.pass(3s);
  const auto second = r.send({.station = "00-11", .id = 2, .authenticator = 2, .source = "192.0.2.7:40001"});
  EXPECT_EQ(r.stores->binds, 1);
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.sent[0].to.port, 40001);
  EXPECT_EQ(r.code_of(r.sent[0], second), Code::access_accept);
  r.receive({}, first);
  EXPECT_EQ(r.sent.size(), 1U);
  const auto lines = r.lines.of(messages::login);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].field("joined"), "1");
}

TEST(Join, gives_a_retry_that_crosses_the_answer_the_same_answer) {
  for (const std::string password : {"hunter2123456", "hunter2654321"}) {
    Rig r;
    r.send({.password = password, .station = "00-11"});
    r.pass(2900ms);
    r.finish_steps();
    r.pass(150ms);
    ASSERT_EQ(r.sent.size(), 1U);
    const auto retry = r.send(
        {.password = password, .station = "00-11", .id = 2, .authenticator = 2, .source = "192.0.2.7:40001"});
    EXPECT_EQ(r.stores->binds, 1);
    ASSERT_EQ(r.sent.size(), 2U);
    EXPECT_EQ(r.sent[1].to.port, 40001);
    EXPECT_EQ(Rig::reply_message(r.sent[1]), Rig::reply_message(r.sent[0]));
    r.receive({.source = "192.0.2.7:40001"}, retry);  // its duplicate: the same octets
    ASSERT_EQ(r.sent.size(), 3U);
    EXPECT_EQ(r.sent[2].octets, r.sent[1].octets);
    EXPECT_EQ(r.shared->in_flight.load(), 0);
    r.pass(3s);
    r.send({.password = password, .station = "00-11", .id = 3, .authenticator = 3});
    EXPECT_EQ(r.stores->binds, 2);  // long after it
  }
}

TEST(Join, does_not_follow_a_push_that_was_approved) {
  Rig r(server_with([](auto& s) { s.methods = {settings::Method::push}; }));
  r.send({.password = "hunter2", .station = "00-11"});
  r.stores->release();
  ASSERT_EQ(r.channel->pushes.size(), 1U);
  r.channel->pushes[0].is_on_its_way();
  r.pass(2900ms);
  ASSERT_EQ(r.channel->polls.size(), 1U);
  r.channel->polls[0].ends(cloud::Outcome::good, "7000");
  ASSERT_EQ(r.sent.size(), 1U);
  r.pass(150ms);
  r.send({.password = "hunter2", .station = "00-11", .id = 2, .authenticator = 2, .source = "192.0.2.7:40001"});
  EXPECT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.stores->binds, 2);  // somebody else, it may be: a login of its own
}

TEST(Join, does_not_follow_an_answer_that_came_in_time) {
  Rig r;
  r.send({.station = "00-11"});
  r.pass(1s);
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  r.pass(2s);
  r.send({.station = "00-11", .id = 2, .authenticator = 2});
  EXPECT_EQ(r.stores->binds, 2);
}

TEST(Join, does_not_happen_too_soon_or_with_another_password_or_after_the_answer) {
  Rig r;
  r.send({.station = "00-11"});
  r.pass(1s);
  r.send({.station = "00-11", .id = 2, .authenticator = 2});
  EXPECT_EQ(r.stores->binds, 2);
  r.pass(2s);
  r.send({.password = "hunter3123456", .station = "00-11", .id = 3, .authenticator = 3});
  EXPECT_EQ(r.stores->binds, 3);
  r.finish_steps();
  r.pass(3s);
  r.send({.station = "00-11", .id = 4, .authenticator = 4});
  EXPECT_EQ(r.stores->binds, 4);
}

TEST(Join, does_not_follow_a_replay_from_another_port) {
  Rig r(server_with([](auto& s) { s.clients[0].join_retries = JoinRetries::same_login; }));
  const auto request = r.send({});
  r.pass(3s);
  r.receive({.source = "192.0.2.7:66"}, request);
  EXPECT_EQ(r.dropped(DropReason::replayed), 1U);
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  EXPECT_EQ(r.sent[0].to.port, 40000);
}

TEST(Admission, drops_new_logins_at_the_limit_and_takes_their_retransmit_when_there_is_room) {
  Rig r(server_with([](auto& s) { s.max_logins = 1; }));
  r.send({});
  const auto second = r.send({.user = "dave", .id = 2, .authenticator = 2});
  EXPECT_EQ(r.dropped(Drop::too_many_logins), 1U);
  EXPECT_EQ(r.lines.of(messages::admission_limit).size(), 1U);
  r.finish_steps();
  r.receive({}, second);
  EXPECT_EQ(r.stores->binds, 2);
  EXPECT_EQ(r.dropped(DropReason::replayed), 0U);
}

TEST(Leaving, takes_no_new_login_and_finishes_those_in_flight) {
  Rig r;
  const auto request = r.send({});
  r.workers[0]->owner.leave();
  r.workers[0]->reception.leave();
  r.send({.id = 2, .authenticator = 2});
  r.send({.id = 3, .authenticator = 3, .code = Code::status_server});
  EXPECT_EQ(r.dropped(Drop::leaving), 2U);
  r.finish_steps();
  ASSERT_EQ(r.sent.size(), 1U);
  r.receive({}, request);
  EXPECT_EQ(r.sent.size(), 2U);
}

TEST(Reload, lets_a_login_finish_with_what_it_began_with_and_then_lets_go) {
  Rig r;
  const auto request = r.send({});
  const std::weak_ptr<directory::UserStores> old = r.stores;
  auto old_stores = std::exchange(r.stores, std::make_shared<rig::FakeStores>());
  r.workers[0]->owner.adopt({{"office", {r.stores, r.channel}}});
  r.pass(0s);
  old_stores->release();
  r.channel->release();
  EXPECT_EQ(r.code_of(r.sent.at(0), request), Code::access_accept);
  old_stores.reset();
  r.pass(1s);
  EXPECT_TRUE(old.expired());
}

TEST(Audit, says_who_from_where_and_why_and_no_secret) {
  Rig r;
  r.send({.user = "Alice",
          .station = "00-11-22",
          .more = {{AttributeType::nas_identifier, "gate\n7"},
                   {AttributeType::nas_ip_address, std::string("\xc0\0\2\1", 4)},
                   {AttributeType::nas_port, std::string("\0\0\0\7", 4)}}});
  r.finish_steps();
  const auto line = r.lines.of(messages::login).at(0);
  const std::pair<const char*, const char*> expected[] = {{"validation_server", "office"},
                                                          {"client", "vpn"},
                                                          {"user", "alice.smith"},
                                                          {"user_as_typed", "Alice"},
                                                          {"user_store", "corp"},
                                                          {"mode", "password_code"},
                                                          {"first_factor", "good"},
                                                          {"second_factor", "good"},
                                                          {"verdict", "accept"},
                                                          {"reason", "0"},
                                                          {"cause", "none"},
                                                          {"credential", "VSMT12345678"},
                                                          {"sendings", "1"},
                                                          {"calling_station_id", "00-11-22"},
                                                          {"nas_identifier", "hex:676174650a37"},
                                                          {"nas_ip_address", "192.0.2.1"},
                                                          {"nas_port", "7"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(line.field(name), value) << name;
  for (const auto& one : r.lines.lines)
    for (const char* secret : {"hunter2", "123456\"", "a-secret-of"})
      EXPECT_EQ(one.all().find(secret), std::string::npos);
}

TEST(Metrics, count_logins_by_verdict_and_reason) {
  Rig r;
  r.send({});
  r.send({.user = "bob", .id = 2, .authenticator = 2});
  r.finish_steps();
  const auto text = r.metrics.text();
  EXPECT_NE(
      text.find(R"(sallyport_logins_total{reason="success",validation_server="office",verdict="accept"} 1)"),
      std::string::npos)
      << text;
  EXPECT_NE(
      text.find(R"(sallyport_logins_total{reason="refused",validation_server="office",verdict="reject"} 1)"),
      std::string::npos);
}

}  // namespace
}  // namespace sallyport::server
