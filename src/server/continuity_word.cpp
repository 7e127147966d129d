// Of a ContinuityWatch: what it tells the workers, the operator and whoever asks for its status.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/rfc3339.h"
#include "server/continuity_watch.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
namespace messages = telemetry::messages;
using continuity::Change;
using continuity::State;

constexpr base::Duration apart = std::chrono::minutes(1);  // lines about one trouble that goes on
constexpr base::Duration lease_renewal = std::chrono::milliseconds(500);

std::int64_t milliseconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

const telemetry::Message& message_of(const Change& change) {
  using continuity::Why;
  switch (change.to) {
    case State::normal:
      return change.why == Why::two_good || change.why == Why::risen ? messages::service_normal
                                                                     : messages::service_unknown;
    case State::suspect:
      return messages::service_in_doubt;
    case State::degraded:
      return messages::service_degraded;
    case State::continuity:
      break;
  }
  return messages::continuity_entered;
}

}  // namespace

void ContinuityWatch::after(base::Time now) {
  const auto changes = monitor_->take_changes();
  for (const auto& change : changes) tell(change, now);
  end_outage_when_well();
  if (monitor_->is_armed() && !reached_is_known_) {
    reached_is_known_ = true;
    threads_[1].post([this, digest = digest_] { keeper_.remember_reached(digest); });
  }
  if (!changes.empty() || monitor_->take_news() ||
      (monitor_->state() != State::normal && now.steady - published_ >= lease_renewal) ||
      now.steady - published_ >= 10 * lease_renewal)
    publish(now);
  note_status(now);
}

void ContinuityWatch::publish(base::Time now) {
  published_ = now.steady;
  place_.tell_workers({monitor_->snapshot(now.steady), channel_->server_told(), kept_});
}

std::uint64_t ContinuityWatch::let_in() const {
  std::uint64_t out = 0;
  for (const auto& server : servers_)
    for (const auto& count : server->shared->let_in) out += count.load(std::memory_order_relaxed);
  return out;
}

void ContinuityWatch::tell(const Change& change, base::Time now) {
  const std::string why(to_string(change.why)), cause(to_string(change.cause));
  if (change.from == State::continuity) {
    const auto seconds = milliseconds(now.steady - entered_) / 1000;
    logger_->log(messages::continuity_left, now.wall,
                 {{"seconds", seconds},
                  {"why", why},
                  {"to", std::string(to_string(change.to))},
                  {"let_in", static_cast<std::int64_t>(let_in() - let_in_before_)}});
  }
  if (change.to == State::continuity) {
    entered_ = now.steady;
    entries_->add();
    let_in_before_ = let_in();
  }
  note_outage(change, now);
  logger_->log(message_of(change), now.wall,
               {{"why", why}, {"cause", cause}, {"from", std::string(to_string(change.from))}});
  const auto detail = last_probe_ ? std::string_view(last_probe_->detail) : std::string_view();
  if (const auto news = news_.of(change, detail, let_in(), now)) place_.notices.send(*news);
}

// What limits count is an outage from its first continuity until the service is well, whatever lies between.
void ContinuityWatch::note_outage(const Change& change, base::Time now) {
  counts_ = counts_ || change.to != State::normal;
  if (change.to != State::continuity) return;
  for (const auto& server : servers_)
    if (server->shared->mode != continuity::Mode::enabled) server->shared->outage.begins(now.steady);
  threads_[1].post([this, when = now.steady] { keeper_.outage_begins(when); });
}

// In `normal` because nothing is known any more it may go on.
void ContinuityWatch::end_outage_when_well() {
  if (!counts_ || monitor_->state() != State::normal || !newest_reach_was_good_) return;
  counts_ = false;
  for (const auto& server : servers_)
    if (server->shared->mode != continuity::Mode::enabled) server->shared->outage.ends();
  threads_[1].post([this] { keeper_.outage_ends(); });
}

void ContinuityWatch::tell_alarms(cloud::Evidence evidence, const std::string& detail, base::Time now) {
  const std::string cause(to_string(evidence));
  const auto meaning = side(evidence, profile_);
  if (const auto news = news_.of(evidence, meaning, detail, now)) place_.notices.send(*news);
  switch (meaning) {
    case cloud::Side::barred:
      return logger_->log_rarely(messages::continuity_barred, now, {{"cause", cause}, {"detail", detail}},
                                 apart);
    case cloud::Side::down:
      if (!monitor_->is_armed())
        logger_->log_rarely(messages::service_never_seen, now, {{"cause", cause}, {"detail", detail}}, apart);
      return;
    case cloud::Side::up:
    case cloud::Side::neither:
      return;
  }
}

void ContinuityWatch::note_status(base::Time now) {
  const auto snapshot = monitor_->snapshot(now.steady);
  is_armed_->store(monitor_->is_armed() ? 1.0 : 0.0, std::memory_order_relaxed);
  for (std::size_t i = 0; i < continuity::states; ++i)
    is_state_[i]->store(static_cast<std::size_t>(snapshot.state) == i ? 1.0 : 0.0, std::memory_order_relaxed);
  const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(now.steady - snapshot.entered);
  json::object out{
      {"state", to_string(snapshot.state)},
      {"armed", monitor_->is_armed()},
      {"since", base::rfc3339(now.wall - ago)},
      {"cause", snapshot.state == State::normal ? "" : to_string(snapshot.cause)},
      {"next_probe_ms", std::max<std::int64_t>(0, milliseconds(monitor_->next_probe() - now.steady))}};
  if (last_probe_) {
    out["detail"] = last_probe_->detail;
    out["last_probe"] = {{"evidence", to_string(last_probe_->evidence)},
                         {"took_ms", milliseconds(last_probe_->took)}};
  }
  auto text = json::serialize(out);
  text = text.substr(1, text.size() - 2);
  const std::lock_guard guard(status_lock_);
  status_ = std::move(text);
}

std::string ContinuityWatch::status() {
  const std::lock_guard guard(status_lock_);
  return status_.empty() ? R"("state":"suspect")" : status_;
}

}  // namespace sallyport::server
