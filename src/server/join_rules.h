#pragma once
// When a second packet of another id or authenticator counts as a retry of a login that is in flight, and
// shares its answer. A risk that is weighed, not a convenience: who knows the password must not ride on
// another's code. So everything that both packets carry must be equal, both come from one address, in the
// rhythm of the client's own retries, and not more often than it tries.
#include <cstdint>

#include "base/time.h"
#include "net/endpoint.h"
#include "radius/packet.h"
#include "settings/gateway.h"

namespace sallyport::server {

struct JoinRule {  // of a client
  settings::JoinRetries who = settings::JoinRetries::same_station;
  base::Duration timeout{};  // the client's own, for one try
  int tries = 1;
};

struct Tried {  // one Access-Request
  net::Address source;
  radius::PacketView packet;
  std::uint64_t password = 0;  // keyed hash of the password field
};

enum class Join { joins, another_login, too_soon, too_often };

// `last`: when the newest attempt of the login in flight arrived; `joined`: how many joined already.
Join may_join(const JoinRule&, const Tried& in_flight, base::SteadyTime last, int joined, const Tried& retry,
              base::SteadyTime now);

}  // namespace sallyport::server
