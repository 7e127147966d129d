#pragma once
// A gateway made of the real parts that decide, and of stand-ins for what they reach the world through.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "record.h"
#include "virtual_worker.h"

namespace sallyport::sim {

class VirtualGateway {
 public:
  struct Options {
    std::size_t workers = 2, most_exchanges = 4096;
    bool has_canary = false, strict = false, is_armed = true;
  };
  struct Place {
    Timeline& timeline;
    Weather& weather;
    Service& service;
    Oracle& oracle;
    std::function<void(std::size_t worker, int socket, const net::Endpoint& to, base::Bytes)> send;
    // A worker reads it now.
    std::function<void(int socket, const net::Endpoint& peer, const base::Bytes&)> arrives;
  };
  VirtualGateway(Place, const Options&, Chance);

  void receive(int socket, const net::Endpoint& peer, const base::Bytes&);
  DirectoryWeather& directory() { return directory_; }
  Record& record() { return *record_; }
  void stall_watch(base::Duration how_long) { watch_loop_.stall(how_long); }
  void stall_worker(std::size_t worker, base::Duration how_long) {
    workers_[worker % workers_.size()]->loop().stall(how_long);
  }
  [[nodiscard]] continuity::State state() const { return watch_->state(); }
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] std::string queues_out_of_bounds() const;

 private:
  void make_servers(const continuity::Profile&);
  void make_watch(const Options&, Chance);
  void write_record(std::size_t worker, std::string line, std::move_only_function<void(bool)>);

  Place place_;
  telemetry::Metrics metrics_;
  server::SharedLimits limits_{{}};
  server::RecentBook recent_;
  std::vector<std::shared_ptr<const server::ValidationServer>> servers_;
  std::vector<std::shared_ptr<server::Shared>> shared_;
  DirectoryWeather directory_;
  Loop watch_loop_, disk_loop_;
  std::unique_ptr<Record> record_;
  std::vector<std::unique_ptr<VirtualWorker>> workers_;
  std::unique_ptr<VirtualWatch> watch_;
  net::Endpoint local_ = net::Endpoint::parse("192.0.2.1:1812").value();
};

}  // namespace sallyport::sim
