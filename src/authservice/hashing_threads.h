#pragma once
// Threads for what takes tens of milliseconds on purpose: the hashing of PINs. Neither a worker's loop nor the
// database thread may wait for it.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sallyport::authservice {

class HashingThreads {
 public:
  static constexpr std::size_t queue_limit = 256;
  explicit HashingThreads(unsigned threads = 2);
  ~HashingThreads();  // what waits is dropped

  // False: the queue is full, `task` was not taken.
  [[nodiscard]] bool submit(std::move_only_function<void()>& task);

 private:
  void serve();
  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> queue_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sallyport::authservice
