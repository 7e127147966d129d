#include "virtual_watch.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
using continuity::Probe;
using continuity::Probed;
using continuity::State;
using When = continuity::Probed::When;

constexpr base::Duration longest_turn = 500ms, trial_turn = 50ms, lease_renewal = 500ms, runs_on = 9s;
constexpr std::size_t most_running = 10;

}  // namespace

VirtualWatch::VirtualWatch(Place place, Chance chance)
    : place_(std::move(place)),
      chance_(chance),
      monitor_(place_.rules, place_.is_armed, place_.loop.now().steady),
      turn_(place_.loop) {}

void VirtualWatch::begin() {
  has_changed_ = true;
  turn();
}

void VirtualWatch::report(std::vector<continuity::LoginEnd> ends, std::vector<ExchangeSeen> seen) {
  place_.loop.post([this, ends = std::move(ends), seen = std::move(seen)] {
    const auto now = place_.loop.now().steady;
    for (std::size_t i = 0; i < std::max(ends.size(), seen.size()); ++i) {
      if (i < seen.size()) place_.oracle.states.hears(seen[i], now);
      if (i < ends.size()) monitor_.observe(ends[i], now);
      take_changes();
    }
    turn();
  });
}

// The oracle looks when it is said, too: when it is heard, the answer may be on its way behind it.
void VirtualWatch::unanswered(base::SteadyTime began) {
  unanswered_since_.push_back(began);
  note_who_waits({base::SteadyTime{}, place_.oracle.states.answered_began(), began});
  if (std::exchange(unanswered_is_posted_, true)) return;
  place_.loop.post([this] {
    unanswered_is_posted_ = false;
    place_.oracle.states.one_waits_since(waits_since());
    for (const auto since : std::exchange(unanswered_since_, {}))
      monitor_.unanswered(since, place_.loop.now().steady);
    turn();
  });
}

void VirtualWatch::note_who_waits(std::initializer_list<base::SteadyTime> since) {
  for (const auto from : since)
    if (const auto oldest = place_.oldest_waiting(from)) waited_.push_back(*oldest);
}

std::optional<base::SteadyTime> VirtualWatch::waits_since() {
  note_who_waits({base::SteadyTime{}, place_.oracle.states.answered_began()});
  std::optional<base::SteadyTime> out;
  for (const auto began : std::exchange(waited_, {})) {
    const auto since = place_.oracle.states.waits_since(began);
    out = out ? std::min(*out, since) : since;
  }
  return out;
}

void VirtualWatch::turn() {
  const auto now = place_.loop.now().steady;
  take_changes();
  if (now >= monitor_.next_probe()) {
    monitor_.probes_begin(now, chance_.share());
    begin_probe(Probe::reach);
    if (place_.rules.has_canary) begin_probe(Probe::canary);
  }
  monitor_.tick(now);
  after();
  const auto wait = monitor_.state() == State::normal ? longest_turn : trial_turn;
  turn_.at(std::min(now + wait, std::max(monitor_.next_probe(), now + 1ms)), [this] { turn(); });
}

void VirtualWatch::begin_probe(Probe probe) {
  auto& running = running_[static_cast<std::size_t>(probe)];
  if (running >= most_running) return;
  ++running;
  const auto now = place_.loop.now().steady;
  auto one = std::make_shared<Running>(probe, now, place_.loop);
  one->limit.at(now + continuity::probe_limit, [this, one] {
    one->was_unfinished = true;
    observe({one->probe, When::unfinished, cloud::Evidence::timed_out, one->began});
    turn();
  });
  const bool fresh = monitor_.state() != State::normal;
  if (probe == Probe::reach)
    return place_.channel->server_time(
        now + runs_on, fresh,
        [this, one](const cloud::ServerTimeAnswer& answer) { ended(one, answer.evidence); });
  place_.channel->authenticate_user(
      {"canary", "", fresh, now + runs_on}, base::Secret("000000"), std::nullopt,
      [this, one](const cloud::CodeAnswer& answer) { ended(one, answer.evidence); });
}

void VirtualWatch::ended(const std::shared_ptr<Running>& one, cloud::Evidence evidence) {
  one->limit.cancel();
  --running_[static_cast<std::size_t>(one->probe)];
  observe({one->probe, one->was_unfinished ? When::late : When::in_time, evidence, one->began});
  turn();
}

void VirtualWatch::observe(const Probed& probed) {
  const auto now = place_.loop.now().steady;
  ProbeSeen seen{probed.probe == Probe::canary, ProbeSeen::When::in_time, place_.oracle.sign(probed.evidence),
                 probed.evidence == cloud::Evidence::timed_out, probed.began};
  if (probed.when == When::unfinished) seen.when = ProbeSeen::When::unfinished;
  if (probed.when == When::late) seen.when = ProbeSeen::When::late;
  place_.oracle.tell_probe(seen);
  place_.oracle.states.hears(seen, now);
  monitor_.observe(probed, now);
  take_changes();
}

// At once, so that the oracle judges each by what led to it.
void VirtualWatch::take_changes() {
  for (const auto& change : monitor_.take_changes()) {
    has_changed_ = true;
    place_.oracle.changes(seen_as(change.from), seen_as(change.to), std::string(to_string(change.why)));
  }
}

void VirtualWatch::after() {
  take_changes();
  const auto now = place_.loop.now().steady;
  place_.oracle.note(place_.oracle.states.settled(seen_as(monitor_.state()), now));
  const bool is_due = (monitor_.state() != State::normal && now - published_ >= lease_renewal) ||
                      now - published_ >= 10 * lease_renewal;
  const bool has_news = monitor_.take_news();
  if (!std::exchange(has_changed_, false) && !has_news && !is_due) return;
  published_ = now;
  place_.tell_workers({monitor_.snapshot(now), now});
}

}  // namespace sallyport::sim
