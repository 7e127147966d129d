// Challenges and pushes at the door, with several workers: State, one push for one login, and who may not ride
// on it.
#include <gtest/gtest.h>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using cloud::Outcome;
using radius::AttributeType;
using radius::Code;
using rig::Ask;
using rig::Rig;
using settings::Method;
using settings::Mode;
namespace messages = telemetry::messages;

settings::ValidationServer server_with(auto change) {
  auto out = Rig::good_server();
  out.methods = {Method::push, Method::code};
  change(out);
  return out;
}
settings::ValidationServer code_challenges() {
  return server_with([](auto& s) {
    s.mode = Mode::challenge;
    s.methods = {Method::code};
    s.prompts.code = "Enter your security code";
  });
}
settings::ValidationServer pushes() {
  return server_with([](auto& s) { s.mode = Mode::password_code; });
}
// The password alone; what a client that retries with a new packet sends.
Ask without_code(std::uint8_t number, std::string station = "10.9.8.7") {
  return {.password = "hunter2", .station = std::move(station), .id = number, .authenticator = number};
}

class Challenge : public testing::Test {
 protected:
  // The State of the challenge that alice gets.
  std::string challenged(Rig& r, const Ask& ask = {.password = "hunter2"}) {
    const auto request = r.send(ask);
    r.stores->release();
    EXPECT_EQ(r.code_of(r.sent.back(), request), Code::access_challenge);
    return Rig::attribute_of(r.sent.back(), AttributeType::state);
  }
  static Ask answer(std::string state, std::string code = "123456", std::uint8_t number = 50) {
    return {.password = std::move(code),
            .id = number,
            .authenticator = number,
            .more = {{AttributeType::state, std::move(state)}}};
  }
  // Of the last login; a reject is on record when it leaves.
  static std::string cause(Rig& r) {
    r.pass(2s);
    return r.lines.of(messages::login).back().field("cause");
  }
};

TEST_F(Challenge, asks_for_a_code_and_accepts_it_once) {
  Rig r(code_challenges());
  const auto state = challenged(r);
  EXPECT_EQ(Rig::reply_message(r.sent[0]), "Enter your security code");
  EXPECT_EQ(r.in_flight(), 0U) << "nothing is kept between the two packets";
  EXPECT_EQ(r.stores->binds, 1);
  const auto request = r.send(answer(state));
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.back(), request), Code::access_accept);
  EXPECT_EQ(r.stores->binds, 1) << "one bind for one login";
  const auto lines = r.lines.of(messages::login);
  EXPECT_EQ(lines[0].field("verdict"), "challenge");
  EXPECT_EQ(lines[1].field("continues"), lines[0].field("login"));

  r.send(answer(state, "123456", 51));
  r.finish_steps();
  r.pass(2s);
  EXPECT_EQ(cause(r), "stale_challenge");
  EXPECT_EQ(r.channel->sendings, 1);
}

TEST_F(Challenge, is_finished_by_any_worker_and_by_any_spelling_of_the_user) {
  Rig r(code_challenges(), 4);
  const auto state = challenged(r);
  auto ask = answer(state);
  ask.user = " ALICE ";
  const auto request = r.send(ask);
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.back(), request), Code::access_accept);
  ask.id = ask.authenticator = 52;
  ask.user = "alice";
  r.send(ask);
  r.finish_steps();
  r.pass(2s);
  EXPECT_EQ(cause(r), "stale_challenge") << "also at another owner";
}

TEST_F(Challenge, is_answered_by_nobody_else) {
  Rig r(code_challenges());
  const auto state = challenged(r);
  auto ask = answer(state);
  ask.user = "dave";
  r.send(ask);
  r.finish_steps();
  r.pass(2s);
  EXPECT_EQ(cause(r), "stale_challenge");
  EXPECT_EQ(r.channel->sendings, 0);
}

TEST_F(Challenge, ends_without_a_question_when_its_state_is_forged_or_too_old) {
  Rig r(code_challenges());
  auto forged = challenged(r);
  forged[40] = static_cast<char>(forged[40] ^ 1);
  r.send(answer(forged));
  EXPECT_EQ(cause(r), "stale_challenge");
  const auto state = challenged(r, {.password = "hunter2", .id = 3, .authenticator = 3});
  r.pass(6min);
  r.send(answer(state, "123456", 54));
  EXPECT_EQ(cause(r), "stale_challenge");
  EXPECT_EQ(r.stores->look_ups + r.channel->sendings, 0);
}

TEST_F(Challenge, is_not_shown_after_a_wrong_password) {
  Rig r(code_challenges());
  const auto request = r.send({.password = "wrong"});
  r.stores->release();
  EXPECT_TRUE(r.sent.empty()) << "a reject leaves late";
  r.pass(2s);
  EXPECT_EQ(r.code_of(r.sent.at(0), request), Code::access_reject);
}

TEST_F(Challenge, gives_its_answer_again_to_the_same_packet) {
  Rig r(code_challenges());
  const auto request = r.send({.password = "hunter2"});
  r.stores->release();
  r.receive({}, request);
  ASSERT_EQ(r.sent.size(), 2U);
  EXPECT_EQ(r.sent[0].octets, r.sent[1].octets);
}

class Push : public Challenge {};

TEST_F(Push, is_sent_once_whatever_the_client_retransmits) {
  Rig r(pushes(), 4);
  const auto first = r.send(without_code(1));
  r.stores->release();
  ASSERT_EQ(r.channel->pushes.size(), 1U);
  EXPECT_EQ(r.channel->pushes[0].who.user_id, "alice.smith");
  r.channel->pushes[0].is_on_its_way();
  r.receive({}, first);  // the same packet
  r.pass(3s);
  auto retry = without_code(2);  // a new id
  r.send(retry);
  r.pass(3s);
  retry = without_code(3);  // a new socket, and another worker's
  retry.source = "192.0.2.7:41234";
  retry.receiver = 3;
  const auto last = r.send(retry);
  r.stores->release();
  EXPECT_EQ(r.channel->pushes.size(), 1U);
  ASSERT_EQ(r.channel->polls.size(), 1U);
  EXPECT_EQ(r.stores->binds, 1);
  r.channel->polls[0].ends(Outcome::good, "7000");
  ASSERT_EQ(r.sent.size(), 1U) << "the newest attempt gets the answer";
  EXPECT_EQ(r.code_of(r.sent[0], last), Code::access_accept);
  EXPECT_EQ(r.lines.of(messages::login).at(0).field("joined"), "2");
}

TEST_F(Push, cannot_be_ridden_on_by_somebody_who_knows_the_password) {
  for (const auto* station : {"10.6.6.6", ""}) {
    Rig r(pushes(), 4);
    const auto mine = r.send(without_code(1));
    r.stores->release();
    r.channel->pushes.at(0).is_on_its_way();
    r.pass(3s);
    const auto theirs = r.send(without_code(2, station));
    r.stores->release();
    EXPECT_EQ(r.channel->pushes.size(), 1U) << "no second push";
    r.channel->polls.at(0).ends(Outcome::good, "7000");
    r.pass(2s);
    ASSERT_EQ(r.sent.size(), 2U);
    EXPECT_EQ(r.code_of(r.sent[0], mine), Code::access_accept);
    EXPECT_EQ(r.code_of(r.sent[1], theirs), Code::access_reject);
    EXPECT_EQ(cause(r), "two_at_once");
    EXPECT_EQ(r.lines.of(messages::two_at_once).size(), 1U) << "an alarm";
  }
}

TEST_F(Push, is_one_for_a_user_under_any_spelling_of_the_name) {
  Rig r(pushes(), 4);
  r.send(without_code(1));
  r.stores->release();
  auto other = without_code(2);
  other.user = "Alice";
  r.send(other);
  r.stores->release();
  EXPECT_EQ(r.channel->pushes.size(), 1U);
}

TEST_F(Push, that_was_denied_makes_the_next_one_wait_but_no_code) {
  Rig r(pushes());
  r.send(without_code(1));
  r.stores->release();
  r.channel->pushes.at(0).is_on_its_way();
  r.channel->polls.at(0).ends(Outcome::refused, "7002");
  EXPECT_EQ(cause(r), "push_denied");
  r.pass(30s);
  r.send(without_code(2));
  r.stores->release();
  EXPECT_EQ(cause(r), "push_paused");
  EXPECT_EQ(r.channel->pushes.size(), 1U);
  const auto with_code = r.send({.id = 3, .authenticator = 3});
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.back(), with_code), Code::access_accept);
  r.pass(40s);
  r.send(without_code(4));
  r.stores->release();
  EXPECT_EQ(r.channel->pushes.size(), 2U) << "after a minute";
}

TEST_F(Push, is_waited_for_again_after_a_challenge_and_lets_in_once) {
  Rig r(server_with([](auto& s) {
    s.mode = Mode::challenge;
    s.asks_which = false;
  }));
  r.send({.password = "hunter2"});
  r.stores->release();
  r.channel->users.at(0).has(true, true);
  EXPECT_EQ(r.channel->pushes.at(0).life, 60s);
  r.channel->pushes[0].is_on_its_way();
  r.channel->polls.at(0).ends(Outcome::no_verdict, "7001");
  ASSERT_EQ(r.sent.size(), 1U);
  const auto state = Rig::attribute_of(r.sent[0], AttributeType::state);
  const auto request = r.send(answer(state, ""));
  r.stores->release();
  EXPECT_EQ(r.channel->polls.at(1).transaction_id, "0011223344556677");
  r.channel->polls[1].ends(Outcome::good, "7000");
  EXPECT_EQ(r.code_of(r.sent.back(), request), Code::access_accept);
  r.send(answer(state, "", 51));
  r.stores->release();
  EXPECT_EQ(cause(r), "stale_challenge") << "an approved push is polled as approved as often as one asks";
  EXPECT_EQ(r.channel->polls.size(), 2U);
}

TEST_F(Push, that_the_service_refused_is_none) {
  Rig r(pushes());
  r.send(without_code(1));
  r.stores->release();
  r.channel->pushes.at(0).ends(Outcome::refused, "6008");
  EXPECT_EQ(cause(r), "no_code_in_password") << "that is what the user should do";
  r.send(without_code(2));
  r.stores->release();
  EXPECT_EQ(r.channel->pushes.size(), 2U) << "nothing is waiting, and nothing pauses";
}

TEST(Guarding, refuses_a_user_after_so_many_failures_without_asking_anybody) {
  Rig r;
  for (std::uint8_t i = 1; i <= 5; ++i) {
    r.send({.password = "wrong123456", .id = i, .authenticator = i});
    r.stores->release();
  }
  r.pass(2s);
  EXPECT_EQ(r.stores->binds, 5);
  r.send({.user = "ALICE", .id = 9, .authenticator = 9});
  EXPECT_EQ(r.stores->binds, 5);
  r.pass(2s);
  EXPECT_EQ(r.lines.of(messages::login).back().field("cause"), "too_many_failures");
  const auto other = r.send({.user = "dave", .id = 10, .authenticator = 10});
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.back(), other), Code::access_accept);
  r.pass(3min);
  const auto later = r.send({.id = 11, .authenticator = 11});
  r.finish_steps();
  EXPECT_EQ(r.code_of(r.sent.back(), later), Code::access_accept);
}

TEST(Guarding, counts_an_entry_and_not_its_names) {
  Rig r;
  for (std::uint8_t i = 1; i <= 6; ++i) {
    const auto name = "alias" + std::to_string(i);  // all of them find alice.smith
    r.send({.user = name, .password = "wrong123456", .id = i, .authenticator = i});
    r.stores->release();
  }
  r.pass(2s);
  r.send({.user = "alias7", .id = 9, .authenticator = 9});
  r.finish_steps();
  r.pass(2s);
  EXPECT_EQ(r.lines.of(messages::login).back().field("cause"), "too_many_failures");
}

TEST(ReplyAttributes, carry_what_the_directory_says_and_only_in_an_accept) {
  auto server = Rig::good_server();
  const auto add = [&](std::string name, std::string value, std::string from, std::string group) {
    auto& one = server.reply_attributes.emplace_back();
    if (name.empty()) one.vendor = 9, one.number = 1;
    one.name = std::move(name);
    one.value = std::move(value);
    one.from = std::move(from);
    one.group = std::move(group);
  };
  add("Class", "ou=staff", "", "cn=staff");
  add("Filter-Id", "guests", "", "cn=guests");
  add("Session-Timeout", "", "seconds", "");
  add("", "", "department", "");
  Rig r(server);
  r.stores->groups = {"cn=staff"};
  r.stores->attributes = {{"seconds", {"3600", "soon"}}, {"department", {"R&D"}}};
  r.send({});
  r.finish_steps();
  EXPECT_EQ(Rig::attribute_of(r.sent.at(0), AttributeType::class_attribute), "ou=staff");
  EXPECT_EQ(Rig::attribute_of(r.sent[0], AttributeType::filter_id), "");
  EXPECT_EQ(Rig::attribute_of(r.sent[0], AttributeType::session_timeout), std::string("\0\0\x0e\x10", 4));
  EXPECT_EQ(Rig::attribute_of(r.sent[0], AttributeType::vendor_specific),
            std::string("\0\0\0\x09\x01\x05", 6) + "R&D");
  EXPECT_EQ(r.lines.of(messages::reply_attribute_left_out).size(), 1U) << "\"soon\" is no number";
  r.send({.password = "hunter2654321", .id = 2, .authenticator = 2});
  r.finish_steps();
  r.pass(2s);
  EXPECT_EQ(Rig::attribute_of(r.sent.at(1), AttributeType::class_attribute), "");
}

// Of the one Session-Timeout in the reply.
std::string session_of_reply(const ReplyAttributes& attributes, const directory::Entry& entry,
                             std::chrono::seconds longest) {
  radius::PacketBuffer buffer;
  const radius::RequestHead head{radius::Code::access_request, 0, {}, {}};
  const radius::SharedSecret secret(base::Secret("secret"));
  radius::ReplyBuilder builder(buffer, radius::Code::access_accept, head, secret);
  EXPECT_TRUE(attributes.add_to(builder, entry, longest).empty());
  const auto packet = builder.finish();
  EXPECT_EQ(packet.size(), 20 + 18 + 6) << "Message-Authenticator and Session-Timeout";
  const auto session = radius::decode(packet).value().find(AttributeType::session_timeout);
  return std::string(base::as_text(session.value_or(base::ByteView{})));
}

TEST(ReplyAttributes, never_lift_the_longest_session_of_a_login_by_a_rung) {
  settings::ValidationServer server;
  auto& one = server.reply_attributes.emplace_back();
  one.name = "Session-Timeout";
  one.from = "seconds";
  const auto attributes = ReplyAttributes::make(server.reply_attributes).value();
  const std::vector<std::pair<std::vector<std::string>, std::string>> expected{
      {{}, std::string("\0\0\x1c\x20", 4)},
      {{"0"}, std::string("\0\0\x1c\x20", 4)},
      {{"0", "86400"}, std::string("\0\0\x1c\x20", 4)},
      {{"3600", "0"}, std::string("\0\0\x0e\x10", 4)}};
  for (const auto& [values, octets] : expected) {
    directory::Entry entry;
    entry.attributes = {{"seconds", values}};
    EXPECT_EQ(session_of_reply(attributes, entry, std::chrono::hours(2)), octets) << values.size();
  }
}

}  // namespace
}  // namespace sallyport::server
