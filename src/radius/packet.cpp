#include "radius/packet.h"

#include <algorithm>

namespace sallyport::radius {
namespace {

bool known(std::uint8_t code) {
  switch (static_cast<Code>(code)) {
    case Code::access_request:
    case Code::access_accept:
    case Code::access_reject:
    case Code::accounting_request:
    case Code::accounting_response:
    case Code::access_challenge:
    case Code::status_server:
    case Code::disconnect_request:
    case Code::disconnect_ack:
    case Code::disconnect_nak:
      return true;
  }
  return false;
}

// Two of these would let one reader see another login than the next one does.
bool at_most_once(AttributeType type) {
  return type == AttributeType::user_name || type == AttributeType::user_password ||
         type == AttributeType::chap_password || type == AttributeType::state;
}

bool ms_chap(base::ByteView vendor_specific) {
  base::ByteReader in(vendor_specific);
  constexpr std::uint32_t microsoft = 311;
  if (in.u32() != microsoft) return false;
  while (in.left() >=
         attribute_header_size) {  // RFC 2548 section 2: MS-CHAP-Response, -Challenge, MS-CHAP2-Response
    const auto type = in.u8();
    const auto length = in.u8();
    if (type == 1 || type == 11 || type == 25) return true;
    if (length < attribute_header_size) return false;
    in.octets(length - attribute_header_size);
  }
  return false;
}

bool changes_in_a_retry(AttributeType type) {
  return type == AttributeType::message_authenticator || type == AttributeType::user_password ||
         type == AttributeType::proxy_state || type == AttributeType::event_timestamp ||
         type == AttributeType::acct_delay_time;
}

// Whether `second` has no attribute of that type, or the same values in the same order.
bool same_values(AttributeType type, AttributeList first, AttributeList second) {
  if (!second.find(type)) return true;
  if (first.count(type) != second.count(type)) return false;
  auto theirs = second.begin();
  for (const auto attribute : first) {
    if (attribute.type != type) continue;
    while ((*theirs).type != type) ++theirs;
    if (!std::ranges::equal(attribute.value, (*theirs).value)) return false;
    ++theirs;
  }
  return true;
}

}  // namespace

Authenticator PacketView::authenticator_copy() const {
  Authenticator copy;
  std::ranges::copy(authenticator(), copy.begin());
  return copy;
}

std::optional<DropReason> PacketView::check_attributes() {
  for (std::size_t at = header_size; at < octets_.size();) {
    if (octets_.size() - at < attribute_header_size) return DropReason::attribute_past_end;
    const std::size_t length = octets_[at + 1];
    if (length < attribute_header_size) return DropReason::attribute_too_small;
    if (length > octets_.size() - at) return DropReason::attribute_past_end;
    if (static_cast<AttributeType>(octets_[at]) == AttributeType::message_authenticator) {
      if (has_message_authenticator()) return DropReason::repeated_message_authenticator;
      if (length != attribute_header_size + authenticator_size) return DropReason::message_authenticator_length;
      message_authenticator_offset_ = at + attribute_header_size;
    }
    at += length;
  }
  return std::nullopt;
}

base::Result<PacketView, DropReason> decode(base::ByteView datagram) {
  const auto drop = [](DropReason reason) { return std::unexpected(reason); };
  if (datagram.size() < header_size) return drop(DropReason::too_short);
  if (datagram.size() > max_packet_size) return drop(DropReason::too_long);
  const std::size_t length = static_cast<std::size_t>(datagram[2]) << 8U | datagram[3];
  if (length < header_size) return drop(DropReason::length_too_small);
  if (length > max_packet_size) return drop(DropReason::too_long);
  if (length > datagram.size()) return drop(DropReason::length_beyond_octets);
  if (!known(datagram[0])) return drop(DropReason::unknown_code);
  PacketView packet(datagram.first(length));
  if (const auto reason = packet.check_attributes()) return drop(*reason);
  return packet;
}

base::Result<PacketView, DropReason> decode_request(base::ByteView datagram, Port port) {
  auto packet = decode(datagram);
  if (!packet) return packet;
  const auto served = port == Port::authentication ? Code::access_request : Code::accounting_request;
  if (packet->code() != served && packet->code() != Code::status_server)
    return std::unexpected(DropReason::unexpected_code);
  std::array<bool, 256> seen{};
  for (const auto attribute : packet->attributes()) {
    auto& before = seen[static_cast<std::uint8_t>(attribute.type)];
    if (before && at_most_once(attribute.type)) return std::unexpected(DropReason::repeated_attribute);
    before = true;
  }
  return packet;
}

PasswordMethod password_method(const PacketView& request) {
  bool user_password = false;
  bool chap = false;
  bool microsoft = false;
  for (const auto attribute : request.attributes()) {
    if (attribute.type == AttributeType::eap_message) return PasswordMethod::eap;
    user_password = user_password || attribute.type == AttributeType::user_password;
    chap = chap || attribute.type == AttributeType::chap_password;
    microsoft = microsoft || (attribute.type == AttributeType::vendor_specific && ms_chap(attribute.value));
  }
  if (microsoft) return PasswordMethod::ms_chap;
  if (chap) return PasswordMethod::chap;
  return user_password ? PasswordMethod::user_password : PasswordMethod::none;
}

bool may_be_a_retry(const PacketView& first, const PacketView& again) {
  if (first.code() != again.code()) return false;
  return std::ranges::all_of(first.attributes(), [&](const Attribute& attribute) {
    return changes_in_a_retry(attribute.type) ||
           same_values(attribute.type, first.attributes(), again.attributes());
  });
}

}  // namespace sallyport::radius
