#pragma once
// The whole authentication service: workers with an HTTPS door each, one database thread, threads for PIN
// hashing. It stands on its settings alone; files of certificates and the database are read here.
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "settings/authservice.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::authservice {

class AuthService {
 public:
  // Returns when all addresses are bound and the database is open, checked and at today's schema. `log` and
  // `metrics` outlive the service.
  static base::Result<std::unique_ptr<AuthService>> start(const settings::AuthService&, telemetry::Log& log,
                                                          telemetry::Metrics& metrics);
  virtual ~AuthService() = default;  // ends at once; what was committed is answered or not, but kept

  // Accounts, certificates, roles and channels of delivery at once; listening sockets are opened anew with the
  // files' present certificates (connections stay). Workers, database and keys of secrets change at a restart.
  // On failure the old stay in force.
  virtual base::Result<void> reload(const settings::AuthService&) = 0;

  // Takes no new connection, and waits until every request under way is answered and every delivery was tried,
  // at most `limit`. The requests and deliveries left.
  virtual std::size_t drain(base::Duration limit) = 0;

  [[nodiscard]] virtual std::vector<net::Endpoint> listening() const = 0;
  [[nodiscard]] virtual bool ready() const = 0;  // nothing has failed to be written since something was
};

// A copy of the database as of now, while a service of another process (or none) uses it. 0600, put in place
// whole.
base::Result<void> backup(const settings::AuthService&, const std::string& file);

}  // namespace sallyport::authservice
