#pragma once
// What the channel asks and what it gets, between messages of `vip` and octets of HTTP. A file of this room
// only.
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "cloud/classification.h"

namespace sallyport::cloud {

base::Secret authenticate_user_body(std::string_view request_id, std::string_view user_id,
                                    const base::Secret& code);
base::Secret get_server_time_body(std::string_view request_id);

// The body of an answer, read once. `kind` is of_another_request when the service echoes another request id.
struct ReadAnswer {
  SoapAnswer::Kind kind = SoapAnswer::Kind::none;
  std::string status, status_detail;
  std::string words;  // the service's own message, or what is wrong with the answer
  std::string credential_id;
  std::optional<base::WallTime> server_time;

  [[nodiscard]] SoapAnswer soap() const { return {kind, status, status_detail}; }
};
enum class Operation { authenticate_user, get_server_time };
ReadAnswer read_answer(Operation, std::string_view request_id, std::string_view body);

}  // namespace sallyport::cloud
