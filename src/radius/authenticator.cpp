#include "radius/authenticator.h"

#include <algorithm>

#include "base/invariant.h"
#include "crypto/constant_time.h"
#include "crypto/hash.h"

namespace sallyport::radius {
namespace {

constexpr Authenticator zeros{};
constexpr std::size_t before_authenticator = 4;  // Code, Identifier, Length

bool message_authenticator_good(const PacketView& packet, base::ByteView authenticator,
                                const SharedSecret& secret) {
  const auto offset = packet.message_authenticator_offset();
  return crypto::constant_time_equal(
      compute_message_authenticator(packet.octets(), offset, authenticator, secret),
      packet.octets().subspan(offset, authenticator_size));
}

bool is_reply(Code code) {
  switch (code) {
    case Code::access_accept:
    case Code::access_reject:
    case Code::access_challenge:
    case Code::accounting_response:
    case Code::disconnect_ack:
    case Code::disconnect_nak:
      return true;
    case Code::access_request:
    case Code::accounting_request:
    case Code::status_server:
    case Code::disconnect_request:
      return false;
  }
  return false;
}

base::Result<Proof, DropReason> authenticate_by_digest(const PacketView& request, const SharedSecret& secret) {
  // RFC 2866 section 3, RFC 5176 section 2.3: the authenticator is a digest, and any Message-Authenticator was
  // made while it was zero.
  if (!crypto::constant_time_equal(compute_packet_digest(request.octets(), zeros, secret),
                                   request.authenticator()))
    return std::unexpected(DropReason::request_authenticator_wrong);
  if (!request.has_message_authenticator()) return Proof::request_authenticator;
  if (!message_authenticator_good(request, zeros, secret))
    return std::unexpected(DropReason::message_authenticator_wrong);
  return Proof::message_authenticator;
}

}  // namespace

bool has_digest_authenticator(Code code) {
  return code == Code::accounting_request || code == Code::disconnect_request;
}

SharedSecret::SharedSecret(base::Secret secret)
    : secret_(std::move(secret)), message_key_(crypto::HashAlgorithm::md5, secret_.reveal_octets()) {
  SALLYPORT_INVARIANT(!secret_.empty());
}

Authenticator compute_message_authenticator(base::ByteView packet, std::size_t offset,
                                            base::ByteView authenticator, const SharedSecret& secret) {
  const auto mac = secret.message_key().sign({packet.first(before_authenticator), authenticator,
                                              packet.subspan(header_size, offset - header_size), zeros,
                                              packet.subspan(offset + authenticator_size)});
  Authenticator value;
  std::ranges::copy(mac.octets(), value.begin());
  return value;
}

Authenticator compute_packet_digest(base::ByteView packet, base::ByteView authenticator,
                                    const SharedSecret& secret) {
  return crypto::md5(
      {packet.first(before_authenticator), authenticator, packet.subspan(header_size), secret.octets()});
}

base::Result<Proof, DropReason> authenticate_request(const PacketView& request, const SharedSecret& secret) {
  if (has_digest_authenticator(request.code())) return authenticate_by_digest(request, secret);
  if (request.has_message_authenticator()) {
    if (!message_authenticator_good(request, request.authenticator(), secret))
      return std::unexpected(DropReason::message_authenticator_wrong);
    return Proof::message_authenticator;
  }
  if (request.code() != Code::access_request || request.find(AttributeType::eap_message))
    return std::unexpected(DropReason::message_authenticator_missing);
  if (request.find(AttributeType::proxy_state)) return std::unexpected(DropReason::proxy_state_unprotected);
  return Proof::none;
}

std::string_view to_string(ReplyFault fault) {
  switch (fault) {
    case ReplyFault::not_a_reply:
      return "not_a_reply";
    case ReplyFault::wrong_id:
      return "wrong_id";
    case ReplyFault::response_authenticator_wrong:
      return "response_authenticator_wrong";
    case ReplyFault::message_authenticator_wrong:
      return "message_authenticator_wrong";
    case ReplyFault::message_authenticator_missing:
      return "message_authenticator_missing";
    case ReplyFault::message_authenticator_not_first:
      return "message_authenticator_not_first";
  }
  return "unknown";
}

base::Result<void, ReplyFault> verify_reply(const PacketView& reply, std::uint8_t request_id,
                                            const Authenticator& request_authenticator,
                                            const SharedSecret& secret, bool require_message_authenticator) {
  if (!is_reply(reply.code())) return std::unexpected(ReplyFault::not_a_reply);
  if (reply.id() != request_id) return std::unexpected(ReplyFault::wrong_id);
  if (!crypto::constant_time_equal(compute_packet_digest(reply.octets(), request_authenticator, secret),
                                   reply.authenticator()))
    return std::unexpected(ReplyFault::response_authenticator_wrong);
  if (reply.has_message_authenticator() && !message_authenticator_good(reply, request_authenticator, secret))
    return std::unexpected(ReplyFault::message_authenticator_wrong);
  if (!require_message_authenticator) return {};
  if (!reply.has_message_authenticator()) return std::unexpected(ReplyFault::message_authenticator_missing);
  if (reply.message_authenticator_offset() != header_size + attribute_header_size)
    return std::unexpected(ReplyFault::message_authenticator_not_first);
  return {};
}

}  // namespace sallyport::radius
