#pragma once
// Asks RADIUS clients to end sessions: Disconnect-Requests over UDP (RFC 5176), each sent again after 1, 2 and
// 4 seconds, the same octets under the same identifier, so that a client can tell a retransmit. An answer
// counts when it comes from where the request went and its authenticators are right; others are passed over.
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/loop.h"
#include "net/udp.h"
#include "server/disconnection.h"

namespace sallyport::server {

class Disconnector {
 public:
  using Done = std::move_only_function<void(std::vector<Disconnection>)>;  // in the order of the sessions

  static constexpr std::size_t most = 128;  // sessions at once: one octet tells them apart on one socket

  explicit Disconnector(net::Loop&);
  ~Disconnector();  // who still waits is not called
  Disconnector(const Disconnector&) = delete;
  Disconnector& operator=(const Disconnector&) = delete;

  // `done` comes later, when each has an end: after 11 seconds at the latest.
  void end(std::vector<SessionToEnd> sessions, Done done);

 private:
  class Batch;
  net::Loop& loop_;
  std::list<std::shared_ptr<Batch>> batches_;
};

}  // namespace sallyport::server
