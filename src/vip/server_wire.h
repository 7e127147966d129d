#pragma once
// The service's side of the wire: lax in what it reads (any order, any prefix, comments, headers and SOAPAction
// ignored), strict in what it writes: the envelope under the prefix `S`, the response element in a default
// namespace, no prefix within, fields in the schema's order, nothing newer than the version asked for. Clients
// are known that fail on anything else.
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "vip/fault.h"
#include "vip/messages.h"
#include "vip/simple_types.h"

namespace sallyport::vip {

// The operation is known, but a field is not as the schema says. To be answered in the operation's own
// response.
struct InvalidRequest {
  Operation operation{};
  std::string request_id;  // empty when it could not be read
  FieldError error;
};

using DecodedRequest = std::variant<AnyRequest, InvalidRequest, Fault>;

// `charset` is that of the Content-Type, or empty; `minor` is the version 1.N of the path that was asked. At
// most 256 KiB are read.
DecodedRequest decode_request(base::ByteView body, std::string_view charset = {}, int minor = usual_minor);

// 600B, the field and the reason as detailMessage, the request id echoed.
AnyResponse refusal_of(const InvalidRequest& invalid);

// Bodies of HTTP 200. A version before 1.10 must not be given what it has no word for (EMAIL_OTP).
std::string encode_response(const AnyResponse& response, int minor = usual_minor);
std::string encode_fault(const Fault& fault);

}  // namespace sallyport::vip
