#pragma once
// Boost.Asio, for .cpp files of this room only: what a Loop stands on. Asio gives the reactor and the queue of
// tasks; timers are kept in a heap of our own, because a login arms and cancels several of them and Asio's
// would cost a system call or a posted completion each.
#include <atomic>
#include <vector>

#define BOOST_ASIO_SEPARATE_COMPILATION
#include <boost/asio/io_context.hpp>

#include "net/loop.h"
#include "net/timer_heap.h"

namespace sallyport::net {

struct Loop::Asio {
  Asio() = default;
  ~Asio() { timers.abandon(); }
  Asio(const Asio&) = delete;
  Asio& operator=(const Asio&) = delete;

  TimerHeap timers;  // before `io`: completions that `io` destroys may withdraw timers
  std::vector<Task> end_of_turn;
  std::vector<Task> ending;  // the same vectors are used again and again
  std::atomic<bool> stop = false;
  boost::asio::io_context io{1};
};

}  // namespace sallyport::net
