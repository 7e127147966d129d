#pragma once
// One thread's event loop: tasks, one-shot timers and readiness of descriptors. Everything that belongs to a
// loop is touched by the thread that runs it, except `post` and `stop`, which any thread may call. No other
// room sees the library behind it.
#include <chrono>
#include <functional>
#include <memory>

#include "base/time.h"

namespace sallyport::net {

using Task = std::move_only_function<void()>;

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();                    // until stop(); the calling thread becomes the loop's
  bool run_for(base::Duration);  // for tests and tools: false when stop() was called
  void stop();                   // any thread
  void post(Task);               // any thread; runs in the loop's thread, in order
  // Runs when all that is ready in this turn of the loop has been served: where sends are gathered into one
  // call.
  void at_end_of_turn(Task);

  [[nodiscard]] base::Time now() const;  // reads the clocks
  struct Core;                           // for files of this room only
  [[nodiscard]] Core& core() { return *core_; }

 private:
  std::unique_ptr<Core> core_;
};

// One shot. Arming again, cancelling and destroying all withdraw the earlier task, even one that is already
// due.
class Timer {
 public:
  explicit Timer(Loop&);
  ~Timer();
  Timer(Timer&&) noexcept;
  Timer& operator=(Timer&&) noexcept;
  void at(base::SteadyTime, Task);
  void after(base::Duration, Task);
  void cancel();
  [[nodiscard]] bool armed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Calls back while a descriptor (which stays its owner's) is readable or writable; nothing is called after
// destruction.
class Watch {
 public:
  Watch(Loop&, int descriptor);
  ~Watch();
  Watch(Watch&&) noexcept;
  void on_readable(std::function<void()>);  // again and again while readable; an empty function ends it
  void on_writable(std::function<void()>);

 private:
  std::shared_ptr<class Watched> watched_;
};

}  // namespace sallyport::net
