#include "delivery/queue.h"

#include <algorithm>

namespace sallyport::delivery {
namespace {

std::string line_of(const Delivery& delivery) {
  std::string line(settings::to_string(delivery.kind));
  for (const auto* part : {&delivery.account, &delivery.user, &delivery.destination}) {
    line += '\0';
    line += *part;
  }
  return line;
}

}  // namespace

base::Duration pause_after(int failures, base::Duration first, base::Duration most) {
  auto pause = first;
  for (int i = 1; i < failures && pause < most; ++i) pause *= 2;
  return std::min(pause, most);
}

std::vector<Queue::Dropped> Queue::add(ParcelPointer parcel, base::SteadyTime now) {
  std::vector<Dropped> dropped;
  expire(now, dropped);
  if (parcel->expires() <= now) {
    dropped.push_back({std::move(parcel), Why::expired, 0});
    return dropped;
  }
  if (entries_.size() >= limits_.held) {
    if (expires_.empty()) {
      dropped.push_back({std::move(parcel), Why::full, 0});
      return dropped;
    }
    drop(expires_.begin()->second, Why::full, dropped);
  }
  const auto ticket = next_++;
  auto line = line_of(parcel->delivery);
  entries_.emplace(ticket, Entry{std::move(parcel), std::move(line), now});
  wait(ticket);
  return dropped;
}

Queue::Turn Queue::advance(base::SteadyTime now) {
  Turn turn;
  expire(now, turn.dropped);
  while (under_way_ < limits_.at_once && !ready_.empty() && ready_.begin()->first <= now)
    begin(ready_.begin()->second, turn);
  return turn;
}

void Queue::begin(Ticket ticket, Turn& turn) {
  auto& entry = entries_.at(ticket);
  leave(ticket);
  set_busy(entry.line, true);
  ++under_way_;
  ++entry.attempts;
  turn.begin.push_back({ticket, entry.parcel, entry.attempts});
}

std::vector<Queue::Dropped> Queue::ended(Ticket ticket, Ended how, base::SteadyTime now) {
  std::vector<Dropped> dropped;
  auto& entry = entries_.at(ticket);
  --under_way_;
  const auto line = entry.line;
  if (how == Ended::failed) {
    entry.due = now + pause_after(entry.attempts, limits_.retry_first, limits_.retry_most);
    // A pause that ends after its life is no pause.
    if (entry.due < entry.parcel->expires())
      wait(ticket);
    else
      drop(ticket, Why::expired, dropped);
  } else if (how == Ended::refused) {
    drop(ticket, Why::refused, dropped);
  } else {
    const auto kind = entry.parcel->delivery.kind;
    const bool code = kind != Delivery::Kind::push && kind != Delivery::Kind::notice;
    const auto waiting = lines_[line].waiting;
    entries_.erase(ticket);
    // The newer code is the one that counts; an older one after it would only mislead.
    for (const auto older : waiting)
      if (code && older < ticket) drop(older, Why::overtaken, dropped);
  }
  set_busy(line, false);
  return dropped;
}

std::optional<base::SteadyTime> Queue::wake() const {
  std::optional<base::SteadyTime> time;
  if (!expires_.empty()) time = expires_.begin()->first;
  if (!ready_.empty() && under_way_ < limits_.at_once)
    time = std::min(time.value_or(base::SteadyTime::max()), ready_.begin()->first);
  return time;
}

void Queue::wait(Ticket ticket) {
  const auto& entry = entries_.at(ticket);
  auto& line = lines_[entry.line];
  line.waiting.insert(ticket);
  expires_.emplace(entry.parcel->expires(), ticket);
  if (!line.busy) ready_.emplace(entry.due, ticket);
}

void Queue::leave(Ticket ticket) {
  const auto& entry = entries_.at(ticket);
  lines_[entry.line].waiting.erase(ticket);
  expires_.erase({entry.parcel->expires(), ticket});
  ready_.erase({entry.due, ticket});
}

void Queue::set_busy(const std::string& name, bool busy) {
  auto& line = lines_[name];
  line.busy = busy;
  for (const auto ticket : line.waiting) {
    const std::pair place{entries_.at(ticket).due, ticket};
    if (busy)
      ready_.erase(place);
    else
      ready_.insert(place);
  }
  if (!busy && line.waiting.empty()) lines_.erase(name);
}

void Queue::drop(Ticket ticket, Why why, std::vector<Dropped>& dropped) {
  const auto& entry = entries_.at(ticket);
  leave(ticket);
  const auto line = lines_.find(entry.line);
  if (line != lines_.end() && !line->second.busy && line->second.waiting.empty()) lines_.erase(line);
  dropped.push_back({entry.parcel, why, entry.attempts});
  entries_.erase(ticket);
}

void Queue::expire(base::SteadyTime now, std::vector<Dropped>& dropped) {
  while (!expires_.empty() && expires_.begin()->first <= now)
    drop(expires_.begin()->second, Why::expired, dropped);
}

}  // namespace sallyport::delivery
