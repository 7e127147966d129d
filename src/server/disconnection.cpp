#include "server/disconnection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/json_member.h"
#include "radius/error_cause.h"
#include "radius/request_builder.h"
#include "server/audit.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
using radius::AttributeType;

// RFC 5176 section 3: what names the NAS, and the session on it. All of it must fit, so there is no more than
// tells one session from another.
constexpr std::array<std::pair<std::string_view, AttributeType>, 6> identification{
    std::pair{"nas_ip_address", AttributeType::nas_ip_address},
    std::pair{"nas_ipv6_address", AttributeType::nas_ipv6_address},
    std::pair{"nas_identifier", AttributeType::nas_identifier},
    std::pair{"nas_port", AttributeType::nas_port},
    std::pair{"calling_station_id", AttributeType::calling_station_id},
    std::pair{"acct_session_id", AttributeType::acct_session_id}};
constexpr std::size_t v4_begins_at = 12;  // in the 16 octets of an address

std::string member(const json::object& from, std::string_view name) {
  return std::string(base::text_member(from, name).value_or(""));
}

base::Bytes number(std::int64_t value) {
  base::Bytes out;
  base::ByteWriter(out).u32(static_cast<std::uint32_t>(value));
  return out;
}

// Nothing where the record's text is no address: the attribute was malformed.
base::Bytes address(std::string_view text, bool v4) {
  const auto parsed = net::Address::parse(text);
  if (!parsed || parsed->is_v4() != v4) return {};
  const base::ByteView octets(parsed->octets);
  const auto wanted = octets.subspan(v4 ? v4_begins_at : 0);
  return {wanted.begin(), wanted.end()};
}

base::Bytes octets_of(AttributeType type, const json::value& value) {
  if (value.is_int64()) return number(value.get_int64());
  if (!value.is_string()) return {};
  const std::string_view text = value.get_string();
  if (type == AttributeType::nas_ip_address || type == AttributeType::nas_ipv6_address)
    return address(text, type == AttributeType::nas_ip_address);
  return octets_of_log_text(text);
}

void add_attributes(const json::object& line, SessionToEnd& out) {
  auto typed = member(line, "user_as_typed");
  if (typed.empty()) typed = out.user;
  if (!typed.empty()) out.attributes.emplace_back(AttributeType::user_name, octets_of_log_text(typed));
  for (const auto& [name, type] : identification) {
    const auto* value = line.if_contains(name);
    if (value == nullptr) continue;
    auto octets = octets_of(type, *value);
    if (!octets.empty()) out.attributes.emplace_back(type, std::move(octets));
  }
}

bool is_wildcard(const net::Address& address) {
  return address == net::Address{} || address.to_string() == "0.0.0.0";
}

// The server's address of the NAS's family, where it listens on one.
void find_server(const std::vector<PlannedSocket>& sockets, SessionToEnd& out) {
  for (const auto& socket : sockets) {
    if (socket.server->name != out.server_name) continue;
    out.server = socket.server;
    const auto& own = socket.address.address;
    if (own.is_v4() != out.nas.address.is_v4() || is_wildcard(own)) continue;
    out.from = socket.address;
    return;
  }
}

}  // namespace

const radius::SharedSecret& SessionToEnd::secret() const {
  return client->disconnect_secret ? *client->disconnect_secret : client->secret;
}

SessionToEnd session_of(const json::object& line, const std::vector<PlannedSocket>& sockets) {
  SessionToEnd out;
  out.login = member(line, "login");
  out.user = member(line, "user");
  out.server_name = member(line, "server");
  out.client_name = member(line, "client");
  const auto source = net::Endpoint::parse(member(line, "source"));
  if (!source) {
    out.why_not = "the record does not say where the login came from";
    return out;
  }
  out.nas.address = source->address;
  find_server(sockets, out);
  add_attributes(line, out);
  if (!out.server)
    out.why_not = fmt::format("the settings have no validation server {} any more", out.server_name);
  else if (out.attributes.empty())
    out.why_not = "the record does not say which session it is";
  else
    out.client = out.server->clients.find(out.nas.address);
  if (out.client != nullptr)
    out.nas.port = out.client->disconnect_port;
  else if (out.why_not.empty())
    out.why_not =
        fmt::format("the settings have no client with the address {} any more", out.nas.address.to_string());
  return out;
}

base::Bytes disconnect_request(const SessionToEnd& session, std::uint8_t id, base::WallTime now) {
  radius::PacketBuffer buffer{};
  radius::RequestBuilder request(buffer, radius::Code::disconnect_request, id, {}, session.secret());
  for (const auto& [type, octets] : session.attributes) request.add(type, octets);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  request.add(AttributeType::event_timestamp, static_cast<std::uint32_t>(seconds));
  const auto octets = request.finish();
  return {octets.begin(), octets.end()};
}

std::string_view to_string(SessionEnd end) {
  switch (end) {
    case SessionEnd::disconnected:
      return "disconnected";
    case SessionEnd::refused:
      return "refused";
    case SessionEnd::no_answer:
      return "no answer";
    case SessionEnd::not_sent:
      return "not sent";
  }
  return "unknown";
}

Disconnection disconnection_of(const SessionToEnd& session, SessionEnd end, std::string why) {
  return {session.login, session.user, session.server_name, session.client_name, end, std::move(why)};
}

Disconnection disconnection_of(const SessionToEnd& session, const radius::PacketView& reply) {
  const bool ended = reply.code() == radius::Code::disconnect_ack;
  const auto cause = radius::error_cause_of(reply);
  std::string why;
  if (cause) why = radius::error_cause_words(*cause);
  if (!cause && !ended) why = "the client does not say why";
  return disconnection_of(session, ended ? SessionEnd::disconnected : SessionEnd::refused, std::move(why));
}

json::object json_of(const Disconnection& one) {
  return {{"login", one.login}, {"disconnect", to_string(one.end)}, {"why", one.why}};
}

}  // namespace sallyport::server
