#pragma once
// What the two halves of a worker act through, so that tests need neither sockets nor threads nor real time.
#include <cstddef>
#include <functional>

#include "continuity/monitor.h"
#include "crypto/keyed_hash.h"
#include "server/login.h"
#include "server/recent_book.h"
#include "server/shared_limits.h"
#include "server/tally.h"
#include "telemetry/log.h"

namespace sallyport::server {

struct Outside {
  std::function<base::Time()> now;
  // From this worker's socket of that number.
  std::function<void(int socket, const net::Endpoint& to, const net::Endpoint& from, base::Bytes)> send;
  // To another worker's mailbox; false when it is full.
  std::function<bool(std::size_t worker, Request)> hand_over;
  // tick() is wanted then, or sooner. May be empty.
  std::function<void(base::SteadyTime)> wake_at;
  // The end of an exchange with the service, for the monitor. May be empty.
  std::function<void(const continuity::LoginEnd&)> report = {};
  // One line into the continuity record; true when it is durable. Empty: there is no record.
  std::function<void(std::string line, std::move_only_function<void(bool)> done)> record = {};
  RecentBook* recent = nullptr;  // none: nobody had a recent success
  telemetry::Logger& logger;
  Tally& tally;
  SharedLimits& limits;
  crypto::KeyedHash hash;  // the same in all workers of a gateway, drawn at start
  std::size_t worker = 0, workers = 1;
};

// A keyed hash of client and User-Name octets: equal for every retry of a login, whatever its socket, id and
// authenticator. The owner is this modulo workers.
std::uint64_t owner_hash(const crypto::KeyedHash&, const Client&, const radius::PacketView&);

}  // namespace sallyport::server
