#pragma once
// What a worker looks at once a second and tells the operator: connections of user stores that went down or
// came back, stores that cannot be asked or can be again, the service's evidence as counters, exchanges that
// wait, and clients whose time of observation has ended. Only the first worker speaks of what all workers see
// alike.
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/login_owner.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class WatchOver {
 public:
  WatchOver(telemetry::Metrics&, telemetry::Logger&, bool speaks);

  void adopt(const std::vector<std::shared_ptr<const ValidationServer>>&, const Backings&);
  void adopt(const std::shared_ptr<cloud::Channel>&);  // in place of the channel alone
  void look(base::Time now);
  // From any thread: some validation server has all the user stores that it needs, which is one, or none.
  [[nodiscard]] bool can_judge() const { return can_judge_.load(std::memory_order_relaxed); }

 private:
  struct Connection {
    std::shared_ptr<std::atomic<bool>> is_up = std::make_shared<std::atomic<bool>>(false);
    bool was_told = false;
    std::shared_ptr<void> gauge;
  };
  void count_exchanges();
  void look_at_service(base::Time now);
  void look_at_stores(base::Time now);
  [[nodiscard]] std::vector<directory::ConnectionReport> reports() const;
  void tell(const directory::ConnectionReport&, base::Time now);
  void tell_store(const directory::ConnectionReport& of_store, bool askable, base::Time now);
  void look_at_observed(base::Time now);

  telemetry::Metrics& metrics_;
  telemetry::Logger& logger_;
  bool speaks_;
  std::array<std::shared_ptr<telemetry::Counter>, cloud::evidence_kinds> evidence_;
  std::array<std::uint64_t, cloud::evidence_kinds> counted_{};
  std::shared_ptr<std::atomic<double>> waiting_, in_flight_;
  std::vector<std::shared_ptr<void>> gauges_;
  std::vector<std::shared_ptr<const ValidationServer>> servers_;
  // Weak: they belong to the owner, which lets them go with their last login.
  std::vector<std::weak_ptr<directory::UserStores>> stores_;
  std::weak_ptr<cloud::Channel> channel_;
  std::map<std::pair<std::string, std::string>, Connection> connections_;
  std::map<std::string, bool> askable_;  // user stores of which it is known
  bool some_need_no_store_ = false;
  std::atomic<bool> can_judge_{false};
  std::int64_t day_ = 0;
};

}  // namespace sallyport::server
