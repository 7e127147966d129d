#include "net/loop_core.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <csignal>

#include "base/invariant.h"

namespace sallyport::net {
namespace {

constexpr std::size_t turn_limit = 256;  // tasks run before sends are flushed and descriptors looked at again

base::SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace

Loop::Core::Core() : epoll(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  // OpenSSL and libldap write to sockets without MSG_NOSIGNAL; a peer that has left must not end the program.
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  SALLYPORT_INVARIANT(epoll && wake_ && epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0);
}

// What tasks and timers hold may own watches and timers of this loop: it goes while there still are such
// things.
Loop::Core::~Core() {
  stop = true;
  while (const auto task = take()) {
  }
  for (auto* tasks : {&end_of_turn, &ending_}) std::exchange(*tasks, {});
  timers.abandon();
}

void Loop::Core::post(Task task) {
  bool wakes = false;
  {
    const std::lock_guard guard(lock_);
    posted_.push_back(std::move(task));
    wakes = std::exchange(asleep_, false);
  }
  constexpr std::uint64_t one = 1;
  if (wakes) static_cast<void>(::write(wake_.get(), &one, sizeof one));
}

Task Loop::Core::take() {
  if (ready_at_ == ready_.size()) {
    ready_.clear();
    ready_at_ = 0;
    const std::lock_guard guard(lock_);
    ready_.swap(posted_);
  }
  return ready_.empty() ? Task{} : std::move(ready_[ready_at_++]);
}

// One turn: waits for something, at most until `until`; serves what is ready, what is due and what these two
// and others have posted, until nothing more is there; then what was left for the end of the turn. The longer a
// turn of a busy loop, the more its sends gather, and the less often it wakes those who get them.
void Loop::Core::turn(base::SteadyTime until) {
  look(begin_sleep(until));
  for (std::size_t served = 0; served < turn_limit; look(0)) {
    served += serve_events() + serve_due() + serve_tasks();
    if (stop || event_count_ == 0) break;
  }
  serve_end_of_turn();
}

void Loop::Core::look(int milliseconds) {
  if (event_ < event_count_) return;  // one of its callbacks runs the loop
  event_ = event_count_ = 0;
  const int count = epoll_wait(epoll.get(), events_.data(), static_cast<int>(events_.size()), milliseconds);
  event_count_ = static_cast<std::size_t>(std::max(count, 0));
  if (milliseconds > 0) end_sleep();
}

int Loop::Core::begin_sleep(base::SteadyTime until) {
  if (stop || ready_at_ < ready_.size() || !end_of_turn.empty()) return 0;
  if (const auto due = timers.earliest()) until = std::min(until, *due);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_now()).count();
  if (left <= 0) return 0;
  const std::lock_guard guard(lock_);
  if (!posted_.empty()) return 0;
  asleep_ = true;
  return static_cast<int>(std::min<decltype(left)>(left, 3'600'000));
}

void Loop::Core::end_sleep() {
  const std::lock_guard guard(lock_);
  asleep_ = false;
}

std::size_t Loop::Core::serve_events() {
  const auto begin = event_;
  while (event_ < event_count_ && !stop) {
    const auto event = events_[event_++];
    if (event.data.ptr != nullptr) static_cast<Watched*>(event.data.ptr)->serve(event.events);
  }
  return event_ - begin;
}

std::size_t Loop::Core::serve_tasks() {
  std::size_t served = 0;
  for (; served < turn_limit && !stop; ++served) {
    auto task = take();
    if (!task) break;
    task();
  }
  return served;
}

std::size_t Loop::Core::serve_due() {
  std::size_t served = 0;
  for (const auto now = steady_now(); auto task = timers.take_due(now); ++served) task();
  return served;
}

void Loop::Core::serve_end_of_turn() {
  ending_.swap(end_of_turn);
  for (auto& task : ending_) task();
  ending_.clear();
}

void Loop::Core::forget(const Watched& watched) {
  for (auto i = event_; i < event_count_; ++i) {
    if (events_[i].data.ptr == &watched) events_[i].data.ptr = nullptr;
  }
}

}  // namespace sallyport::net
