#include "server/disconnection.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "radius/reply.h"
#include "radius/request_builder.h"
#include "server/audit.h"
#include "server/rig_test.h"
#include "telemetry/line.h"

namespace sallyport::server {
namespace {

using radius::AttributeType;
using testing::HasSubstr;

const auto now = base::WallTime(std::chrono::seconds(1'795'840'709));

std::vector<PlannedSocket> sockets(const std::vector<std::string>& listen = {"192.0.2.1:1812"},
                                   const std::string& disconnect_secret = {}) {
  auto settings = rig::Rig::good_server();
  settings.clients[0].disconnect_port = 1700;
  settings.clients[0].disconnect_secret = base::Secret(disconnect_secret);
  const auto server = ValidationServer::make(settings, nullptr, nullptr, std::make_shared<Shared>()).value();
  std::vector<PlannedSocket> out;
  for (const auto& address : listen) out.push_back({1, net::Endpoint::parse(address).value(), server});
  return out;
}

// As the record has it, of an Access-Request with these attributes.
boost::json::object line_of(const std::vector<std::pair<AttributeType, std::string>>& attributes,
                            const std::string& user = "alice", const std::string& typed = {}) {
  const radius::SharedSecret secret(base::Secret("whatever"));
  radius::PacketBuffer buffer;
  radius::RequestBuilder request(buffer, radius::Code::access_request, 1, {}, secret);
  for (const auto& [type, value] : attributes) EXPECT_TRUE(request.add(type, std::string_view(value)));
  std::vector<telemetry::Field> fields{{"login", std::string("4f")},
                                       {"server", std::string("office")},
                                       {"client", std::string("vpn")},
                                       {"source", std::string("192.0.2.7:40000")},
                                       {"user", user}};
  if (!typed.empty()) fields.push_back({"user_as_typed", as_log_text(base::as_bytes(typed))});
  add_nas_attributes(radius::decode(request.finish()).value(), fields);
  return boost::json::parse(telemetry::json_object(fields)).as_object();
}

std::string attribute_of(base::ByteView packet, AttributeType type) {
  const auto value = radius::decode(packet).value().find(type);
  return value ? std::string(base::as_text(*value)) : "none";
}

TEST(Disconnection, asks_for_the_session_as_its_access_request_named_it) {
  const std::pair<AttributeType, std::string> sent[] = {
      {AttributeType::nas_ip_address, std::string("\xc0\0\2\7", 4)},
      {AttributeType::nas_ipv6_address, "\x20\x01" + std::string(13, '\0') + "\1"},
      {AttributeType::nas_identifier, "hex:a gate"},
      {AttributeType::nas_port, std::string("\x80\0\0\7", 4)},
      {AttributeType::calling_station_id, "10.0.0.7\n"},
      {AttributeType::acct_session_id, "\xff\1"}};
  const auto session = session_of(line_of({std::begin(sent), std::end(sent)}, "alice", "EX\\Alice"), sockets());
  ASSERT_NE(session.client, nullptr) << session.why_not;
  EXPECT_EQ(session.nas.to_string(), "192.0.2.7:1700");
  EXPECT_EQ(session.from.to_string(), "192.0.2.1:1812");
  const auto packet = disconnect_request(session, 9, now);
  for (const auto& [type, value] : sent) EXPECT_EQ(attribute_of(packet, type), value) << int(type);
  EXPECT_EQ(attribute_of(packet, AttributeType::user_name), "EX\\Alice");
  EXPECT_EQ(attribute_of(packet, AttributeType::event_timestamp), "\x6b\x0a\x5a\xc5");
  const auto view = radius::decode(packet).value();
  EXPECT_EQ(view.code(), radius::Code::disconnect_request);
  EXPECT_EQ(view.id(), 9);
  EXPECT_EQ(radius::authenticate_request(view, session.client->secret), radius::Proof::message_authenticator);
}

TEST(Disconnection, names_no_more_than_the_access_request_did) {
  const auto packet = disconnect_request(session_of(line_of({}), sockets()), 0, now);
  std::vector<AttributeType> types;
  for (const auto& attribute : radius::decode(packet).value().attributes()) types.push_back(attribute.type);
  EXPECT_THAT(types, testing::ElementsAre(AttributeType::message_authenticator, AttributeType::user_name,
                                          AttributeType::event_timestamp));
}

TEST(Disconnection, leaves_out_a_malformed_address_and_sends_other_octets_as_they_came) {
  const auto session = session_of(line_of({{AttributeType::nas_ip_address, "12345"},
                                           {AttributeType::nas_port, "12345"},
                                           {AttributeType::calling_station_id, ""}}),
                                  sockets());
  const auto packet = disconnect_request(session, 0, now);
  EXPECT_EQ(attribute_of(packet, AttributeType::nas_ip_address), "none");
  EXPECT_EQ(attribute_of(packet, AttributeType::nas_port), "12345");
  EXPECT_EQ(attribute_of(packet, AttributeType::calling_station_id), "none");
}

TEST(Disconnection, has_a_secret_of_its_own_where_the_settings_say_so) {
  const auto session = session_of(line_of({}), sockets({"192.0.2.1:1812"}, "another secret"));
  const auto packet = disconnect_request(session, 0, now);
  const auto view = radius::decode(packet).value();
  EXPECT_FALSE(radius::authenticate_request(view, session.client->secret));
  EXPECT_TRUE(radius::authenticate_request(view, radius::SharedSecret(base::Secret("another secret"))));
}

TEST(Disconnection, leaves_from_an_address_of_the_server_that_the_client_can_be_asked_from) {
  const auto from = [](const std::vector<std::string>& listen) {
    return session_of(line_of({}), sockets(listen)).from.to_string();
  };
  EXPECT_EQ(from({"[2001:db8::1]:1812", "192.0.2.2:1812"}), "192.0.2.2:1812");
  EXPECT_EQ(from({"0.0.0.0:1812"}), "[::]:0");
  EXPECT_EQ(from({"[::]:1812"}), "[::]:0");
}

TEST(Disconnection, is_not_sent_where_the_settings_do_not_say_where_to) {
  auto line = line_of({});
  EXPECT_THAT(session_of(line, {}).why_not, HasSubstr("no validation server office"));
  line["source"] = "198.51.100.7:40000";
  EXPECT_THAT(session_of(line, sockets()).why_not, HasSubstr("no client with the address 198.51.100.7"));
  line["source"] = 7;
  EXPECT_THAT(session_of(line, sockets()).why_not, HasSubstr("where the login came from"));
  line = line_of({}, "");
  EXPECT_THAT(session_of(line, sockets()).why_not, HasSubstr("which session"));
  for (const auto* text : {"{}", R"({"login":1,"nas_port":1.5})"})
    EXPECT_EQ(session_of(boost::json::parse(text).as_object(), sockets()).client, nullptr);
}

TEST(Disconnection, says_what_the_client_says) {
  const auto session = session_of(line_of({}), sockets());
  const auto octets = disconnect_request(session, 1, now);
  const auto head = radius::head_of(radius::decode(octets).value());
  const auto said = [&](radius::Code code, std::optional<std::uint32_t> cause) {
    radius::PacketBuffer buffer;
    radius::ReplyBuilder reply(buffer, code, head, session.secret());
    if (cause) reply.add(AttributeType::error_cause, *cause);
    const auto one = disconnection_of(session, radius::decode(reply.finish()).value());
    return std::string(to_string(one.end)) + ": " + one.why;
  };
  EXPECT_EQ(said(radius::Code::disconnect_ack, {}), "disconnected: ");
  EXPECT_EQ(said(radius::Code::disconnect_nak, 503),
            "refused: Session-Context-Not-Found (503): it knows no such session");
  EXPECT_EQ(said(radius::Code::disconnect_nak, {}), "refused: the client does not say why");
}

TEST(LogText, is_the_octets_in_another_form) {
  for (const std::string octets : {"alice", "hex:", "hex:00", "hex:zz", "\xff", "a\nb", "Ä", ""})
    EXPECT_EQ(base::as_text(octets_of_log_text(as_log_text(base::as_bytes(octets)))), octets);
  EXPECT_EQ(base::as_text(octets_of_log_text("hex:zz")), "hex:zz") << "nobody wrote that";
}

}  // namespace
}  // namespace sallyport::server
