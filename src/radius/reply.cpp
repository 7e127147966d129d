#include "radius/reply.h"

#include <algorithm>

#include "base/invariant.h"

namespace sallyport::radius {
namespace {

bool answers(Code reply, Code request) {
  switch (request) {
    case Code::access_request:
      return reply == Code::access_accept || reply == Code::access_reject || reply == Code::access_challenge;
    case Code::accounting_request:
      return reply == Code::accounting_response;
    case Code::status_server:
      return reply == Code::access_accept || reply == Code::accounting_response;
    case Code::disconnect_request:
      return reply == Code::disconnect_ack || reply == Code::disconnect_nak;
    default:
      return false;
  }
}

// How much of `text` goes into one attribute without cutting a character of UTF-8.
std::size_t piece_of(std::string_view text) {
  if (text.size() <= max_attribute_value) return text.size();
  std::size_t size = max_attribute_value;
  while (size > max_attribute_value - 4 && (static_cast<std::uint8_t>(text[size]) & 0xc0U) == 0x80U) --size;
  return size;
}

}  // namespace

RequestHead head_of(const PacketView& request) {
  RequestHead head{request.code(), request.id(), request.authenticator_copy(), {}};
  for (const auto attribute : request.attributes()) {
    if (attribute.type != AttributeType::proxy_state) continue;
    base::ByteWriter out(head.proxy_states);
    out.u8(static_cast<std::uint8_t>(attribute.type));
    out.u8(static_cast<std::uint8_t>(attribute.value.size() + attribute_header_size));
    out.octets(attribute.value);
  }
  return head;
}

ReplyBuilder::ReplyBuilder(PacketBuffer& buffer, Code code, const RequestHead& request,
                           const SharedSecret& secret)
    : writer_(buffer, code, request.id), request_(request), secret_(secret) {
  SALLYPORT_INVARIANT(answers(code, request.code));
  // Accounting has had its own digest from the beginning, and older clients know no other attribute there.
  if (request.code != Code::accounting_request) message_authenticator_ = writer_.add_message_authenticator();
}

bool ReplyBuilder::add(AttributeType type, base::ByteView value) {
  return writer_.add(type, value, request_.proxy_states.size());
}

bool ReplyBuilder::add(AttributeType type, std::uint32_t value) {
  const std::array<std::uint8_t, 4> octets = {
      static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
      static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
  return add(type, octets);
}

bool ReplyBuilder::add_reply_message(std::string_view text) {
  const auto pieces =
      text.size() / (max_attribute_value - 3) + 1;  // no piece is shorter than that, save the last
  if (writer_.size() + text.size() + pieces * attribute_header_size + request_.proxy_states.size() >
      max_packet_size)
    return false;
  while (!text.empty()) {
    const auto size = piece_of(text);
    if (!add(AttributeType::reply_message, base::as_bytes(text.substr(0, size)))) return false;
    text.remove_prefix(size);
  }
  return true;
}

base::ByteView ReplyBuilder::finish() {
  if (!writer_.add_raw(request_.proxy_states)) return {};
  if (message_authenticator_ != 0) {
    writer_.overwrite(message_authenticator_,
                      compute_message_authenticator(writer_.octets(), message_authenticator_,
                                                    request_.authenticator, secret_));
  }
  writer_.set_authenticator(compute_packet_digest(writer_.octets(), request_.authenticator, secret_));
  return writer_.octets();
}

base::ByteView build_status_reply(PacketBuffer& buffer, Port port, const RequestHead& request,
                                  const SharedSecret& secret) {
  const auto code = port == Port::authentication ? Code::access_accept : Code::accounting_response;
  return ReplyBuilder(buffer, code, request, secret).finish();
}

}  // namespace sallyport::radius
