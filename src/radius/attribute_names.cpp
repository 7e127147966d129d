#include "radius/attribute_names.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "base/encoding.h"

namespace sallyport::radius {
namespace {

struct Row {
  AttributeType type;
  std::string_view name;
  ValueKind kind;
};

constexpr auto rows = std::to_array<Row>({
    {AttributeType::user_name, "User-Name", ValueKind::text},
    {AttributeType::user_password, "User-Password", ValueKind::secret},
    {AttributeType::chap_password, "CHAP-Password", ValueKind::secret},
    {AttributeType::nas_ip_address, "NAS-IP-Address", ValueKind::ipv4_address},
    {AttributeType::nas_port, "NAS-Port", ValueKind::integer},
    {AttributeType::service_type, "Service-Type", ValueKind::integer},
    {AttributeType::framed_protocol, "Framed-Protocol", ValueKind::integer},
    {AttributeType::framed_ip_address, "Framed-IP-Address", ValueKind::ipv4_address},
    {AttributeType::framed_ip_netmask, "Framed-IP-Netmask", ValueKind::ipv4_address},
    {AttributeType::filter_id, "Filter-Id", ValueKind::text},
    {AttributeType::framed_mtu, "Framed-MTU", ValueKind::integer},
    {AttributeType::login_ip_host, "Login-IP-Host", ValueKind::ipv4_address},
    {AttributeType::login_service, "Login-Service", ValueKind::integer},
    {AttributeType::reply_message, "Reply-Message", ValueKind::text},
    {AttributeType::framed_route, "Framed-Route", ValueKind::text},
    {AttributeType::state, "State", ValueKind::secret},
    {AttributeType::class_attribute, "Class", ValueKind::octets},
    {AttributeType::vendor_specific, "Vendor-Specific", ValueKind::octets},
    {AttributeType::session_timeout, "Session-Timeout", ValueKind::integer},
    {AttributeType::idle_timeout, "Idle-Timeout", ValueKind::integer},
    {AttributeType::termination_action, "Termination-Action", ValueKind::integer},
    {AttributeType::called_station_id, "Called-Station-Id", ValueKind::text},
    {AttributeType::calling_station_id, "Calling-Station-Id", ValueKind::text},
    {AttributeType::nas_identifier, "NAS-Identifier", ValueKind::text},
    {AttributeType::proxy_state, "Proxy-State", ValueKind::octets},
    {AttributeType::acct_status_type, "Acct-Status-Type", ValueKind::integer},
    {AttributeType::acct_delay_time, "Acct-Delay-Time", ValueKind::integer},
    {AttributeType::acct_session_id, "Acct-Session-Id", ValueKind::text},
    {AttributeType::acct_session_time, "Acct-Session-Time", ValueKind::integer},
    {AttributeType::event_timestamp, "Event-Timestamp", ValueKind::time},
    {AttributeType::chap_challenge, "CHAP-Challenge", ValueKind::octets},
    {AttributeType::nas_port_type, "NAS-Port-Type", ValueKind::integer},
    {AttributeType::port_limit, "Port-Limit", ValueKind::integer},
    {AttributeType::tunnel_type, "Tunnel-Type", ValueKind::integer},
    {AttributeType::tunnel_medium_type, "Tunnel-Medium-Type", ValueKind::integer},
    {AttributeType::connect_info, "Connect-Info", ValueKind::text},
    {AttributeType::eap_message, "EAP-Message", ValueKind::octets},
    {AttributeType::message_authenticator, "Message-Authenticator", ValueKind::octets},
    {AttributeType::tunnel_private_group_id, "Tunnel-Private-Group-ID", ValueKind::text},
    {AttributeType::acct_interim_interval, "Acct-Interim-Interval", ValueKind::integer},
    {AttributeType::nas_port_id, "NAS-Port-Id", ValueKind::text},
    {AttributeType::framed_pool, "Framed-Pool", ValueKind::text},
    {AttributeType::nas_ipv6_address, "NAS-IPv6-Address", ValueKind::ipv6_address},
    {AttributeType::framed_ipv6_route, "Framed-IPv6-Route", ValueKind::text},
    {AttributeType::framed_ipv6_pool, "Framed-IPv6-Pool", ValueKind::text},
    {AttributeType::error_cause, "Error-Cause", ValueKind::integer},
    {AttributeType::framed_ipv6_address, "Framed-IPv6-Address", ValueKind::ipv6_address},
});

const Row* row_of(AttributeType type) {
  for (const auto& row : rows) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

std::string quoted(base::ByteView octets) {
  std::string text = "\"";
  for (const auto octet : octets) {
    if (octet == '"' || octet == '\\') {
      text += '\\';
      text += static_cast<char>(octet);
    } else if (octet >= 0x20 && octet < 0x7f) {
      text += static_cast<char>(octet);
    } else {
      text += fmt::format("\\x{:02x}", octet);
    }
  }
  return text + '"';
}

std::string hexadecimal(base::ByteView octets) { return "0x" + base::to_hex(octets); }

std::string number(base::ByteView octets) {
  return octets.size() == 4 ? fmt::to_string(base::ByteReader(octets).u32()) : hexadecimal(octets);
}

std::string address(int family, base::ByteView octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (octets.size() != (family == AF_INET ? 4U : 16U)) return hexadecimal(octets);
  return inet_ntop(family, octets.data(), text.data(), text.size());
}

}  // namespace

std::string_view name_of(AttributeType type) {
  const auto* row = row_of(type);
  return row == nullptr ? std::string_view() : row->name;
}

ValueKind kind_of(AttributeType type) {
  const auto* row = row_of(type);
  return row == nullptr ? ValueKind::octets : row->kind;
}

std::string label_of(AttributeType type) {
  const auto name = name_of(type);
  return name.empty() ? fmt::format("Attribute-{}", static_cast<unsigned>(type)) : std::string(name);
}

std::string value_as_text(const Attribute& attribute) {
  switch (kind_of(attribute.type)) {
    case ValueKind::text:
      return quoted(attribute.value);
    case ValueKind::octets:
      return hexadecimal(attribute.value);
    case ValueKind::integer:
    case ValueKind::time:
      return number(attribute.value);
    case ValueKind::ipv4_address:
      return address(AF_INET, attribute.value);
    case ValueKind::ipv6_address:
      return address(AF_INET6, attribute.value);
    case ValueKind::secret:
      return fmt::format("({} octets)", attribute.value.size());
  }
  return {};
}

}  // namespace sallyport::radius
