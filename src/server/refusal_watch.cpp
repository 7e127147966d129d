#include "server/refusal_watch.h"

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;

}  // namespace

RefusalWatch::RefusalWatch(telemetry::Log& log, telemetry::Metrics& metrics, Notices& notices,
                           SharedLimits& limits)
    : logger_(log.make_logger()),
      notices_(notices),
      limits_(limits),
      is_surge_(std::make_shared<std::atomic<double>>(0.0)),
      gauge_(metrics.gauge("sallyport_refusal_surge",
                           "1 while half of the users who signed in before are unknown at the service", {},
                           [is = is_surge_] { return is->load(std::memory_order_relaxed); })) {}

void RefusalWatch::look(base::Time now) {
  const auto count = limits_.refusals(now.steady);
  const bool is_surge = count.is_surge();
  is_surge_->store(is_surge ? 1.0 : 0.0, std::memory_order_relaxed);
  if (is_surge ? !telling_.begins(now.steady) : !telling_.is_over()) return;
  logger_->log(is_surge ? messages::refusal_surge : messages::refusal_surge_over, now.wall,
               {{"refused", static_cast<std::int64_t>(count.refused)},
                {"users", static_cast<std::int64_t>(count.users)}});
  notices_.send(is_surge ? refusal_surge_begins(count, now.wall) : refusal_surge_is_over(count, now.wall));
}

}  // namespace sallyport::server
