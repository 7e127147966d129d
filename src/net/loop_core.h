#pragma once
// What a Loop stands on, for .cpp files of this room only: epoll, a queue of posted tasks and a heap of timers.
// A descriptor stays registered, level-triggered, from the first callback that is set on it: one that is read
// again and again costs no call to say so. Other threads touch nothing in here but post() and `stop`.
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "net/descriptor.h"
#include "net/loop.h"
#include "net/timer_heap.h"

namespace sallyport::net {

// The descriptor of one Watch.
class Watched : public std::enable_shared_from_this<Watched> {
 public:
  struct Direction {
    std::uint32_t event = 0;
    std::function<void()> call;
    bool replaced = false;  // by the callback that is running
  };
  Watched(Loop::Core& core, int descriptor) : core_(core), descriptor_(descriptor) {}

  void set(Direction&, std::function<void()>);
  void close();
  void serve(std::uint32_t events);

  Direction readable{.event = EPOLLIN, .call = {}}, writable{.event = EPOLLOUT, .call = {}};

 private:
  bool serve(Direction&, std::uint32_t events);
  void want(std::uint32_t events);
  [[nodiscard]] std::uint32_t wanted() const;

  Loop::Core& core_;
  int descriptor_;
  std::uint32_t registered_ = 0;
  bool open_ = true;
};

struct Loop::Core {
  Core();
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void post(Task);  // any thread
  void turn(base::SteadyTime until);
  void forget(const Watched&);  // events of it that were not served yet

  Descriptor epoll;
  TimerHeap timers;
  std::vector<Task> end_of_turn;
  std::atomic<bool> stop = false;

 private:
  int begin_sleep(base::SteadyTime until);  // for how many milliseconds
  void end_sleep();
  void look(int milliseconds);
  std::size_t serve_events();  // how many
  std::size_t serve_tasks();
  std::size_t serve_due();
  void serve_end_of_turn();
  Task take();

  Descriptor wake_;  // an eventfd, edge-triggered: it need not be read
  std::array<epoll_event, 64> events_{};
  std::size_t event_ = 0, event_count_ = 0;
  std::vector<Task> ready_;  // taken from posted_, to be run from ready_at_
  std::size_t ready_at_ = 0;
  std::vector<Task> ending_;  // the same vectors are used again and again

  std::mutex lock_;  // held for a push or a swap, never across a system call
  std::vector<Task> posted_;
  bool asleep_ = false;  // who posts next wakes it
};

}  // namespace sallyport::net
