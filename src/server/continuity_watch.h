#pragma once
// Who watches over the authentication service for a gateway: one thread that sends probes over a channel of its
// own, feeds the monitor (continuity/monitor.h) with their ends and the workers' reports, and tells the workers
// what comes of it. A second thread has the disk (continuity_keeper.h). There is neither where the settings
// name no folder for business continuity, or no service.
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cloud/channel.h"
#include "continuity/monitor.h"
#include "net/mailbox.h"
#include "net/resolver.h"
#include "net/workers.h"
#include "server/certificate_watch.h"
#include "server/continuity_keeper.h"
#include "server/name_watch.h"
#include "server/notices.h"

namespace sallyport::server {

struct Word {  // to the workers
  continuity::Snapshot snapshot;
  std::optional<cloud::ServerClock::Told> server_time;
  std::shared_ptr<const cloud::KeptAddresses> kept;  // another one when there are new channels
};

class ContinuityWatch {
 public:
  struct Place {
    telemetry::Log& log;
    telemetry::Metrics& metrics;
    net::Resolver& resolver;
    Notices& notices;
    CertificateWatch& certificates;
    NameWatch& name;
    std::function<void(const Word&)> tell_workers;  // must not wait
  };
  explicit ContinuityWatch(Place);
  ~ContinuityWatch();  // before the workers go

  // All from the gateway's thread. `prepare` changes nothing that is in force; the error is a sentence.
  static bool is_wanted(const settings::Gateway&);
  base::Result<void> prepare(const Plan&);
  void commit(const Plan&);
  void stand_by(const Plan&);  // these settings want none: the modes are theirs

  // Any thread; what does not fit is dropped, for the monitor needs no single one.
  void report(std::vector<continuity::LoginEnd> ends) { (void)reports_.push(std::move(ends)); }
  void unanswered(std::size_t slot, base::SteadyTime began);  // two slots a worker
  void proven(cloud::KeptAddresses addresses) {
    threads_[1].post([this, all = std::move(addresses)] { keeper_.remember_addresses(all); });
  }
  [[nodiscard]] RecentBook& recent() { return keeper_.recent(); }
  void record(std::string line, std::move_only_function<void(bool)> done) {
    keeper_.record(std::move(line), std::move(done));
  }

 private:
  struct Running;  // a probe
  struct Prepared {
    std::unique_ptr<cloud::Channel> channel;
    std::string digest, canary_user;
    continuity::Rules rules;
  };
  void run(std::size_t loop, const std::function<void()>&);
  void turn();
  void begin_probes(base::Time now);
  void begin_probe(continuity::Probe, base::Time now);
  void ended(const std::shared_ptr<Running>&, cloud::Evidence, const std::string& detail);
  void after(base::Time now);
  void tell(const continuity::Change&, base::Time now);
  void note_outage(const continuity::Change&, base::Time now);
  void end_outage_when_well();
  void tell_alarms(cloud::Evidence, const std::string& detail, base::Time now);
  void publish(base::Time now);
  [[nodiscard]] std::uint64_t let_in() const;
  void note_status(base::Time now);
  std::string status();

  Place place_;
  net::Workers threads_;  // the monitor's, the keeper's
  net::Loop& loop_;
  std::unique_ptr<telemetry::Logger> logger_;
  std::optional<Prepared> prepared_;
  std::unique_ptr<cloud::Channel> channel_;
  std::shared_ptr<const cloud::KeptAddresses> kept_;
  std::string digest_, canary_user_;
  bool reached_is_known_ = false;
  bool counts_ = true, newest_reach_was_good_ = false;  // what an outage lets in is counted
  std::optional<continuity::Monitor> monitor_;
  continuity::Profile profile_;
  std::array<std::size_t, continuity::probes> running_{};
  std::vector<std::shared_ptr<const ValidationServer>> servers_;
  base::SteadyTime published_{}, entered_{};
  std::uint64_t let_in_before_ = 0;
  ContinuityNews news_;
  std::atomic<bool> unanswered_is_posted_{false};
  std::array<std::atomic<std::int64_t>, 512> unanswered_since_{};  // by slot, steady nanoseconds; 0: none
  std::array<std::shared_ptr<telemetry::Counter>, cloud::evidence_kinds> probe_ends_;
  std::array<std::shared_ptr<std::atomic<double>>, continuity::states> is_state_;
  std::shared_ptr<std::atomic<double>> is_armed_ = std::make_shared<std::atomic<double>>(0.0);
  std::shared_ptr<telemetry::Counter> entries_;
  std::vector<std::shared_ptr<void>> gauges_;
  struct LastProbe {
    cloud::Evidence evidence{};
    std::string detail;
    base::Duration took{};
  };
  std::optional<LastProbe> last_probe_;
  std::mutex status_lock_;
  std::string status_;
  net::Timer turn_timer_;
  net::Mailbox<std::vector<continuity::LoginEnd>> reports_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  ContinuityKeeper keeper_;
};

}  // namespace sallyport::server
