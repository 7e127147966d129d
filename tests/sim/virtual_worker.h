#pragma once
// Stands for server::Worker: a thread with the real reception and the real owner of logins, and around them
// what worker_continuity.cpp does.
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "continuity/last_answer.h"
#include "continuity/window.h"
#include "server/login_owner.h"
#include "server/reception.h"
#include "virtual_stores.h"
#include "virtual_watch.h"

namespace sallyport::sim {

class ReadLog : public telemetry::Logger {  // no more comes of a line than that the oracle reads it
 public:
  explicit ReadLog(Oracle& oracle) : oracle_(oracle) {}
  void log(const telemetry::Message&, base::WallTime, std::vector<telemetry::Field>) override;
  void log_rarely(const telemetry::Message& message, base::Time now, std::vector<telemetry::Field> fields,
                  base::Duration) override {
    log(message, now.wall, std::move(fields));
  }

 private:
  Oracle& oracle_;
};

class VirtualWorker {
 public:
  struct Place {
    Timeline& timeline;
    Oracle& oracle;
    std::size_t number = 0, count = 1;
    std::size_t most_exchanges = 0;
    std::function<VirtualWatch&()> watch;
    std::function<void(int socket, const net::Endpoint& to, base::Bytes)> send;
    std::function<bool(std::size_t, server::Request)> hand_over;
    std::function<void(std::string line, std::move_only_function<void(bool)>)> record;
  };
  struct Shared {  // by the workers of a gateway
    telemetry::Metrics& metrics;
    server::SharedLimits& limits;
    server::RecentBook& recent;
    crypto::KeyedHash hash;
    const std::vector<std::shared_ptr<const server::ValidationServer>>& servers;
    Weather& weather;
    Service& service;
    const DirectoryWeather& directory;
  };
  VirtualWorker(Place, const Shared&, Chance);

  void receive(int socket, const net::Endpoint& peer, const net::Endpoint& local, const base::Bytes&);
  void take(server::Request);
  void hear(const VirtualWatch::Word&);
  Loop& loop() { return loop_; }
  [[nodiscard]] bool is_idle() const { return channel_->is_idle() && owner_.in_flight() == 0; }
  [[nodiscard]] const VirtualChannel& channel() const { return *channel_; }
  [[nodiscard]] std::size_t logins() const { return owner_.in_flight(); }

 private:
  server::Outside make_outside(const Shared&);
  void report(const continuity::LoginEnd&);
  void wake_at(base::SteadyTime);
  void has_begun();
  void every_tenth();
  void judge_window();

  Place place_;
  Loop loop_;
  ReadLog log_;
  server::Tally tally_;
  server::Outside outside_;
  server::LoginOwner owner_;
  server::Reception reception_;
  std::shared_ptr<VirtualChannel> channel_;
  std::shared_ptr<VirtualStores> stores_;
  continuity::Window window_;
  continuity::State state_ = continuity::State::suspect;
  std::vector<continuity::LoginEnd> ends_;
  std::vector<ExchangeSeen> seen_;
  Alarm due_, tenth_;
  std::optional<base::SteadyTime> armed_;
  bool tenth_is_armed_ = false;
  // What the oracle knows of the window: when doubt began, and when the service last seemed to have too much.
  base::SteadyTime doubt_began_, last_too_much_;
  base::SteadyTime line_began_{};
  continuity::LastAnswer last_answer_;
};

}  // namespace sallyport::sim
