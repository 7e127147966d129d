#pragma once
// The end dates of the two certificates on the way to the authentication service, ours and the service's:
// metrics, and alarms ahead of them. Who has a channel to the service says what it sees.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cloud/channel.h"
#include "server/notices.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

// When an end date is told: once each 60, 30 and 7 days ahead, and every day from the last one on. A value with
// time as an argument.
class EndDate {
 public:
  // The days that are left, rounded down, when it is to be told now. A new date begins anew; one that is seen
  // again (a service of several machines) does not.
  std::optional<std::int64_t> due(std::chrono::sys_seconds ends, base::WallTime now);

 private:
  std::map<std::chrono::sys_seconds, std::int64_t> told_;  // the last stage
};

class CertificateWatch {
 public:
  CertificateWatch(telemetry::Log&, telemetry::Metrics&, Notices&);

  void see(const cloud::Channel&);  // any thread; in the channel's
  void look(base::Time now);        // often, from one thread

 private:
  struct One {
    const char* whose;
    EndDate date;
    std::shared_ptr<std::atomic<std::int64_t>> ends;  // seconds since 1970; 0: not known
    std::shared_ptr<void> gauge;
  };
  One make(telemetry::Metrics&, const char* label, const char* whose);
  void look(One&, base::Time now);

  std::unique_ptr<telemetry::Logger> logger_;
  Notices& notices_;
  One own_, service_;
};

}  // namespace sallyport::server
