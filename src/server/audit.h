#pragma once
// The one audit line of a login: who, from where, what each factor came to, the verdict, why, and how long each
// step took. No secret. What a client sent is written only where it is text that can do a log no harm, else as
// hexadecimal.
#include <string>
#include <vector>

#include "base/time.h"
#include "server/login.h"
#include "telemetry/log.h"

namespace sallyport::server {

std::vector<telemetry::Field> audit_fields(const Login&);
void add_user(const Login&, const radius::PacketView&, std::vector<telemetry::Field>&);
void add_nas_attributes(const radius::PacketView&, std::vector<telemetry::Field>&);
// "alice", or "hex:00ff" where the octets are not UTF-8, hold control characters or begin with "hex:".
std::string as_log_text(base::ByteView octets);
base::Bytes octets_of_log_text(std::string_view);  // the other way round

}  // namespace sallyport::server
