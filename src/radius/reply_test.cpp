#include "radius/reply.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "radius/error_cause.h"
#include "radius/password.h"
#include "radius/request_builder.h"

namespace sallyport::radius {
namespace {

const SharedSecret secret{base::Secret("xyzzy5461")};
const Authenticator authenticator{9, 8, 7};

RequestHead head_with_proxy_state(std::size_t octets) {
  PacketBuffer buffer;
  RequestBuilder request(buffer, Code::access_request, 42, authenticator, secret);
  for (std::uint8_t number = 0; octets >= 2; ++number) {
    const auto value = base::Bytes(std::min<std::size_t>(octets - 2, 253), number);
    EXPECT_TRUE(request.add(AttributeType::proxy_state, value));
    octets -= value.size() + 2;
  }
  return head_of(decode(request.finish()).value());
}

std::vector<Attribute> attributes_of(const PacketView& packet) {
  std::vector<Attribute> all;
  for (const auto attribute : packet.attributes()) all.push_back(attribute);
  return all;
}

TEST(Reply, to_every_access_request_begins_with_message_authenticator_and_verifies) {
  for (const auto code : {Code::access_accept, Code::access_reject, Code::access_challenge}) {
    PacketBuffer buffer;
    const auto head = head_with_proxy_state(0);
    ReplyBuilder builder(buffer, code, head, secret);
    EXPECT_TRUE(builder.add_reply_message("reason=1"));
    EXPECT_TRUE(builder.add(AttributeType::session_timeout, 3600));
    const auto reply = decode(builder.finish()).value();
    EXPECT_EQ(reply.code(), code);
    EXPECT_EQ(attributes_of(reply)[0].type, AttributeType::message_authenticator);
    EXPECT_TRUE(verify_reply(reply, 42, authenticator, secret, true));
    EXPECT_FALSE(verify_reply(reply, 42, Authenticator{}, secret, true));
    EXPECT_FALSE(verify_reply(reply, 41, authenticator, secret, true));
  }
}

TEST(Reply, echoes_proxy_states_unchanged_and_in_order) {
  PacketBuffer buffer;
  const auto head = head_with_proxy_state(600);
  const auto reply = decode(ReplyBuilder(buffer, Code::access_accept, head, secret).finish()).value();
  ASSERT_EQ(reply.attributes().count(AttributeType::proxy_state), 3U);
  EXPECT_TRUE(std::ranges::equal(reply.octets().last(600), head.proxy_states));
}

TEST(Reply, fits_when_the_request_was_full_of_proxy_state_but_then_takes_nothing_else) {
  PacketBuffer buffer;
  const auto head = head_with_proxy_state(max_packet_size - header_size - 18);
  ReplyBuilder builder(buffer, Code::access_reject, head, secret);
  EXPECT_FALSE(builder.add_reply_message("x"));
  EXPECT_FALSE(builder.add(AttributeType::session_timeout, 1));
  const auto reply = decode(builder.finish()).value();
  EXPECT_EQ(reply.octets().size(), max_packet_size);
  EXPECT_TRUE(verify_reply(reply, 42, authenticator, secret, true));
}

TEST(Reply, that_cannot_be_lawful_is_none) {
  PacketBuffer buffer;
  RequestHead head{Code::access_request, 1, authenticator, base::Bytes(max_packet_size - header_size, 33)};
  EXPECT_TRUE(ReplyBuilder(buffer, Code::access_reject, head, secret).finish().empty());
}

TEST(Reply, cuts_a_long_message_only_between_characters) {
  std::string text;
  while (text.size() < 1000) text += "ä€𝄞x";
  PacketBuffer buffer;
  const auto head = head_with_proxy_state(0);
  ReplyBuilder builder(buffer, Code::access_reject, head, secret);
  ASSERT_TRUE(builder.add_reply_message(text));
  std::string joined;
  for (const auto attribute : attributes_of(decode(builder.finish()).value())) {
    if (attribute.type != AttributeType::reply_message) continue;
    EXPECT_EQ(form_of(attribute.value), PasswordForm::text);
    joined += base::as_text(attribute.value);
  }
  EXPECT_EQ(joined, text);
}

TEST(Reply, takes_no_value_over_253_octets_and_no_message_over_the_packet) {
  PacketBuffer buffer;
  const auto head = head_with_proxy_state(0);
  ReplyBuilder builder(buffer, Code::access_accept, head, secret);
  EXPECT_FALSE(builder.add(AttributeType::class_attribute, base::Bytes(254)));
  EXPECT_TRUE(builder.add(AttributeType::class_attribute, base::Bytes(253)));
  EXPECT_FALSE(builder.add_reply_message(std::string(4000, 'a')));
  EXPECT_EQ(decode(builder.finish()).value().attributes().count(AttributeType::reply_message), 0U);
}

TEST(Reply, to_status_server_goes_by_the_port) {
  const RequestHead head{Code::status_server, 3, authenticator, {}};
  PacketBuffer buffer;
  const auto accept = decode(build_status_reply(buffer, Port::authentication, head, secret)).value();
  EXPECT_EQ(accept.code(), Code::access_accept);
  EXPECT_TRUE(verify_reply(accept, 3, authenticator, secret, true));
  const auto response = decode(build_status_reply(buffer, Port::accounting, head, secret)).value();
  EXPECT_EQ(response.code(), Code::accounting_response);
  EXPECT_TRUE(verify_reply(response, 3, authenticator, secret, true));
}

TEST(Reply, to_a_disconnect_request_says_yes_or_why_not) {
  PacketBuffer buffer;
  RequestBuilder builder(buffer, Code::disconnect_request, 7, authenticator, secret);
  const auto request = decode(builder.finish()).value();
  const auto digest = request.authenticator_copy();
  EXPECT_NE(digest, authenticator) << "it is computed";
  const auto head = head_of(request);
  ReplyBuilder refusal(buffer, Code::disconnect_nak, head, secret);
  EXPECT_TRUE(refusal.add(AttributeType::error_cause, 503));
  const auto nak = decode(refusal.finish()).value();
  EXPECT_TRUE(verify_reply(nak, 7, digest, secret, true));
  EXPECT_FALSE(verify_reply(nak, 7, authenticator, secret, true));
  EXPECT_EQ(error_cause_of(nak), 503U);
  const auto ack = decode(ReplyBuilder(buffer, Code::disconnect_ack, head, secret).finish()).value();
  EXPECT_TRUE(verify_reply(ack, 7, digest, secret, true));
  EXPECT_EQ(error_cause_of(ack), std::nullopt);
}

TEST(ErrorCause, is_said_in_words_and_an_unknown_one_by_its_number) {
  EXPECT_EQ(error_cause_words(503), "Session-Context-Not-Found (503): it knows no such session");
  EXPECT_EQ(error_cause_words(999), "Error-Cause 999");
  PacketBuffer buffer;
  RequestBuilder builder(buffer, Code::access_request, 1, authenticator, secret);
  builder.add(AttributeType::error_cause, "503");
  EXPECT_EQ(error_cause_of(decode(builder.finish()).value()), std::nullopt) << "three octets are no number";
}

TEST(Request, grows_to_4096_octets_and_not_one_more) {
  PacketBuffer buffer;
  RequestBuilder request(buffer, Code::access_request, 1, authenticator, secret);  // 38 octets
  for (int i = 0; i < 15; ++i) EXPECT_TRUE(request.add(AttributeType::class_attribute, base::Bytes(253)));
  EXPECT_FALSE(request.add(AttributeType::class_attribute, base::Bytes(232)));
  EXPECT_TRUE(request.add(AttributeType::class_attribute, base::Bytes(231)));
  EXPECT_EQ(decode(request.finish()).value().octets().size(), max_packet_size);
}

TEST(Request, of_each_kind_is_one_that_the_server_believes) {
  PacketBuffer buffer;
  RequestBuilder accounting(buffer, Code::accounting_request, 1, authenticator, secret, {false});
  EXPECT_TRUE(accounting.add(AttributeType::acct_status_type, 1));
  EXPECT_EQ(authenticate_request(decode(accounting.finish()).value(), secret), Proof::request_authenticator);
  RequestBuilder both(buffer, Code::accounting_request, 1, authenticator, secret);
  EXPECT_EQ(authenticate_request(decode(both.finish()).value(), secret), Proof::message_authenticator);
  RequestBuilder disconnect(buffer, Code::disconnect_request, 1, authenticator, secret);
  EXPECT_TRUE(disconnect.add(AttributeType::acct_session_id, "4D2"));
  EXPECT_EQ(authenticate_request(decode(disconnect.finish()).value(), secret), Proof::message_authenticator);
  RequestBuilder status(buffer, Code::status_server, 1, authenticator, secret);
  EXPECT_EQ(authenticate_request(decode(status.finish()).value(), secret), Proof::message_authenticator);
  RequestBuilder access(buffer, Code::access_request, 1, authenticator, secret, {false});
  EXPECT_EQ(authenticate_request(decode(access.finish()).value(), secret), Proof::none);
}

TEST(Request, hides_passwords_of_every_length_so_that_the_server_reads_them) {
  for (std::size_t length = 0; length <= max_password_size; ++length) {
    const base::Secret password(std::string(length, 'p'));
    PacketBuffer buffer;
    RequestBuilder request(buffer, Code::access_request, 1, authenticator, secret);
    ASSERT_TRUE(request.add_user_password(password));
    const auto packet = decode(request.finish()).value();
    const auto clear =
        unhide_password(*packet.find(AttributeType::user_password), packet.authenticator(), secret);
    EXPECT_EQ(clear.form(), PasswordForm::text);
    EXPECT_EQ(clear.secret().reveal(), password.reveal());
  }
  PacketBuffer buffer;
  RequestBuilder request(buffer, Code::access_request, 1, authenticator, secret);
  EXPECT_FALSE(request.add_user_password(base::Secret(std::string(129, 'p'))));
}

struct Attempt {
  std::string_view user = "alice";
  std::string_view station = "10.0.0.1";
  std::string_view proxy_state = "a";
  std::uint32_t port = 1;
};
base::Bytes packet_of(const Attempt& attempt, std::uint8_t id) {
  PacketBuffer buffer;
  RequestBuilder request(buffer, Code::access_request, id, {id}, secret);
  request.add(AttributeType::user_name, attempt.user);
  request.add_user_password(base::Secret("hunter2"));
  if (!attempt.station.empty()) request.add(AttributeType::calling_station_id, attempt.station);
  request.add(AttributeType::nas_port, attempt.port);
  request.add(AttributeType::proxy_state, attempt.proxy_state);
  const auto octets = request.finish();
  return {octets.begin(), octets.end()};
}

TEST(Retry, is_none_with_another_number_of_the_same_attribute) {
  const auto with_classes = [](int count, std::uint8_t id) {
    PacketBuffer buffer;
    RequestBuilder request(buffer, Code::access_request, id, {id}, secret);
    for (int i = 0; i < count; ++i) request.add(AttributeType::class_attribute, "a");
    const auto octets = request.finish();
    return base::Bytes(octets.begin(), octets.end());
  };
  const auto one = with_classes(1, 1);
  const auto two = with_classes(2, 2);
  EXPECT_FALSE(may_be_a_retry(decode(one).value(), decode(two).value()));
  EXPECT_FALSE(may_be_a_retry(decode(two).value(), decode(one).value()));
  const auto two_again = with_classes(2, 3);
  EXPECT_TRUE(may_be_a_retry(decode(two).value(), decode(two_again).value()));
}

TEST(Retry, may_differ_only_in_what_a_new_packet_changes) {
  const auto first = packet_of({}, 1);
  const auto same = [&](const Attempt& again) {
    const auto second = packet_of(again, 2);
    return may_be_a_retry(decode(first).value(), decode(second).value());
  };
  EXPECT_TRUE(same({}));
  EXPECT_TRUE(same({.proxy_state = "b"}));
  EXPECT_TRUE(same({.station = ""}));  // only what both carry is compared
  EXPECT_FALSE(same({.user = "alicf"}));
  EXPECT_FALSE(same({.station = "10.0.0.2"}));
  EXPECT_FALSE(same({.port = 2}));
}

}  // namespace
}  // namespace sallyport::radius
