#pragma once
// The one clock of a run: what is to happen, and when. Nothing takes time but what says so. Two things at the
// same moment happen in the order in which they were put here.
#include <cstdint>
#include <functional>
#include <vector>

#include "base/time.h"
#include "chance.h"

namespace sallyport::sim {

class Timeline {
 public:
  using Task = std::move_only_function<void()>;

  explicit Timeline(base::Time start) : now_(start) {}
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  [[nodiscard]] const base::Time& now() const { return now_; }
  [[nodiscard]] base::SteadyTime steady() const { return now_.steady; }
  void at(base::SteadyTime, Task);
  void after(base::Duration wait, Task task) { at(now_.steady + wait, std::move(task)); }
  // Does the next thing; false: nothing is left.
  bool go_on();
  void step_wall_clock(base::Duration by) {
    now_.wall += std::chrono::duration_cast<std::chrono::microseconds>(by);
  }

 private:
  struct Event {
    base::SteadyTime when;
    std::uint64_t number;
    std::size_t place;  // in tasks_
    bool operator<(const Event& other) const {
      return when != other.when ? when > other.when : number > other.number;
    }
  };
  base::Time now_;
  std::vector<Event> events_;  // a heap
  std::vector<Task> tasks_;
  std::vector<std::size_t> free_;
  std::uint64_t events_so_far_ = 0;
};

// One thread of the gateway. What is to be done by it waits while it is stalled.
class Loop {
 public:
  Loop(Timeline& timeline, Chance chance) : timeline_(timeline), chance_(chance) {}

  [[nodiscard]] const base::Time& now() const { return timeline_.now(); }
  void at(base::SteadyTime when, Timeline::Task task);
  // From another thread.
  void post(Timeline::Task task) {
    at(now().steady + chance_.between(shortest_post, longest_post), std::move(task));
  }
  void stall(base::Duration how_long) { stalled_until_ = now().steady + how_long; }
  [[nodiscard]] base::SteadyTime stalled_until() const { return stalled_until_; }

 private:
  static constexpr base::Duration shortest_post = std::chrono::microseconds(20);
  static constexpr base::Duration longest_post = std::chrono::microseconds(200);
  Timeline& timeline_;
  Chance chance_;
  base::SteadyTime stalled_until_{};
};

// Something that is to be done once, unless it is put off or withdrawn. Outlives what it does.
class Alarm {
 public:
  explicit Alarm(Loop& loop) : loop_(loop) {}

  void at(base::SteadyTime when, Timeline::Task task) {
    loop_.at(when, [this, mine = ++newest_, task = std::move(task)]() mutable {
      if (mine == newest_) task();
    });
  }
  void cancel() { ++newest_; }

 private:
  Loop& loop_;
  std::uint64_t newest_ = 0;
};

}  // namespace sallyport::sim
