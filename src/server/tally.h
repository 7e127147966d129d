#pragma once
// What a worker counts. Each counter is made at start or reload, never on the path of a login, and lives as
// long as the worker, so that a reload loses no count.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "radius/packet.h"
#include "server/validation_server.h"
#include "telemetry/metrics.h"
#include "validation/transaction.h"

namespace sallyport::server {

// Why a packet that the codec has no fault to find with got no answer. Each reason, these and the codec's, has
// a counter; a hostile peer causes at most a rate-limited line of the log.
enum class Drop : std::uint8_t {
  unknown_client,
  no_validation_server,  // it came to an address that a reload has taken away
  worker_busy,           // the owner's mailbox is full
  too_many_logins,       // max_logins in flight
  leaving,               // the gateway is shutting down
  deliberately_silent,   // Status-Server, while logins get no answer either
};
inline constexpr std::size_t own_drops = 6;
std::string_view to_string(Drop);

struct ServerTally {
  std::shared_ptr<telemetry::Counter> requests, status_requests, accounting_requests;
  std::shared_ptr<telemetry::Counter> joined, duplicates_in_flight, duplicates_answered;
  std::map<std::string, std::shared_ptr<telemetry::Counter>> would_break;  // by client
  std::array<std::shared_ptr<telemetry::Counter>, validation::reasons>
      accepted_or_rejected;  // by reason; accept is reason 0
  std::array<std::shared_ptr<telemetry::Counter>, validation::reasons> silent;
  std::shared_ptr<telemetry::Counter> two_at_once;
  std::array<std::shared_ptr<telemetry::Counter>, continuity::rungs> let_in;  // of those that can grant
  std::shared_ptr<telemetry::Histogram> login_seconds;

  void count(const validation::Finish&);
};

class Tally {
 public:
  explicit Tally(telemetry::Metrics& metrics);

  void know(const ValidationServer&);  // makes its counters, the first time
  ServerTally& of(const ValidationServer&);
  void dropped(Drop reason) { own_drops_[static_cast<std::size_t>(reason)]->add(); }
  void dropped(radius::DropReason reason) { radius_drops_[static_cast<std::size_t>(reason)]->add(); }
  [[nodiscard]] std::uint64_t count_of(Drop reason) const {
    return own_drops_[static_cast<std::size_t>(reason)]->value();
  }
  [[nodiscard]] std::uint64_t count_of(radius::DropReason reason) const {
    return radius_drops_[static_cast<std::size_t>(reason)]->value();
  }

  std::shared_ptr<telemetry::Histogram> search_seconds, bind_seconds, service_seconds;

 private:
  telemetry::Metrics& metrics_;
  std::array<std::shared_ptr<telemetry::Counter>, own_drops> own_drops_;
  std::array<std::shared_ptr<telemetry::Counter>, radius::drop_reason_count> radius_drops_;
  std::map<std::string, ServerTally, std::less<>> servers_;
};

}  // namespace sallyport::server
