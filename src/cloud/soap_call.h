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
#include "vip/operation.h"

namespace sallyport::cloud {

// Bodies hold a code in clear. The error names the field that the service's schema would refuse, without its
// value.
base::Result<base::Secret> authenticate_user_body(std::string request_id, std::string user_id,
                                                  base::Secret code, std::optional<base::Secret> pin);
base::Secret get_server_time_body(std::string request_id);

// The body of an answer, read once. `kind` is of_another_request when the service echoes another request id.
struct ReadAnswer {
  SoapAnswer::Kind kind = SoapAnswer::Kind::none;
  std::optional<vip::Status> status;
  std::optional<vip::Detail> detail;
  std::string words;  // the service's own message, or what is wrong with the answer
  std::string credential_id;
  std::optional<base::WallTime> server_time;

  [[nodiscard]] SoapAnswer soap() const {
    return {kind, status.value_or(vip::Status{}), detail.value_or(vip::Detail{})};
  }
};
ReadAnswer read_answer(vip::Operation asked, std::string_view request_id, const net::HttpAnswer&);

}  // namespace sallyport::cloud
