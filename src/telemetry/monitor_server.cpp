#include "telemetry/monitor_server.h"

#include <fmt/format.h>

namespace sallyport::telemetry {
namespace {

net::HttpServerAnswer ready_answer(const MonitorServer::NotReady& not_ready) {
  net::HttpServerAnswer answer;
  const auto reasons = not_ready ? not_ready() : std::vector<std::string>{};
  if (reasons.empty()) {
    answer.body = "ready\n";
    return answer;
  }
  answer.status = 503;
  for (const auto& reason : reasons) answer.body += fmt::format("not ready: {}\n", reason);
  return answer;
}

net::HttpServerAnswer answer_to(const net::HttpServerRequest& request, const Metrics& metrics,
                                const MonitorServer::NotReady& not_ready) {
  net::HttpServerAnswer answer;
  if (request.method != "GET" && request.method != "HEAD") {
    answer.status = 405;
    answer.headers.emplace_back("Allow", "GET, HEAD");
  } else if (request.path == "/metrics") {
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics.text();
  } else if (request.path == "/healthz") {
    answer.body = "ok\n";
  } else if (request.path == "/readyz") {
    answer = ready_answer(not_ready);
  } else {
    answer.status = 404;
    answer.body = "here are /metrics, /healthz and /readyz\n";
  }
  return answer;
}

class Server : public MonitorServer {
 public:
  explicit Server(std::unique_ptr<net::HttpServer> http) : http_(std::move(http)) {}
  [[nodiscard]] net::Endpoint local() const override { return http_->local(); }

 private:
  std::unique_ptr<net::HttpServer> http_;
};

}  // namespace

base::Result<std::unique_ptr<MonitorServer>> MonitorServer::open(net::Loop& loop, const std::string& listen,
                                                                 const Metrics& metrics, NotReady not_ready) {
  const auto address = net::Endpoint::parse(listen);
  if (!address) return std::unexpected(address.error());
  net::HttpServer::Options options;
  options.listen = *address;
  options.body_limit = 1024;
  options.connection_limit = 64;
  auto http = net::HttpServer::open(loop, std::move(options),
                                    [&metrics, not_ready = std::move(not_ready)](auto request, auto respond) {
                                      respond(answer_to(request, metrics, not_ready));
                                    });
  if (!http) return std::unexpected(http.error());
  return std::make_unique<Server>(std::move(*http));
}

}  // namespace sallyport::telemetry
