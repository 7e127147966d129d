#include "server/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "base/invariant.h"
#include "text/utf8.h"

namespace sallyport::server {
namespace {

using radius::AttributeType;
using telemetry::Field;

constexpr std::string_view hex = "hex:";

struct NasAttribute {
  AttributeType type;
  std::string_view name;
  enum { text, number, ipv4, ipv6 } form;
};
constexpr std::array nas_attributes{
    NasAttribute{AttributeType::nas_identifier, "nas_identifier", NasAttribute::text},
    NasAttribute{AttributeType::nas_ip_address, "nas_ip_address", NasAttribute::ipv4},
    NasAttribute{AttributeType::nas_ipv6_address, "nas_ipv6_address", NasAttribute::ipv6},
    NasAttribute{AttributeType::nas_port, "nas_port", NasAttribute::number},
    NasAttribute{AttributeType::nas_port_id, "nas_port_id", NasAttribute::text},
    NasAttribute{AttributeType::nas_port_type, "nas_port_type", NasAttribute::number},
    NasAttribute{AttributeType::service_type, "service_type", NasAttribute::number},
    NasAttribute{AttributeType::calling_station_id, "calling_station_id", NasAttribute::text},
    NasAttribute{AttributeType::called_station_id, "called_station_id", NasAttribute::text},
    NasAttribute{AttributeType::acct_session_id, "acct_session_id", NasAttribute::text},
};

telemetry::Value value_of(const NasAttribute& attribute, base::ByteView octets) {
  net::Address address;
  switch (attribute.form) {
    case NasAttribute::number:
      if (octets.size() == 4) return static_cast<std::int64_t>(base::ByteReader(octets).u32());
      break;
    case NasAttribute::ipv4:
      if (octets.size() == 4) return fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]);
      break;
    case NasAttribute::ipv6:
      if (octets.size() != 16) break;
      std::ranges::copy(octets, address.octets);
      return address.to_string();
    case NasAttribute::text:
      break;
  }
  return as_log_text(octets);
}

void add_text(std::vector<Field>& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.push_back({name, text});
}

double milliseconds(base::Duration duration) {
  const auto whole_microseconds = duration.count() / 1000;
  return static_cast<double>(whole_microseconds) / 1000.0;
}

void add_steps(const Login& login, std::vector<Field>& out) {
  const auto& evidence = login.evidence;
  add_text(out, "first_detail", evidence.first_detail);
  add_text(out, "second_detail", evidence.second_detail);
  add_text(out, "service_status", evidence.status);
  add_text(out, "method", evidence.method);
  add_text(out, "transaction", evidence.transaction);
  if (login.challenge) out.push_back({"asks", std::string(to_string(login.challenge->carried.asks))});
  if (login.continues) out.push_back({"continues", login.continues->login_id});
  add_text(out, "credential", evidence.credential_id);
  if (evidence.service) out.push_back({"evidence", std::string(to_string(*evidence.service))});
  if (evidence.sendings > 0) out.push_back({"sendings", std::int64_t{evidence.sendings}});
  if (login.joined > 0) out.push_back({"joined", std::int64_t{login.joined}});
  if (evidence.search_took.count() > 0) out.push_back({"search_ms", milliseconds(evidence.search_took)});
  if (evidence.bind_took.count() > 0) out.push_back({"bind_ms", milliseconds(evidence.bind_took)});
  if (evidence.service_took.count() > 0) out.push_back({"service_ms", milliseconds(evidence.service_took)});
  out.push_back({"total_ms", milliseconds(login.decided.steady - login.first.arrival.steady)});
}

}  // namespace

// The first of each kind: a packet full of them makes no longer line.
void add_nas_attributes(const radius::PacketView& packet, std::vector<Field>& out) {
  std::array<bool, nas_attributes.size()> seen{};
  for (const auto& attribute : packet.attributes())
    for (std::size_t i = 0; i < nas_attributes.size(); ++i)
      if (nas_attributes[i].type == attribute.type && !std::exchange(seen[i], true))
        out.push_back({nas_attributes[i].name, value_of(nas_attributes[i], attribute.value)});
}

void add_user(const Login& login, const radius::PacketView& packet, std::vector<Field>& out) {
  const auto typed = as_log_text(packet.find(AttributeType::user_name).value_or(base::ByteView{}));
  const auto& user = login.canonical_user.empty() ? login.user_name : login.canonical_user;
  add_text(out, "user", user);
  if (typed != user) add_text(out, "user_as_typed", typed);
  add_text(out, "user_store", login.evidence.user_store);
}

std::string as_log_text(base::ByteView octets) {
  const auto text = base::as_text(octets);
  if (text::is_utf8(text) && !text::has_control(text) && !text.starts_with(hex)) return std::string(text);
  return std::string(hex) + base::to_hex(octets);
}

base::Bytes octets_of_log_text(std::string_view text) {
  if (text.starts_with(hex))
    if (auto octets = base::from_hex(text.substr(hex.size()))) return std::move(*octets);
  const auto octets = base::as_bytes(text);
  return {octets.begin(), octets.end()};
}

std::vector<Field> audit_fields(const Login& login) {
  SALLYPORT_INVARIANT(login.end.has_value());
  const auto& end = *login.end;
  const auto packet = login.first.packet();
  std::vector<Field> out;
  out.reserve(32);
  out.push_back({"login", login.id});
  out.push_back({"validation_server", login.first.server->name});
  out.push_back({"client", login.first.client->name});
  out.push_back({"source", login.answered_request().peer.to_string()});
  add_user(login, packet, out);
  out.push_back({"mode", std::string(to_string(login.first.server->policy.mode))});
  out.push_back({"first_factor", std::string(to_string(end.first_factor))});
  out.push_back({"second_factor", std::string(to_string(end.second_factor))});
  out.push_back({"verdict", std::string(to_string(end.verdict))});
  out.push_back({"reason", static_cast<std::int64_t>(end.reason)});
  out.push_back({"cause", std::string(to_string(end.cause))});
  if (end.rung) out.push_back({"rung", std::string(to_string(*end.rung))});
  add_text(out, "ladder_detail", std::string(end.ladder_detail));
  add_steps(login, out);
  add_nas_attributes(packet, out);
  return out;
}

}  // namespace sallyport::server
