#include "radius/packet.h"

namespace sallyport::radius {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::access_request:
      return "Access-Request";
    case Code::access_accept:
      return "Access-Accept";
    case Code::access_reject:
      return "Access-Reject";
    case Code::accounting_request:
      return "Accounting-Request";
    case Code::accounting_response:
      return "Accounting-Response";
    case Code::access_challenge:
      return "Access-Challenge";
    case Code::status_server:
      return "Status-Server";
    case Code::disconnect_request:
      return "Disconnect-Request";
    case Code::disconnect_ack:
      return "Disconnect-ACK";
    case Code::disconnect_nak:
      return "Disconnect-NAK";
  }
  return "unknown";
}

std::string_view to_string(DropReason reason) {
  switch (reason) {
    case DropReason::too_short:
      return "too_short";
    case DropReason::length_too_small:
      return "length_too_small";
    case DropReason::length_beyond_octets:
      return "length_beyond_octets";
    case DropReason::too_long:
      return "too_long";
    case DropReason::unknown_code:
      return "unknown_code";
    case DropReason::unexpected_code:
      return "unexpected_code";
    case DropReason::attribute_too_small:
      return "attribute_too_small";
    case DropReason::attribute_past_end:
      return "attribute_past_end";
    case DropReason::repeated_message_authenticator:
      return "repeated_message_authenticator";
    case DropReason::message_authenticator_length:
      return "message_authenticator_length";
    case DropReason::repeated_attribute:
      return "repeated_attribute";
    case DropReason::message_authenticator_missing:
      return "message_authenticator_missing";
    case DropReason::message_authenticator_wrong:
      return "message_authenticator_wrong";
    case DropReason::request_authenticator_wrong:
      return "request_authenticator_wrong";
    case DropReason::proxy_state_unprotected:
      return "proxy_state_unprotected";
    case DropReason::wrong_secret:
      return "wrong_secret";
    case DropReason::replayed:
      return "replayed";
  }
  return "unknown";
}

}  // namespace sallyport::radius
