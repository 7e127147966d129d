#pragma once
// A gateway: the validation servers of one settings file, on N workers. It is built by `app`, which hands it
// settings and signals. A reload that cannot be carried out changes nothing; logins in flight finish with what
// they began with, and sockets of addresses that stay are kept.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/resolver.h"
#include "net/workers.h"
#include "server/plan.h"
#include "server/service_files.h"
#include "server/shared_limits.h"
#include "settings/gateway.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::server {

class CertificateWatch;
class ContinuityWatch;
class NameWatch;
class Notices;
class RefusalWatch;
class Worker;

// Whether this gateway can give verdicts (docs/decisions/0009-ready.md).
struct Readiness {
  bool is_ready = false;
  std::string why;  // why not; a word for /readyz
};

// All from one thread, except readiness() and in_flight().
class Gateway {
 public:
  Gateway(settings::Gateway, telemetry::Log&, telemetry::Metrics&);
  ~Gateway();  // without drain(): at once

  base::Result<void> start();  // the error is a sentence for the operator, and nothing runs
  base::Result<void> reload(settings::Gateway);
  // Every few seconds, once it has started: files of [service] that have changed on disk are taken up as they
  // are, with the settings in force. Where they cannot be, the old ones stay.
  void look_at_service_files();
  // No new logins and no Status-Server; logins in flight finish, at most for `limit`. Then it has stopped. How
  // many were given up.
  std::size_t drain(base::Duration limit);

  [[nodiscard]] Readiness readiness() const;
  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }
  [[nodiscard]] std::vector<net::Endpoint> listening() const;  // with the ports that were found for port 0

 private:
  base::Result<void> carry_out(Plan);
  base::Result<void> prepare_all(Plan&);
  base::Result<void> renew_channels();
  void watch_in_flight(const Plan&);
  void stop();

  enum class State { new_made, ready, leaving, stopped };
  settings::Gateway settings_;
  telemetry::Log& log_;
  telemetry::Metrics& metrics_;
  std::unique_ptr<telemetry::Logger> logger_;
  Planner planner_;
  net::Resolver resolver_;
  SharedLimits limits_;               // goes after the workers
  std::unique_ptr<Notices> notices_;  // goes after who sends them
  std::unique_ptr<CertificateWatch> certificates_;
  std::unique_ptr<RefusalWatch> refusals_;
  std::unique_ptr<NameWatch> name_;
  std::unique_ptr<net::Workers> threads_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one a thread
  std::vector<PlannedSocket> sockets_;
  std::vector<std::shared_ptr<const ValidationServer>> servers_;
  ServiceFiles service_files_;
  std::unique_ptr<ContinuityWatch> watch_;  // goes before the workers
  std::map<std::string, std::shared_ptr<void>> gauges_;
  std::atomic<State> state_{State::new_made};
};

}  // namespace sallyport::server
