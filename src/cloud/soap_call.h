#pragma once
// What the channel asks and what it gets, between messages of `vip` and octets of HTTP. A file of this room
// only.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cloud/classification.h"
#include "vip/messages.h"

namespace sallyport::cloud {

// For interface 1.`minor`. A body holds a code or a PIN in clear. The error names the field that the service's
// schema would refuse, without its value.
base::Result<base::Secret> body_of(const vip::AnyRequest&, int minor);

// The body of an answer, read once. `kind` is of_another_request when the service echoes another request id.
struct ReadAnswer {
  SoapAnswer::Kind kind = SoapAnswer::Kind::none;
  std::optional<vip::Status> status;
  std::optional<vip::Detail> detail;
  std::string words;                         // the service's own message, or what is wrong with the answer
  std::optional<vip::AnyResponse> response;  // of Kind::operation

  [[nodiscard]] SoapAnswer soap() const {
    return {kind, status.value_or(vip::Status{}), detail.value_or(vip::Detail{})};
  }
  // Of getServerTime.
  [[nodiscard]] std::optional<base::WallTime> server_time() const;
};
ReadAnswer read_answer(vip::Operation asked, std::string_view request_id, const net::HttpAnswer&);

}  // namespace sallyport::cloud
