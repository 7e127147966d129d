#pragma once
// The port for those who watch: /metrics (Prometheus), /healthz (200 while the loop turns) and /readyz (200, or
// 503 with one reason a line). Plain HTTP that asks nobody who they are; it shows no user and no secret.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "telemetry/metrics.h"

namespace sallyport::telemetry {

class MonitorServer {
 public:
  // Why this program cannot serve just now: "user store corp cannot be asked". Empty: it can. Asked in the
  // loop.
  using NotReady = std::function<std::vector<std::string>()>;

  // `metrics` outlives the server. An error names the address.
  static base::Result<std::unique_ptr<MonitorServer>> open(net::Loop&, const std::string& listen,
                                                           const Metrics& metrics, NotReady);
  virtual ~MonitorServer() = default;
  [[nodiscard]] virtual net::Endpoint local() const = 0;
};

}  // namespace sallyport::telemetry
