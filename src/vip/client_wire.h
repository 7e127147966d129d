#pragma once
// The client's side of the wire. A request is checked against the schema before it is written, so that nothing
// leaves that the service would have to refuse. An answer is read by namespace and local name; elements and
// values that a newer service adds are skipped. The caller compares the answer's request id with its own.
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "vip/fault.h"
#include "vip/messages.h"
#include "vip/simple_types.h"

namespace sallyport::vip {

inline constexpr std::string_view request_content_type = "text/xml; charset=utf-8";  // with `SOAPAction: ""`

// For a URL of version 1.`minor`. The text holds codes and PINs in clear. In the error there is no value, only
// names and limits.
base::Result<std::string, FieldError> encode_request(const AnyRequest& request, int minor = usual_minor);

// No SOAP answer to the operation that was asked: not XML, cut short, another operation's, or without a status.
struct NotAnAnswer {
  std::string reason;
};

using DecodedResponse = std::variant<AnyResponse, Fault, NotAnAnswer>;
DecodedResponse decode_response(Operation asked, base::ByteView body, std::string_view charset = {});

}  // namespace sallyport::vip
