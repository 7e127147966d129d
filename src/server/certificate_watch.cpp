#include "server/certificate_watch.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;

constexpr std::array<std::int64_t, 3> ahead{7, 30, 60};  // days
constexpr std::int64_t never = INT64_MAX;
constexpr std::size_t most_dates = 16;

// Of all stages that have been reached, the latest: a number that only falls.
std::int64_t stage_of(std::int64_t days) {
  if (days < 1) return days;
  for (const auto stage : ahead)
    if (days <= stage) return stage;
  return never;
}

}  // namespace

std::optional<std::int64_t> EndDate::due(std::chrono::sys_seconds ends, base::WallTime now) {
  if (ends.time_since_epoch().count() == 0) return std::nullopt;
  const auto days = std::chrono::floor<std::chrono::days>(ends - now).count();
  const auto stage = stage_of(days);
  auto& told = told_.try_emplace(ends, never).first->second;
  if (stage >= told) return std::nullopt;
  told = stage;
  if (told_.size() > most_dates) told_.erase(told_.begin());
  return days;
}

CertificateWatch::CertificateWatch(telemetry::Log& log, telemetry::Metrics& metrics, Notices& notices)
    : logger_(log.make_logger()),
      notices_(notices),
      own_(make(metrics, "own", "our own")),
      service_(make(metrics, "service", "the authentication service's")) {}

CertificateWatch::One CertificateWatch::make(telemetry::Metrics& metrics, const char* label,
                                             const char* whose) {
  One one{whose, {}, std::make_shared<std::atomic<std::int64_t>>(0), nullptr};
  one.gauge = metrics.gauge(
      "sallyport_certificate_expires_seconds",
      "When the certificate ends, in seconds since 1970; 0: not known yet", {{"certificate", label}},
      [ends = one.ends] { return static_cast<double>(ends->load(std::memory_order_relaxed)); });
  return one;
}

void CertificateWatch::see(const cloud::Channel& channel) {
  const auto keep = [](One& one, std::chrono::sys_seconds ends) {
    if (const auto seconds = ends.time_since_epoch().count(); seconds != 0)
      one.ends->store(seconds, std::memory_order_relaxed);
  };
  keep(own_, channel.own_certificate_ends());
  keep(service_, channel.service_certificate_ends());
}

void CertificateWatch::look(base::Time now) {
  look(own_, now);
  look(service_, now);
}

void CertificateWatch::look(One& one, base::Time now) {
  const std::chrono::sys_seconds ends{std::chrono::seconds(one.ends->load(std::memory_order_relaxed))};
  const auto days = one.date.due(ends, now.wall);
  if (!days) return;
  const auto& message =
      *days > ahead.front() ? messages::certificate_ends_soon : messages::certificate_ends_now;
  const auto when = fmt::format("{:%F %T} UTC", ends);
  logger_->log(message, now.wall, {{"whose", std::string(one.whose)}, {"not_after", when}, {"days", *days}});
  notices_.send(certificate_ends(message, one.whose, when, *days));
}

}  // namespace sallyport::server
