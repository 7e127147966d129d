#include "server/join_rules.h"

namespace sallyport::server {
namespace {

bool names_station(const radius::PacketView& packet) {
  const auto station = packet.find(radius::AttributeType::calling_station_id);
  return station && !station->empty();
}

}  // namespace

Join may_join(const JoinRule& rule, const Tried& in_flight, base::SteadyTime last, int joined,
              const Tried& retry, base::SteadyTime now) {
  if (rule.who == settings::JoinRetries::same_packet) return Join::another_login;
  if (in_flight.source != retry.source || in_flight.password != retry.password) return Join::another_login;
  if (rule.who == settings::JoinRetries::same_station &&
      !(names_station(in_flight.packet) && names_station(retry.packet)))
    return Join::another_login;
  if (!radius::may_be_a_retry(in_flight.packet, retry.packet)) return Join::another_login;
  if (joined >= rule.tries - 1) return Join::too_often;
  // Not below 0.8 of the time-out: somebody who races the user would come sooner than the client itself.
  if ((now - last) * 5 < rule.timeout * 4) return Join::too_soon;
  return Join::joins;
}

}  // namespace sallyport::server
