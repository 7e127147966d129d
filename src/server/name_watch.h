#pragma once
// Whether the authentication service is reached where its name leads: an alarm (dns_changed) when it answers at
// an address that was kept from before and the name does not lead to any more, and its end; each told once, and
// not again soon after.
#include <atomic>
#include <functional>
#include <memory>

#include "cloud/channel.h"
#include "server/continuity_news.h"
#include "telemetry/line.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class NameWatch {
 public:
  using Send = std::function<void(const News&)>;  // must not wait
  NameWatch(std::unique_ptr<telemetry::Logger>, telemetry::Metrics&, Send);

  void look(const cloud::Channel&, base::Time now);  // often, from one thread: the channel's

 private:
  std::unique_ptr<telemetry::Logger> logger_;
  Send send_;
  Telling telling_;
  std::shared_ptr<std::atomic<double>> is_elsewhere_;
  std::shared_ptr<void> gauge_;
};

}  // namespace sallyport::server
