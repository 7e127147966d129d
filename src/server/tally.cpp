#include "server/tally.h"

#include "base/invariant.h"

namespace sallyport::server {
namespace {

using telemetry::Labels;
using validation::Reason;

constexpr std::array<std::string_view, own_drops> drop_words{"unknown_client", "no_validation_server",
                                                             "worker_busy",    "too_many_logins",
                                                             "leaving",        "deliberately_silent"};

constexpr std::array all_reasons{Reason::success,
                                 Reason::refused,
                                 Reason::not_acceptable,
                                 Reason::user_store_unreachable,
                                 Reason::service_unreachable,
                                 Reason::password_expired,
                                 Reason::password_must_change,
                                 Reason::account_disabled,
                                 Reason::account_locked,
                                 Reason::account_expired,
                                 Reason::more_is_asked,
                                 Reason::denied_in_outage,
                                 Reason::append_code};
static_assert(all_reasons.back() == Reason{validation::reasons - 1});

std::string_view verdict_of(Reason reason) {
  if (reason == Reason::success) return "accept";
  return reason == Reason::more_is_asked ? "challenge" : "reject";
}

}  // namespace

std::string_view to_string(Drop reason) { return drop_words.at(static_cast<std::size_t>(reason)); }

void ServerTally::count(const validation::Finish& end) {
  const auto reason = static_cast<std::size_t>(end.reason);
  const auto& counters = end.verdict == validation::Verdict::silent ? silent : accepted_or_rejected;
  if (const auto& counter = counters.at(reason)) counter->add();
  if (!end.rung) return;
  if (const auto& counter = let_in.at(static_cast<std::size_t>(*end.rung))) counter->add();
}

Tally::Tally(telemetry::Metrics& metrics) : metrics_(metrics) {
  const auto drop = [&](std::string_view word) {
    return metrics.counter("sallyport_radius_dropped_total", "RADIUS packets that got no answer, by reason",
                           {{"reason", std::string(word)}});
  };
  for (std::size_t i = 0; i < own_drops; ++i) own_drops_[i] = drop(drop_words[i]);
  for (std::size_t i = 0; i < radius::drop_reason_count; ++i)
    radius_drops_[i] = drop(to_string(static_cast<radius::DropReason>(i)));
  const auto step = [&](const char* name) {
    return metrics.histogram("sallyport_login_step_seconds", "Time of the steps of a login", {{"step", name}});
  };
  search_seconds = step("search");
  bind_seconds = step("bind");
  service_seconds = step("service");
}

void Tally::know(const ValidationServer& server) {
  auto& tally = servers_[server.name];
  const Labels here{{"validation_server", server.name}};
  for (const auto& client : server.clients.all()) {
    auto& counter = tally.would_break[client->name];
    if (counter) continue;
    counter = metrics_.counter(
        "sallyport_radius_would_break_total",
        "Requests without Message-Authenticator from clients with message_authenticator = observe",
        {{"validation_server", server.name}, {"client", client->name}});
  }
  if (tally.requests) return;
  tally.requests =
      metrics_.counter("sallyport_radius_access_requests_total", "Access-Requests of known clients", here);
  tally.status_requests =
      metrics_.counter("sallyport_radius_status_requests_total", "Status-Server requests answered", here);
  tally.accounting_requests =
      metrics_.counter("sallyport_radius_accounting_requests_total", "Accounting-Requests acknowledged", here);
  tally.joined =
      metrics_.counter("sallyport_logins_joined_total", "Retries that joined a login in flight", here);
  tally.duplicates_in_flight = metrics_.counter("sallyport_radius_duplicates_waiting_total",
                                                "Duplicates of a login in flight: not answered yet", here);
  tally.duplicates_answered = metrics_.counter("sallyport_radius_duplicates_answered_total",
                                               "Duplicates that got the kept answer again", here);
  tally.two_at_once = metrics_.counter("sallyport_pushes_two_at_once_total",
                                       "Logins refused because a push of their user was waiting already", here);
  tally.login_seconds = metrics_.histogram("sallyport_login_seconds", "Time from arrival to verdict", here);
  for (const auto rung : {continuity::Rung::any_code, continuity::Rung::recent_success})
    tally.let_in[static_cast<std::size_t>(rung)] =
        metrics_.counter("sallyport_continuity_logins_total", "Logins that business continuity let in, by rung",
                         {{"validation_server", server.name}, {"rung", std::string(to_string(rung))}});
  for (const auto reason : all_reasons) {
    const auto labels = [&](std::string_view verdict) {
      return Labels{{"validation_server", server.name},
                    {"verdict", std::string(verdict)},
                    {"reason", std::string(to_string(reason))}};
    };
    const auto make = [&](std::string_view verdict) {
      return metrics_.counter("sallyport_logins_total", "Logins that ended, by verdict and reason",
                              labels(verdict));
    };
    tally.accepted_or_rejected[static_cast<std::size_t>(reason)] = make(verdict_of(reason));
    if (reason == Reason::user_store_unreachable || reason == Reason::service_unreachable)
      tally.silent[static_cast<std::size_t>(reason)] = make("silent");
  }
}

ServerTally& Tally::of(const ValidationServer& server) {
  const auto found = servers_.find(server.name);
  SALLYPORT_INVARIANT(found != servers_.end());
  return found->second;
}

}  // namespace sallyport::server
