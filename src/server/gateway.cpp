#include "server/gateway.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/invariant.h"
#include "net/tls.h"
#include "server/certificate_watch.h"
#include "server/continuity_watch.h"
#include "server/name_watch.h"
#include "server/notices.h"
#include "server/refusal_watch.h"
#include "server/worker.h"

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;

std::size_t workers_of(const settings::Gateway& settings) {
  if (settings.workers > 0) return static_cast<std::size_t>(settings.workers);
  return std::max(1U, std::thread::hardware_concurrency());
}

validation::GuardLimits guard_limits(const settings::Guard& from) {
  return {.user_failures = from.user_failures,
          .client_failures = from.client_failures,
          .user_time = from.user_time,
          .client_time = from.client_time,
          .in_a_row = from.in_a_row,
          .pause_after_row = from.pause_after_row};
}

// The error says why certificate and key cannot be used.
base::Result<std::chrono::sys_seconds> certificate_end(const settings::Service& service) {
  const auto identity =
      net::load_identity(service.certificate_file, service.key_file, service.certificate_password);
  if (!identity) return std::unexpected(identity.error());
  const auto certificate = net::facts_of(identity->certificate_pem);
  if (!certificate) return std::unexpected(certificate.error());
  return certificate->not_after;
}

base::WallTime wall_now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

Gateway::Gateway(settings::Gateway settings, telemetry::Log& log, telemetry::Metrics& metrics)
    : settings_(std::move(settings)),
      log_(log),
      metrics_(metrics),
      logger_(log.make_logger()),
      limits_(guard_limits(settings_.guard)),
      notices_(std::make_unique<Notices>(log, metrics)),
      certificates_(std::make_unique<CertificateWatch>(log, metrics, *notices_)),
      refusals_(std::make_unique<RefusalWatch>(log, metrics, *notices_, limits_)),
      name_(std::make_unique<NameWatch>(log.make_logger(), metrics,
                                        [this](const News& news) { notices_->send(news); })) {}

Gateway::~Gateway() { stop(); }

// All threads end before the first worker goes: they hand requests to each other.
void Gateway::stop() {
  if (!threads_) return;
  threads_->stop();
  threads_->join();
  watch_.reset();
}

base::Result<void> Gateway::start() {
  SALLYPORT_INVARIANT(workers_.empty());
  auto plan = planner_.plan(settings_);
  if (!plan) return std::unexpected(plan.error());
  const auto count = workers_of(settings_);
  const auto hash = crypto::KeyedHash::with_random_key();
  const auto hand_over = [this](std::size_t to, Request request) {
    return workers_[to]->push(std::move(request));
  };
  threads_ = std::make_unique<net::Workers>(count);
  if (ContinuityWatch::is_wanted(settings_))
    watch_ = std::make_unique<ContinuityWatch>(ContinuityWatch::Place{
        log_, metrics_, resolver_, *notices_, *certificates_, *name_, [this](const Word& word) {
          for (const auto& worker : workers_) worker->tell(word);
        }});
  workers_.reserve(count);
  for (std::size_t n = 0; n < count; ++n)
    workers_.push_back(std::make_unique<Worker>(Worker::Place{(*threads_)[n], n, count, log_, metrics_,
                                                              resolver_, hash, limits_, *certificates_, *name_,
                                                              *refusals_, hand_over, watch_.get()}));
  threads_->start();
  auto done = carry_out(std::move(*plan));
  if (done) return done;
  stop();
  workers_.clear();
  threads_.reset();
  return done;
}

base::Result<void> Gateway::reload(settings::Gateway settings) {
  if (state_ != State::ready) return base::failure("the gateway is not running");
  auto plan = planner_.plan(settings);
  if (!plan) return std::unexpected(plan.error());
  if (auto done = carry_out(std::move(*plan)); !done) return done;
  if (workers_of(settings) != workers_.size())
    logger_->log(messages::settings_need_restart, wall_now(), {{"key", std::string("workers")}});
  limits_.set(guard_limits(settings.guard));
  settings_ = std::move(settings);
  return {};
}

base::Result<void> Gateway::carry_out(Plan plan) {
  auto marks = plan.settings.service ? marks_of(*plan.settings.service) : FileMarks{};
  auto prepared = prepare_all(plan);
  if (prepared && watch_ && ContinuityWatch::is_wanted(plan.settings)) prepared = watch_->prepare(plan);
  if (prepared) prepared = notices_->prepare(plan.settings.continuity.notices);
  if (!prepared) {
    for (const auto& worker : workers_) worker->run([&] { worker->abandon(); });
    return prepared;
  }
  notices_->commit();
  watch_in_flight(plan);
  // Counters first, in every worker: a request may be handed to one that has not heard of its validation
  // server.
  for (const auto& worker : workers_) worker->run([&] { worker->know(plan); });
  for (const auto& worker : workers_) worker->run([&] { worker->commit(); });
  if (watch_) ContinuityWatch::is_wanted(plan.settings) ? watch_->commit(plan) : watch_->stand_by(plan);
  if (ContinuityWatch::is_wanted(plan.settings) != (watch_ != nullptr))
    logger_->log(messages::settings_need_restart, wall_now(), {{"key", std::string("continuity.folder")}});
  for (const auto& socket : plan.sockets)
    if (std::ranges::find(sockets_, socket.number, &PlannedSocket::number) == sockets_.end())
      logger_->log(messages::listening, wall_now(),
                   {{"server", socket.server->name}, {"address", socket.address.to_string()}});
  sockets_ = std::move(plan.sockets);
  servers_ = std::move(plan.servers);
  service_files_.have_read(std::move(marks));
  state_ = State::ready;
  return {};
}

void Gateway::look_at_service_files() {
  if (state_ != State::ready || !settings_.service) return;
  auto marks = marks_of(*settings_.service);
  if (!service_files_.look(marks)) return;
  auto ends = certificate_end(*settings_.service);
  if (ends)
    if (auto done = renew_channels(); !done) ends = std::unexpected(done.error());
  if (ends) {
    service_files_.have_read(std::move(marks));
    logger_->log(messages::service_files_taken, wall_now(),
                 {{"not_after", fmt::format("{:%F %T} UTC", *ends)}});
  } else if (service_files_.refused()) {
    logger_->log(messages::service_files_refused, wall_now(), {{"detail", ends.error().what}});
  }
}

// All of them or none.
base::Result<void> Gateway::renew_channels() {
  const Plan plan{settings_, servers_, sockets_};
  const bool watched = watch_ && ContinuityWatch::is_wanted(settings_);
  base::Result<void> prepared;
  for (const auto& worker : workers_)
    if (prepared) worker->run([&] { prepared = worker->prepare_channel(*settings_.service); });
  if (prepared && watched) prepared = watch_->prepare(plan);
  for (const auto& worker : workers_)
    worker->run([&] { prepared ? worker->commit_channel() : worker->abandon(); });
  if (prepared && watched) watch_->commit(plan);
  return prepared;
}

// The first worker finds the ports where the settings leave them open; the others share them.
base::Result<void> Gateway::prepare_all(Plan& plan) {
  for (const auto& worker : workers_) {
    base::Result<void> done;
    worker->run([&] {
      done = worker->prepare(plan);
      if (!done) return;
      for (auto& socket : plan.sockets)
        socket.address = worker->local_of(socket.number).value_or(socket.address);
    });
    if (!done) return done;
  }
  for (const auto& socket : plan.sockets) planner_.opened(socket.number, socket.address);
  return {};
}

void Gateway::watch_in_flight(const Plan& plan) {
  std::map<std::string, std::shared_ptr<void>> gauges;
  for (const auto& server : plan.servers) {
    auto& gauge = gauges[server->name];
    gauge = std::exchange(gauges_[server->name], nullptr);
    if (gauge) continue;
    gauge = metrics_.gauge("sallyport_logins_in_flight", "Logins that have no answer yet",
                           {{"validation_server", server->name}}, [shared = server->shared] {
                             return static_cast<double>(shared->in_flight.load(std::memory_order_relaxed));
                           });
  }
  gauges_ = std::move(gauges);
}

std::size_t Gateway::drain(base::Duration limit) {
  state_ = State::leaving;
  for (const auto& worker : workers_) worker->run([&] { worker->leave(); });
  const auto until = std::chrono::steady_clock::now() + limit;
  std::size_t left = 0;
  while (true) {
    left = 0;
    for (const auto& worker : workers_) worker->run([&] { left += worker->owned(); });
    if (left == 0 || std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (left > 0)
    logger_->log(messages::drain_timed_out, wall_now(), {{"left", static_cast<std::int64_t>(left)}});
  for (const auto& worker : workers_)
    worker->run([] {});  // a turn more: the last answers leave at the end of theirs
  stop();
  state_ = State::stopped;
  return left;
}

Readiness Gateway::readiness() const {
  switch (state_.load()) {
    case State::new_made:
      return {false, "starting"};
    case State::ready:
      // Each worker has its own connections to the same stores: the first stands for all.
      if (workers_.front()->can_judge()) return {true, ""};
      return {false, "no user store can be asked"};
    case State::leaving:
      return {false, "leaving"};
    case State::stopped:
      return {false, "stopped"};
  }
  return {false, "unknown"};
}

std::size_t Gateway::in_flight() const {
  std::size_t out = 0;
  for (const auto& worker : workers_) out += worker->in_flight();
  return out;
}

std::vector<net::Endpoint> Gateway::listening() const {
  std::vector<net::Endpoint> out;
  out.reserve(sockets_.size());
  for (const auto& socket : sockets_) out.push_back(socket.address);
  return out;
}

}  // namespace sallyport::server
