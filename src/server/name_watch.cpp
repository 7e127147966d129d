#include "server/name_watch.h"

#include <utility>

namespace sallyport::server {

namespace messages = telemetry::messages;

NameWatch::NameWatch(std::unique_ptr<telemetry::Logger> logger, telemetry::Metrics& metrics, Send send)
    : logger_(std::move(logger)),
      send_(std::move(send)),
      is_elsewhere_(std::make_shared<std::atomic<double>>(0.0)) {
  gauge_ =
      metrics.gauge("sallyport_service_dns_changed",
                    "1 while the authentication service answers at an address that its name does not lead to",
                    {}, [is = is_elsewhere_] { return is->load(std::memory_order_relaxed); });
}

void NameWatch::look(const cloud::Channel& channel, base::Time now) {
  const auto where = channel.elsewhere();
  is_elsewhere_->store(where ? 1.0 : 0.0, std::memory_order_relaxed);
  if (where && telling_.begins(now.steady)) {
    logger_->log(messages::dns_changed, now.wall,
                 {{"address", where->address}, {"name", where->name}, {"whereto", where->whereto}});
    send_(dns_has_changed(*where, now.wall));
  } else if (!where && telling_.is_over()) {
    logger_->log(messages::dns_changed_is_over, now.wall, {});
    send_(dns_is_right_again(now.wall));
  }
}

}  // namespace sallyport::server
