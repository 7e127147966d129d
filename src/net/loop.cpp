#include "net/loop.h"

#include "net/loop_core.h"

namespace sallyport::net {
namespace {

base::SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace

Loop::Loop() : core_(std::make_unique<Core>()) {}
Loop::~Loop() = default;

void Loop::run() {
  while (!core_->stop) core_->turn(steady_now() + std::chrono::hours(1));
  core_->stop = false;
}

bool Loop::run_for(base::Duration duration) {
  const auto until = steady_now() + duration;
  do core_->turn(until);
  while (!core_->stop && steady_now() < until);
  return !core_->stop.exchange(false);
}

void Loop::stop() {
  core_->stop = true;
  post([] {});
}

void Loop::post(Task task) { core_->post(std::move(task)); }

void Loop::at_end_of_turn(Task task) { core_->end_of_turn.push_back(std::move(task)); }

base::Time Loop::now() const {
  return {steady_now(), std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), false};
}

struct Timer::State {
  explicit State(TimerHeap& h) : heap(h) {}
  TimerHeap& heap;
  TimerHeap::Entry entry;
};

Timer::Timer(Loop& loop) : state_(std::make_shared<State>(loop.core().timers)) {}
Timer::~Timer() { cancel(); }
Timer::Timer(Timer&&) noexcept = default;

Timer& Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    cancel();
    state_ = std::move(other.state_);
  }
  return *this;
}

void Timer::at(base::SteadyTime due, Task task) { state_->heap.add(state_->entry, due, std::move(task)); }
void Timer::after(base::Duration delay, Task task) { at(steady_now() + delay, std::move(task)); }

void Timer::cancel() {
  if (const auto kept = state_; kept && armed()) kept->heap.remove(kept->entry);
}

bool Timer::armed() const { return state_ && state_->entry.place != TimerHeap::Entry::unarmed; }

}  // namespace sallyport::net
