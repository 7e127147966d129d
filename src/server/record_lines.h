#pragma once
// What stands in the continuity record about a login: one JSON object, no secret. `what` is "let_in" when a
// rung lets the user in, and is durable before the Access-Accept leaves; "withdrawn" when something else
// decided after that line was on its way; "late_verdict" when the service answered after the accept had left;
// "disconnect" when an operator had the session ended, or tried to.
#include <string>
#include <string_view>

#include "server/disconnection.h"
#include "server/login.h"

namespace sallyport::server {

std::string record_line(const Login&, const validation::WriteRecord&, base::Time now);
std::string withdrawal_line(const Login&, base::Time now);

struct LateVerdict {
  std::string login, server, user;
  cloud::Outcome outcome{};
  std::string status;
};
std::string late_verdict_line(const LateVerdict&, base::WallTime now);

std::string disconnect_line(const Disconnection&, const std::string& by, base::WallTime now);

}  // namespace sallyport::server
