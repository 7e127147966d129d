#pragma once
// What the operator is told beside the audit line: packets that were dropped, and what a login showed to be
// wrong with a client, a user store or the service. Whatever a hostile peer can cause is limited in rate.
#include <string_view>

#include "server/outside.h"
#include "server/tally.h"
#include "telemetry/log.h"

namespace sallyport::server {

struct DroppedPacket {
  const net::Endpoint& peer;
  base::Time arrival;
  const ValidationServer* server = nullptr;  // as far as it is known
  const Client* client = nullptr;
  radius::Code code{};
};

void tell_dropped(telemetry::Logger&, radius::DropReason, const DroppedPacket&);
void tell_dropped(telemetry::Logger&, Drop, const DroppedPacket&);

// A login that would have sent a second push while one is waiting.
void tell_two_at_once(Outside&, const Login&, base::Time now);
// Reply attributes whose values from the directory could not be written.
void tell_left_out(telemetry::Logger&, const Login&, const std::vector<std::string>& what, base::Time now);
// Of a login that has been decided.
void tell_what_it_showed(telemetry::Logger&, const Login&, base::Time now);

}  // namespace sallyport::server
