#pragma once
// Tells the operator of a surge of refusals (refusal_surge.h): a line, a metric, and a notice to those whom
// [[continuity.notice]] names; once when it begins and once when it is over, and then not again for ten
// minutes.
#include <atomic>
#include <memory>

#include "server/notices.h"
#include "server/shared_limits.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class RefusalWatch {
 public:
  RefusalWatch(telemetry::Log&, telemetry::Metrics&, Notices&, SharedLimits&);

  void look(base::Time now);  // often, from one thread

 private:
  std::unique_ptr<telemetry::Logger> logger_;
  Notices& notices_;
  SharedLimits& limits_;
  Telling telling_;
  std::shared_ptr<std::atomic<double>> is_surge_;
  std::shared_ptr<void> gauge_;
};

}  // namespace sallyport::server
