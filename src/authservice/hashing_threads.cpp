#include "authservice/hashing_threads.h"

namespace sallyport::authservice {

HashingThreads::HashingThreads(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

HashingThreads::~HashingThreads() {
  {
    const std::lock_guard guard(lock_);
    ending_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool HashingThreads::submit(std::move_only_function<void()>& task) {
  {
    const std::lock_guard guard(lock_);
    if (ending_ || queue_.size() >= queue_limit) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void HashingThreads::serve() {
  while (true) {
    std::move_only_function<void()> task;
    {
      std::unique_lock held(lock_);
      wake_.wait(held, [this] { return ending_ || !queue_.empty(); });
      if (ending_) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace sallyport::authservice
