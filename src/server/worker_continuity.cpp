// Of a Worker: what it hears from the watch over the authentication service, and what it reports to it.
#include <algorithm>
#include <utility>

#include "server/worker.h"

namespace sallyport::server {
namespace {

using continuity::State;

constexpr base::Duration tenth = std::chrono::milliseconds(100);
constexpr base::Duration shortest_wait = std::chrono::milliseconds(5);
constexpr std::size_t reported_together = 4096;
constexpr std::size_t smallest_window = 8;  // of a gateway

// What a service says that is asked by too many at once, or not heard at all.
bool may_be_our_load(cloud::Evidence evidence) {
  switch (evidence) {
    case cloud::Evidence::timed_out:
    case cloud::Evidence::connect_timed_out:
    case cloud::Evidence::reset:
    case cloud::Evidence::throttled:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Worker::tell(const Word& word) {
  loop_.post([this, word] { hear(word); });
}

// In doubt the exchanges begin few at a time, and more and more.
void Worker::hear(const Word& word) {
  const auto now = loop_.now().steady;
  const auto state = std::exchange(state_, word.snapshot.state);
  const auto channel = channel_.lock();
  if (channel && word.server_time) channel->tell_server_time(*word.server_time);
  server_time_ = word.server_time;
  if (channel && word.kept && std::exchange(kept_, word.kept) != word.kept) channel->keep(*word.kept);
  const bool is_doubtful = state_ == State::suspect || state_ == State::degraded;
  if (window_ && is_doubtful && state != state_ && state != State::degraded) window_->begin(now);
  if (window_ && channel) channel->limit(window_->size(now));
  owner_.hear(word.snapshot);
}

void Worker::report(const continuity::LoginEnd& end) {
  const auto meaning = side(end.evidence);
  if (meaning == cloud::Side::up) last_answer_.note(end.began, loop_.now().steady);
  // What was left over from before an answer says nothing about the load now.
  const bool is_stale = end.began < last_answer_.began();
  if (window_ && !is_stale && may_be_our_load(end.evidence)) window_->down(loop_.now().steady);
  if (ends_.size() < reported_together) ends_.push_back(end);
  if (meaning != cloud::Side::up) place_.watch->report(std::exchange(ends_, {}));
}

// When an exchange begins to be worrying it is said at once.
void Worker::every_tenth() {
  const auto now = loop_.now().steady;
  base::Duration next = tenth;
  if (!ends_.empty()) place_.watch->report(std::exchange(ends_, {}));
  if (const auto channel = channel_.lock()) {
    if (window_) channel->limit(window_->size(now));
    next = std::clamp<base::Duration>(tell_who_waits(*channel, now) - now, shortest_wait, tenth);
  }
  tenth_.after(next, [this] { every_tenth(); });
}

// Who began after the newest answer, and who began before it: the watch may know of a newer one. When the next
// will be worrying.
base::SteadyTime Worker::tell_who_waits(const cloud::Channel& channel, base::SteadyTime now) const {
  auto next = base::SteadyTime::max();
  std::size_t slot = 2 * place_.number;
  for (const auto from : {last_answer_.began(), base::SteadyTime{}}) {
    const auto oldest = channel.oldest_began(from);
    const auto worries = oldest ? last_answer_.waits_since(*oldest) + worry_ : base::SteadyTime::max();
    if (worries <= now) place_.watch->unanswered(slot, *oldest);
    if (worries > now) next = std::min(next, worries);
    ++slot;
  }
  return next;
}

void Worker::open_window(std::size_t max_in_flight) {
  const auto share = [this](std::size_t of_gateway) {
    return std::max<std::size_t>(1, of_gateway / place_.count);
  };
  window_.emplace(share(smallest_window), share(max_in_flight));
  window_->begin(loop_.now().steady);
}

}  // namespace sallyport::server
