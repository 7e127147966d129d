#include "app/program.h"

#include <fmt/chrono.h>

#include <csignal>
#include <cstdlib>
#include <ranges>

#include "net/tls.h"

namespace sallyport::app {

namespace messages = telemetry::messages;

Program::Program(std::string name, std::string settings_file)
    : name_(std::move(name)), settings_file_(std::move(settings_file)) {}

Program::~Program() {
  if (draining_.joinable()) draining_.join();
}

base::Result<std::unique_ptr<Program>> Program::prepare(std::string name, std::string settings_file,
                                                        const settings::Log& log) {
  std::unique_ptr<Program> program(new Program(std::move(name), std::move(settings_file)));
  auto signals = net::Signals::take(program->loop_, {SIGHUP, SIGTERM, SIGINT},
                                    [raw = program.get()](int signal) { raw->received(signal); });
  if (!signals) return std::unexpected(signals.error());
  program->signals_ = std::move(*signals);
  auto opened = telemetry::Log::open(log);
  if (!opened) return std::unexpected(opened.error());
  program->log_ = std::move(*opened);
  program->logger_ = program->log_->make_logger();
  return program;
}

void Program::say_expiry(const std::string& certificate_file, const std::string& key_file,
                         const base::Secret& password) {
  constexpr std::chrono::days told_before{30};
  const auto identity = net::load_identity(certificate_file, key_file, password);
  if (!identity) return;  // whoever uses it says why
  const auto facts = net::facts_of(identity->certificate_pem);
  if (!facts || facts->not_after - now() > told_before) return;
  const auto& message = facts->not_after < now() ? telemetry::messages::certificate_expired
                                                 : telemetry::messages::certificate_expiring;
  logger_->log(message, now(),
               {{"file", certificate_file}, {"not_after", fmt::format("{:%F %T} UTC", facts->not_after)}});
}

int Program::run(const std::string& metrics_listen, std::size_t workers, Calls calls) {
  calls_ = std::move(calls);
  if (!metrics_listen.empty()) {
    auto monitor =
        telemetry::MonitorServer::open(loop_, metrics_listen, metrics_, [this] { return calls_.not_ready(); });
    if (monitor)
      monitor_ = std::move(*monitor);
    else  // logins matter more than who watches them
      logger_->log(messages::metrics_cannot_listen, now(),
                   {{"address", metrics_listen}, {"detail", monitor.error().what}});
  }
  logger_->log(
      messages::started, now(),
      {{"program", name_}, {"version", SALLYPORT_VERSION}, {"workers", static_cast<std::int64_t>(workers)}});
  if (calls_.every_half_second) tick();
  loop_.run();
  if (draining_.joinable()) draining_.join();
  logger_->log(messages::stopped, now(), {{"program", name_}});
  return 0;
}

void Program::tick() {
  if (stopping_) return;
  calls_.every_half_second();
  tick_.after(std::chrono::milliseconds(500), [this] { tick(); });
}

void Program::received(int signal) {
  if (signal == SIGHUP) return reload();
  stop(signal);
}

void Program::reload() {
  if (stopping_) return;
  log_->reopen();
  const auto done = calls_.reload();
  if (done)
    logger_->log(messages::settings_loaded, now(), {{"file", settings_file_}});
  else
    for (const auto mistake : std::views::split(done.error().what, '\n'))
      logger_->log(messages::settings_refused, now(),
                   {{"file", settings_file_}, {"mistake", std::string(mistake.begin(), mistake.end())}});
}

void Program::say_restart_needed(const std::string& key) {
  logger_->log(messages::settings_need_restart, now(), {{"key", key}});
}

void Program::say_warning(const std::string& file, const settings::Warning& warning) {
  logger_->log(messages::settings_warning, now(),
               {{"file", file}, {"key", warning.key}, {"what", warning.what}});
}

void Program::stop(int signal) {
  if (std::exchange(stopping_, true)) std::_Exit(128 + signal);  // asked twice: somebody cannot wait
  logger_->log(messages::stopping, now(),
               {{"program", name_}, {"reason", std::string(signal == SIGTERM ? "SIGTERM" : "SIGINT")}});
  draining_ = std::thread([this] {
    const auto left = calls_.drain();
    loop_.post([this, left] {
      if (left > 0) logger_->log(messages::drain_timed_out, now(), {{"left", static_cast<std::int64_t>(left)}});
      loop_.stop();
    });
  });
}

}  // namespace sallyport::app
