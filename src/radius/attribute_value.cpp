#include "radius/attribute_value.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.h"

namespace sallyport::radius {
namespace {

constexpr std::array may_be_replied{AttributeType::user_name,
                                    AttributeType::service_type,
                                    AttributeType::framed_protocol,
                                    AttributeType::framed_ip_address,
                                    AttributeType::framed_ip_netmask,
                                    AttributeType::filter_id,
                                    AttributeType::framed_mtu,
                                    AttributeType::login_ip_host,
                                    AttributeType::login_service,
                                    AttributeType::framed_route,
                                    AttributeType::class_attribute,
                                    AttributeType::session_timeout,
                                    AttributeType::idle_timeout,
                                    AttributeType::termination_action,
                                    AttributeType::port_limit,
                                    AttributeType::tunnel_type,
                                    AttributeType::tunnel_medium_type,
                                    AttributeType::tunnel_private_group_id,
                                    AttributeType::acct_interim_interval,
                                    AttributeType::framed_pool,
                                    AttributeType::framed_ipv6_route,
                                    AttributeType::framed_ipv6_pool,
                                    AttributeType::framed_ipv6_address};
constexpr std::size_t vendor_header_size = 6;  // enterprise number, type, length

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

base::Result<base::Bytes> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return base::failure("a whole number from 0 to 4294967295");
  base::Bytes out;
  base::ByteWriter(out).u32(value);
  return out;
}

base::Result<base::Bytes> address(int family, std::string_view text) {
  base::Bytes out(family == AF_INET ? 4 : 16);
  if (inet_pton(family, std::string(text).c_str(), out.data()) != 1)
    return base::failure(family == AF_INET ? "an IPv4 address" : "an IPv6 address");
  return out;
}

base::Result<base::Bytes> octets(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  auto out = base::from_hex(text);
  if (!out || out->empty()) return base::failure("octets in hexadecimal");
  return std::move(*out);
}

base::Result<base::Bytes> value_of(ValueKind kind, std::string_view text) {
  switch (kind) {
    case ValueKind::text:
      if (text.empty()) return base::failure("a text");
      return base::Bytes(text.begin(), text.end());
    case ValueKind::integer:
    case ValueKind::time:
      return number(text);
    case ValueKind::ipv4_address:
      return address(AF_INET, text);
    case ValueKind::ipv6_address:
      return address(AF_INET6, text);
    case ValueKind::octets:
    case ValueKind::secret:
      break;
  }
  return octets(text);
}

}  // namespace

base::Result<AttributeName> reply_attribute(std::string_view name) {
  for (const auto type : may_be_replied)
    if (same(name_of(type), name)) return AttributeName{type, kind_of(type), 0, 0};
  std::string known;
  for (const auto type : may_be_replied) known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(type));
  return base::failure(fmt::format("one of {}; others by vendor and number", known));
}

AttributeName vendor_attribute(std::uint32_t vendor, std::uint8_t number, ValueKind kind) {
  return {AttributeType::vendor_specific, kind, vendor, number};
}

base::Result<base::Bytes> attribute_octets(const AttributeName& name, std::string_view text) {
  // Class is opaque to the client; administrators write text into it (RFC 2865 section 5.25).
  const bool is_text = name.type == AttributeType::class_attribute && !text.starts_with("0x");
  auto value = value_of(is_text ? ValueKind::text : name.kind, text);
  if (!value) return value;
  const auto room = max_attribute_value - (name.vendor == 0 ? 0 : vendor_header_size);
  if (value->size() > room) return base::failure(fmt::format("at most {} octets", room));
  if (name.vendor == 0) return value;
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u32(name.vendor);
  writer.u8(name.vendor_type);
  writer.u8(static_cast<std::uint8_t>(value->size() + 2));
  writer.octets(*value);
  return out;
}

}  // namespace sallyport::radius
