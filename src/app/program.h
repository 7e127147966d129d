#pragma once
// What both servers have in common: the log, the metrics and their port, signals, and a main loop that only
// these use. SIGHUP reloads, SIGTERM and SIGINT drain, a second one ends at once.
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/loop.h"
#include "net/signals.h"
#include "settings/gateway.h"
#include "settings/load.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "telemetry/monitor_server.h"

namespace sallyport::app {

class Program {
 public:
  struct Calls {
    std::function<base::Result<void>()> reload;           // in the main loop
    std::function<std::size_t()> drain;                   // in a thread of its own; how many were given up
    std::function<std::vector<std::string>()> not_ready;  // in the main loop
    std::function<void()> every_half_second{};            // in the main loop, until it stops; may be empty
  };

  // The first thing a server does: signals are taken before any thread is made. The error is for standard
  // error.
  static base::Result<std::unique_ptr<Program>> prepare(std::string name, std::string settings_file,
                                                        const settings::Log&);
  ~Program();

  [[nodiscard]] telemetry::Log& log() { return *log_; }
  [[nodiscard]] telemetry::Metrics& metrics() { return metrics_; }
  [[nodiscard]] telemetry::Logger& logger() { return *logger_; }
  [[nodiscard]] base::WallTime now() const { return loop_.now().wall; }

  // Says so when the certificate has expired or will within 30 days.
  void say_expiry(const std::string& certificate_file, const std::string& key_file,
                  const base::Secret& password);

  // Of a reload: this key takes effect at the next restart.
  void say_restart_needed(const std::string& key);
  void say_warning(const std::string& file, const settings::Warning&);

  // Serves until a signal ends it; the exit code.
  int run(const std::string& metrics_listen, std::size_t workers, Calls);

 private:
  Program(std::string name, std::string settings_file);
  void received(int signal);
  void reload();
  void stop(int signal);
  void tick();

  std::string name_, settings_file_;
  net::Loop loop_;
  net::Timer tick_{loop_};
  std::unique_ptr<net::Signals> signals_;
  telemetry::Metrics metrics_;
  std::unique_ptr<telemetry::Log> log_;
  std::unique_ptr<telemetry::Logger> logger_;
  std::unique_ptr<telemetry::MonitorServer> monitor_;
  Calls calls_;
  std::thread draining_;
  bool stopping_ = false;
};

}  // namespace sallyport::app
