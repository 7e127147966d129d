#include "net/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>

#include "net/asio.h"

namespace sallyport::net {
namespace {

constexpr std::size_t turn_limit = 256;  // completions served before the end-of-turn tasks get their chance

base::SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

void run_end_of_turn(Loop::Asio& asio) {
  asio.ending.swap(asio.end_of_turn);
  for (auto& task : asio.ending) task();
  asio.ending.clear();
}

void run_due(Loop::Asio& asio) {
  const auto now = steady_now();
  while (auto task = asio.timers.take_due(now)) task();
}

// One turn: what is ready, what is due, the end-of-turn tasks; then waits for more, at most until `until`.
void turn(Loop::Asio& asio, base::SteadyTime until) {
  std::size_t served = 0;
  while (!asio.stop && served < turn_limit && asio.io.poll_one() != 0) ++served;
  run_due(asio);
  run_end_of_turn(asio);
  if (asio.stop || !asio.end_of_turn.empty()) return;
  if (const auto due = asio.timers.earliest()) until = std::min(until, *due);
  asio.io.run_one_until(until);
}

}  // namespace

Loop::Loop() : asio_(std::make_unique<Asio>()) {
  // OpenSSL and libldap write to sockets without MSG_NOSIGNAL; a peer that has left must not end the program.
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  asio_->io.get_executor().on_work_started();
}

Loop::~Loop() = default;

void Loop::run() {
  while (!asio_->stop) turn(*asio_, steady_now() + std::chrono::hours(1));
  asio_->stop = false;
}

bool Loop::run_for(base::Duration duration) {
  const auto until = steady_now() + duration;
  do turn(*asio_, until);
  while (!asio_->stop && steady_now() < until);
  return !asio_->stop.exchange(false);
}

void Loop::stop() {
  asio_->stop = true;
  post([] {});
}

void Loop::post(Task task) { boost::asio::post(asio_->io, std::move(task)); }

void Loop::at_end_of_turn(Task task) { asio_->end_of_turn.push_back(std::move(task)); }

base::Time Loop::now() const {
  return {steady_now(), std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), false};
}

struct Timer::State {
  explicit State(TimerHeap& h) : heap(h) {}
  TimerHeap& heap;
  TimerHeap::Entry entry;
};

Timer::Timer(Loop& loop) : state_(std::make_shared<State>(loop.asio().timers)) {}
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
