#pragma once
// One worker: a loop with its thread, its own sockets, user stores and channel, a reception for what its
// sockets receive, and the logins that it owns. Others reach it by its mailbox and by run(). New settings are
// prepared first, while the old ones serve, and then either committed or abandoned: so a reload that fails
// changes nothing.
#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "continuity/last_answer.h"
#include "continuity/window.h"
#include "net/mailbox.h"
#include "net/resolver.h"
#include "net/udp.h"
#include "server/certificate_watch.h"
#include "server/continuity_watch.h"
#include "server/login_owner.h"
#include "server/name_watch.h"
#include "server/plan.h"
#include "server/reception.h"
#include "server/refusal_watch.h"
#include "server/watch_over.h"

namespace sallyport::server {

class Worker {
 public:
  struct Place {
    net::Loop& loop;  // its thread is the worker
    std::size_t number = 0, count = 1;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
    net::Resolver& resolver;
    crypto::KeyedHash hash;
    SharedLimits& limits;
    CertificateWatch& certificates;
    NameWatch& name;
    RefusalWatch& refusals;
    std::function<bool(std::size_t, Request)> hand_over;
    ContinuityWatch* watch = nullptr;  // none: no business continuity
  };
  explicit Worker(Place);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // In the worker's thread, which must be running; waits until it is done. Not from another worker.
  void run(const std::function<void()>&);
  [[nodiscard]] bool push(Request request) { return mailbox_.push(std::move(request)); }
  void tell(const Word& word);  // any thread
  [[nodiscard]] bool can_judge() const { return watch_.can_judge(); }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  // These in the worker's thread.
  base::Result<void> prepare(const Plan&);
  void know(const Plan&);  // makes the counters
  void commit();
  void abandon() {
    prepared_.reset();
    prepared_channel_.reset();
  }
  // Another channel to the service, in place of the one in use, and nothing else.
  base::Result<void> prepare_channel(const settings::Service&);
  void commit_channel();
  void leave();
  [[nodiscard]] std::optional<net::Endpoint> local_of(int socket) const;
  [[nodiscard]] std::size_t owned() const { return owner_.in_flight(); }

 private:
  using Sockets = std::unordered_map<int, std::shared_ptr<net::UdpSocket>>;
  struct Prepared {
    Sockets sockets;
    Listenings listenings;
    Backings backings;
    std::size_t max_in_flight = 0;  // of the gateway
    base::Duration worry = std::chrono::seconds(1);
    std::vector<std::shared_ptr<const ValidationServer>> servers;
  };
  [[nodiscard]] base::Result<std::shared_ptr<cloud::Channel>> make_channel(const settings::Service&) const;
  base::Result<void> prepare_backings(const Plan&, Prepared&);
  base::Result<void> prepare_sockets(const Plan&, Prepared&);
  base::Result<std::shared_ptr<net::UdpSocket>> open(const PlannedSocket&);
  [[nodiscard]] std::shared_ptr<net::UdpSocket> held_socket(int number) const;
  Outside make_outside();
  void wake_at(base::SteadyTime);
  void wake();
  void every_second();
  void look_at_certificates();
  void hear(const Word&);
  void every_tenth();
  [[nodiscard]] base::SteadyTime tell_who_waits(const cloud::Channel&, base::SteadyTime now) const;
  void open_window(std::size_t max_in_flight);
  void report(const continuity::LoginEnd&);

  Place place_;
  net::Loop& loop_;
  std::unique_ptr<telemetry::Logger> logger_;
  Tally tally_;
  Outside outside_;
  LoginOwner owner_;
  Reception reception_;
  net::Mailbox<Request> mailbox_;
  Sockets sockets_;
  Sockets closing_;  // taken out of the settings; open until logins in flight have been answered
  std::optional<Prepared> prepared_;
  std::shared_ptr<cloud::Channel> prepared_channel_;
  WatchOver watch_;
  net::Timer due_, second_, tenth_;
  std::vector<continuity::LoginEnd> ends_;  // not yet reported to the watch
  std::optional<continuity::Window> window_;
  base::Duration worry_ = std::chrono::seconds(1);
  continuity::LastAnswer last_answer_;
  continuity::State state_ = continuity::State::suspect;
  std::weak_ptr<cloud::Channel> channel_;
  std::optional<cloud::ServerClock::Told> server_time_;
  std::shared_ptr<const cloud::KeptAddresses> kept_;  // the newest that was handed to the channel
  std::optional<base::SteadyTime> armed_;
  std::atomic<std::size_t> in_flight_{0};
};

}  // namespace sallyport::server
