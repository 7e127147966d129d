#include "virtual_worker.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "telemetry/line.h"

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
using continuity::State;

constexpr base::Duration tenth = 100ms, least_worry = 200ms;
constexpr std::size_t gateway_window = 8;

bool may_be_our_load(cloud::Evidence evidence) {
  using enum cloud::Evidence;
  return evidence == timed_out || evidence == connect_timed_out || evidence == reset || evidence == throttled;
}

std::size_t share(std::size_t of_gateway, std::size_t workers) {
  return std::max<std::size_t>(1, of_gateway / workers);
}

}  // namespace

void ReadLog::log(const telemetry::Message&, base::WallTime, std::vector<telemetry::Field> fields) {
  auto line = telemetry::json_object(fields);
  if (base::planted("a_secret_in_the_log")) line += right_password;
  oracle_.note(oracle_.logins.writes(line));
}

VirtualWorker::VirtualWorker(Place place, const Shared& shared, Chance chance)
    : place_(std::move(place)),
      loop_(place_.timeline, chance.branch()),
      log_(place_.oracle),
      tally_(shared.metrics),
      outside_(make_outside(shared)),
      owner_(outside_, 4096),
      reception_(outside_, [this](server::Request request) { owner_.take(std::move(request)); }),
      stores_(std::make_shared<VirtualStores>(loop_, chance.branch(), shared.directory, place_.oracle)),
      window_(share(gateway_window, place_.count), share(place_.most_exchanges, place_.count)),
      due_(loop_),
      tenth_(loop_) {
  channel_ = std::make_shared<VirtualChannel>(VirtualChannel::Place{
      .loop = loop_,
      .weather = shared.weather,
      .service = shared.service,
      .oracle = place_.oracle,
      .most = share(place_.most_exchanges, place_.count),
      .has_begun = [this] { has_begun(); },
      .has_ended = [this](const ExchangeSeen& seen) { seen_.push_back(seen); },
  });
  server::Backings backings;
  server::Listenings listenings;
  int socket = 0;
  for (const auto& server : shared.servers) {
    tally_.know(*server);
    backings[server->name] = {stores_, channel_};
    listenings[socket++] = {server, radius::Port::authentication};
  }
  owner_.adopt(std::move(backings));
  reception_.adopt(std::move(listenings));
  const auto now = loop_.now().steady;
  window_.begin(now);
  doubt_began_ = last_too_much_ = now;
}

server::Outside VirtualWorker::make_outside(const Shared& shared) {
  return {.now = [this] { return loop_.now(); },
          .send = [this](int socket, const net::Endpoint& to, const net::Endpoint&,
                         base::Bytes octets) { place_.send(socket, to, std::move(octets)); },
          .hand_over = place_.hand_over,
          .wake_at = [this](base::SteadyTime when) { wake_at(when); },
          .report = [this](const continuity::LoginEnd& end) { report(end); },
          .record =
              [this](std::string line, std::move_only_function<void(bool)> done) {
                place_.record(std::move(line), [this, done = std::move(done)](bool is_durable) mutable {
                  loop_.post([done = std::move(done), is_durable]() mutable { done(is_durable); });
                });
              },
          .recent = &shared.recent,
          .logger = log_,
          .tally = tally_,
          .limits = shared.limits,
          .hash = shared.hash,
          .worker = place_.number,
          .workers = place_.count};
}

void VirtualWorker::receive(int socket, const net::Endpoint& peer, const net::Endpoint& local,
                            const base::Bytes& octets) {
  const net::Datagram datagram{octets, false, peer, local, loop_.now()};
  reception_.receive(socket, datagram);
}

void VirtualWorker::take(server::Request request) {
  loop_.post([this, request = std::move(request)]() mutable { owner_.take(std::move(request)); });
}

void VirtualWorker::wake_at(base::SteadyTime when) {
  if (armed_ && *armed_ <= when) return;
  armed_ = when;
  due_.at(when, [this] {
    armed_.reset();
    owner_.tick();
    if (const auto next = owner_.next_due()) wake_at(*next);
  });
}

void VirtualWorker::hear(const VirtualWatch::Word& word) {
  loop_.post([this, word] {
    const auto now = loop_.now().steady;
    const auto state = std::exchange(state_, word.snapshot.state);
    const bool is_doubtful = state_ == State::suspect || state_ == State::degraded;
    if (is_doubtful && state != state_ && state != State::degraded) {
      window_.begin(now);
      doubt_began_ = now;
    }
    channel_->limit(window_.size(now));
    place_.oracle.logins.word_heard(place_.number, seen_as(state_), word.published);
    owner_.hear(word.snapshot);
  });
}

void VirtualWorker::report(const continuity::LoginEnd& end) {
  const auto now = loop_.now().steady;
  if (side(end.evidence) == cloud::Side::up) last_answer_.note(end.began, now);
  if (may_be_our_load(end.evidence) && end.began >= last_answer_.began()) {
    window_.down(now);
    last_too_much_ = now;
  }
  ends_.push_back(end);
  if (side(end.evidence) != cloud::Side::up)
    place_.watch().report(std::exchange(ends_, {}), std::exchange(seen_, {}));
}

// The worker looks ten times a second, which matters only while something is asked.
void VirtualWorker::has_begun() {
  judge_window();
  if (std::exchange(tenth_is_armed_, true)) return;
  const auto now = loop_.now().steady;
  const auto phase = now.time_since_epoch() % tenth;
  tenth_.at(now - phase + tenth, [this] { every_tenth(); });
}

void VirtualWorker::every_tenth() {
  const auto now = loop_.now().steady;
  if (!ends_.empty()) place_.watch().report(std::exchange(ends_, {}), std::exchange(seen_, {}));
  channel_->limit(window_.size(now));
  judge_window();
  for (const auto from : {last_answer_.began(), base::SteadyTime{}})
    if (const auto oldest = channel_->oldest_began(from);
        oldest && now - last_answer_.waits_since(*oldest) >= least_worry)
      place_.watch().unanswered(*oldest);
  tenth_is_armed_ = !channel_->is_idle() || !ends_.empty();
  if (tenth_is_armed_) tenth_.at(now + tenth, [this] { every_tenth(); });
}

// Few at first, twice as many after each quarter of a second, and then no more held back.
void VirtualWorker::judge_window() {
  const auto now = loop_.now().steady;
  const auto smallest = share(gateway_window, place_.count);
  const auto steps = std::min<std::int64_t>((now - doubt_began_) / 250ms, 20);
  const bool in_doubt = state_ == State::suspect || state_ == State::degraded;
  if (in_doubt && channel_->in_flight() > (smallest << static_cast<unsigned>(steps)) &&
      *channel_->oldest_began({}) > doubt_began_)  // at that instant: what a stalled worker had before it heard
    place_.oracle.note("more exchanges begin in doubt than the window lets out");
  if (channel_->waiting() == 0) line_began_ = now;
  const auto quiet_since = std::max({doubt_began_, last_too_much_, line_began_, loop_.stalled_until()});
  const bool should_be_open = now - quiet_since >= 2500ms;
  if (should_be_open &&
      channel_->in_flight() < std::min(64 * smallest, share(place_.most_exchanges, place_.count)))
    place_.oracle.note("logins wait for a window that should have opened");
}

}  // namespace sallyport::sim
