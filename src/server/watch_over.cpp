#include "server/watch_over.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;

// "2099-12-31" as days since 1970, or nothing that ever comes.
std::int64_t day_of(const std::string& date) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(date.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return INT64_MAX;
  const std::chrono::year_month_day when{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return when.ok() ? std::chrono::sys_days(when).time_since_epoch().count() : INT64_MAX;
}

}  // namespace

WatchOver::WatchOver(telemetry::Metrics& metrics, telemetry::Logger& logger, bool speaks)
    : metrics_(metrics),
      logger_(logger),
      speaks_(speaks),
      waiting_(std::make_shared<std::atomic<double>>(0.0)),
      in_flight_(std::make_shared<std::atomic<double>>(0.0)) {
  for (std::size_t i = 0; i < cloud::evidence_kinds; ++i)
    evidence_[i] =
        metrics.counter("sallyport_service_exchanges_total", "Exchanges with the service, by how they ended",
                        {{"evidence", std::string(to_string(static_cast<cloud::Evidence>(i)))}});
  gauges_.push_back(metrics.gauge("sallyport_service_waiting", "Exchanges that wait for a free slot", {},
                                  [w = waiting_] { return w->load(std::memory_order_relaxed); }));
  gauges_.push_back(metrics.gauge("sallyport_service_in_flight", "Exchanges under way", {},
                                  [f = in_flight_] { return f->load(std::memory_order_relaxed); }));
}

void WatchOver::adopt(const std::vector<std::shared_ptr<const ValidationServer>>& servers,
                      const Backings& backings) {
  count_exchanges();  // the old channel's last ones too
  servers_ = servers;
  stores_.clear();
  channel_.reset();
  counted_ = {};
  some_need_no_store_ = false;
  std::vector<const directory::UserStores*> seen;
  for (const auto& [name, backing] : backings) {
    channel_ = backing.channel;
    some_need_no_store_ = some_need_no_store_ || !backing.stores;
    if (!backing.stores || std::ranges::count(seen, backing.stores.get()) != 0) continue;
    seen.push_back(backing.stores.get());
    stores_.push_back(backing.stores);
  }
  connections_.clear();
  if (some_need_no_store_) can_judge_ = true;  // else it is as it was until the next look
}

void WatchOver::adopt(const std::shared_ptr<cloud::Channel>& channel) {
  count_exchanges();
  counted_ = {};
  channel_ = channel;
}

void WatchOver::look(base::Time now) {
  look_at_service(now);
  if (!speaks_) return;
  look_at_stores(now);
  look_at_observed(now);
}

void WatchOver::count_exchanges() {
  const auto channel = channel_.lock();
  if (!channel) return;
  const auto& counts = channel->evidence_counts();
  for (std::size_t i = 0; i < cloud::evidence_kinds; ++i)
    if (const auto more = counts[i] - std::exchange(counted_[i], counts[i])) evidence_[i]->add(more);
}

void WatchOver::look_at_service(base::Time now) {
  count_exchanges();
  const auto channel = channel_.lock();
  if (!channel) return;
  const auto waiting = channel->waiting();
  waiting_->store(static_cast<double>(waiting), std::memory_order_relaxed);
  in_flight_->store(static_cast<double>(channel->in_flight()), std::memory_order_relaxed);
  if (waiting > 0)
    logger_.log_rarely(messages::exchange_queue_full, now, {{"waiting", static_cast<std::int64_t>(waiting)}});
}

// Validation servers with other lists of stores have connections of their own to the same directory: it is up
// when one of them works.
std::vector<directory::ConnectionReport> WatchOver::reports() const {
  std::vector<directory::ConnectionReport> out;
  for (const auto& weak : stores_) {
    const auto stores = weak.lock();
    if (!stores) continue;
    for (auto& report : stores->report()) {
      const auto same = std::ranges::find_if(out, [&](const auto& known) {
        return known.user_store == report.user_store && known.connection == report.connection;
      });
      if (same == out.end())
        out.push_back(std::move(report));
      else if (!same->up && (report.up || same->detail.empty()))
        *same = std::move(report);
    }
  }
  return out;
}

void WatchOver::look_at_stores(base::Time now) {
  bool can_judge = some_need_no_store_, any_tried = false;
  std::map<std::string, std::pair<directory::ConnectionReport, bool>> by_store;
  for (auto& report : reports()) {
    tell(report, now);
    can_judge = can_judge || report.up;
    any_tried = any_tried || !report.detail.empty();
    auto& [last, askable] = by_store[report.user_store];
    askable = askable || report.up;
    last = std::move(report);
  }
  for (const auto& [name, store] : by_store) tell_store(store.first, store.second, now);
  if (can_judge || any_tried) can_judge_ = can_judge;  // stores of a reload are connected to first
}

void WatchOver::tell(const directory::ConnectionReport& report, base::Time now) {
  const auto [at, is_new] = connections_.try_emplace({report.user_store, report.connection});
  auto& connection = at->second;
  if (is_new)
    connection.gauge = metrics_.gauge("sallyport_user_store_up", "Whether the connection to a user store works",
                                      {{"user_store", report.user_store}, {"connection", report.connection}},
                                      [up = connection.is_up] { return up->load() ? 1.0 : 0.0; });
  const bool was_up = connection.is_up->exchange(report.up);
  // A connection that has not been tried yet says nothing.
  if (was_up == report.up && (report.up || connection.was_told || report.detail.empty())) return;
  connection.was_told = true;
  const auto& message = report.up           ? messages::user_store_connection_up
                        : report.refuses_us ? messages::user_store_refuses_us
                                            : messages::user_store_connection_down;
  logger_.log(
      message, now.wall,
      {{"user_store", report.user_store}, {"connection", report.connection}, {"detail", report.detail}});
}

// That logins fail for want of a store is said by the logins.
void WatchOver::tell_store(const directory::ConnectionReport& of_store, bool askable, base::Time now) {
  if (!askable && of_store.detail.empty()) return;  // not tried yet
  const auto [at, is_new] = askable_.try_emplace(of_store.user_store, askable);
  const bool changed = is_new ? !askable : std::exchange(at->second, askable) != askable;
  if (!changed || (!askable && !of_store.skip_when_unreachable)) return;
  std::vector<telemetry::Field> fields{{"user_store", of_store.user_store}};
  if (!askable) fields.push_back({"detail", of_store.detail});
  logger_.log(askable ? messages::user_store_back : messages::user_store_skipped, now.wall, std::move(fields));
}

// Once a day, until somebody decides: observing never turns into requiring by itself.
void WatchOver::look_at_observed(base::Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(now.wall).time_since_epoch().count();
  if (std::exchange(day_, today) == today) return;
  for (const auto& server : servers_)
    for (const auto& client : server->clients.all())
      if (!client->require_message_authenticator && day_of(client->observe_until) < today)
        logger_.log(messages::observe_ended, now.wall,
                    {{"validation_server", server->name},
                     {"client", client->name},
                     {"observe_until", client->observe_until}});
}

}  // namespace sallyport::server
