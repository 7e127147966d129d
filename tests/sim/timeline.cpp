#include "timeline.h"

#include <algorithm>
#include <utility>

namespace sallyport::sim {

void Timeline::at(base::SteadyTime when, Task task) {
  std::size_t place = tasks_.size();
  if (free_.empty()) {
    tasks_.push_back(std::move(task));
  } else {
    place = free_.back();
    free_.pop_back();
    tasks_[place] = std::move(task);
  }
  events_.push_back({std::max(when, now_.steady), ++events_so_far_, place});
  std::push_heap(events_.begin(), events_.end());
}

bool Timeline::go_on() {
  if (events_.empty()) return false;
  std::pop_heap(events_.begin(), events_.end());
  const auto event = events_.back();
  events_.pop_back();
  if (event.when > now_.steady) now_ = now_ + (event.when - now_.steady);
  auto task = std::exchange(tasks_[event.place], {});
  free_.push_back(event.place);
  task();
  return true;
}

void Loop::at(base::SteadyTime when, Timeline::Task task) {
  timeline_.at(std::max(when, stalled_until_), [this, task = std::move(task)]() mutable {
    if (now().steady < stalled_until_) return at(stalled_until_, std::move(task));
    task();
  });
}

}  // namespace sallyport::sim
