#pragma once
// Brings news of business continuity to those whom [[continuity.notice]] names, by the lanes of `delivery`:
// each has a thread of its own, so that a receiver that hangs delays no login, no other receiver and not the
// monitor. What cannot be brought is tried again for a day, in memory only.
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "delivery/post_office.h"
#include "server/continuity_news.h"
#include "settings/continuity.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class Notices {
 public:
  Notices(telemetry::Log&, telemetry::Metrics&);

  // From the gateway's thread, at start and at each reload; `prepare` changes nothing that is in force. What
  // waits for receivers of before is still brought to them.
  base::Result<void> prepare(const std::vector<settings::Notice>&);
  void commit();

  void send(const News&);  // any thread; never waits

 private:
  struct Receiver {
    std::string channel, destination;
  };
  using Receivers = std::vector<Receiver>;
  struct Prepared {
    delivery::PostOffice::Lanes lanes;
    std::shared_ptr<const Receivers> receivers;
  };

  std::string host_;
  std::optional<Prepared> prepared_;
  std::mutex lock_;  // held for a copy
  std::shared_ptr<const Receivers> receivers_ = std::make_shared<Receivers>();
  delivery::PostOffice office_;
};

}  // namespace sallyport::server
