#include "cloud/push_poller.h"

#include <algorithm>

namespace sallyport::cloud {

PushPoller::Added PushPoller::add(const std::string& id, base::SteadyTime deadline, base::SteadyTime now) {
  if (pushes_.contains(id)) return Added::is_here_already;
  if (pushes_.size() >= limit_) return Added::full;
  auto& push = pushes_[id];
  push.deadline = deadline;
  deadlines_.emplace(deadline, id);
  make_due(id, push, now + interval_ / 2, now);  // nobody answers at once
  return Added::yes;
}

void PushPoller::make_due(const std::string& id, Push& push, base::SteadyTime when, base::SteadyTime now) {
  const auto look = push.deadline - last_look;
  if (when > look && now < look) when = look;
  push.out = false;
  push.due = when;
  due_.emplace(when, id);
}

// As many calls in an interval as there are twenties, and a few more, so that one which came between two rounds
// need not wait for the next.
base::Duration PushPoller::gap() const {
  const auto twenties = (pushes_.size() + call_limit - 1) / call_limit;
  return interval_ / static_cast<base::Duration::rep>(twenties + 3);
}

std::optional<base::SteadyTime> PushPoller::next_departure() const {
  if (due_.empty()) return std::nullopt;
  const auto first = due_.begin()->first;
  return last_departure_ ? std::max(first, *last_departure_ + gap()) : first;
}

std::vector<std::string> PushPoller::next_call(base::SteadyTime now) {
  std::vector<std::string> ids;
  const auto departure = next_departure();
  if (!departure || *departure > now) return ids;
  // Those that would be due soon ride along: calls stay full, and their pushes together.
  const auto soon = now + interval_ / 2;
  while (ids.size() < call_limit && !due_.empty() && due_.begin()->first <= soon) {
    auto& push = pushes_.at(due_.begin()->second);
    push.out = true;
    push.asked = now;
    ids.push_back(std::move(due_.extract(due_.begin()).value().second));
  }
  last_departure_ = now;
  return ids;
}

void PushPoller::returned(std::span<const std::string> ids, base::SteadyTime now) {
  for (const auto& id : ids) {
    const auto found = pushes_.find(id);
    if (found == pushes_.end() || !found->second.out) continue;
    make_due(id, found->second, std::max(found->second.asked + interval_, now), now);
  }
}

void PushPoller::forget(const std::string& id) {
  const auto found = pushes_.find(id);
  if (found == pushes_.end()) return;
  due_.erase({found->second.due, id});
  deadlines_.erase({found->second.deadline, id});
  pushes_.erase(found);
}

std::optional<std::string> PushPoller::expired(base::SteadyTime now) {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
  auto id = deadlines_.begin()->second;
  forget(id);
  return id;
}

std::optional<base::SteadyTime> PushPoller::wake() const {
  const auto departure = next_departure();
  if (deadlines_.empty()) return departure;
  const auto deadline = deadlines_.begin()->first;
  return departure ? std::min(deadline, *departure) : deadline;
}

}  // namespace sallyport::cloud
