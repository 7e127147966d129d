#pragma once
// A bounded queue from any thread to one loop. `push` never waits: it says false when the box is full, and the
// sender decides what that means. The receiver gets everything that lies in the box as one batch, in its own
// thread.
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "net/loop.h"

namespace sallyport::net {

template <class T>
class Mailbox {
 public:
  using Receive = std::function<void(std::vector<T>&)>;

  Mailbox(Loop& loop, std::size_t limit, Receive receive)
      : loop_(loop), limit_(limit), box_(std::make_shared<Box>(std::move(receive))) {}
  ~Mailbox() { box_->closed = true; }  // in the loop's thread, or after it ended
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  [[nodiscard]] bool push(T item) {
    bool wake = false;
    {
      const std::lock_guard guard(box_->lock);
      if (box_->items.size() >= limit_) return false;
      wake = box_->items.empty();
      box_->items.push_back(std::move(item));
    }
    if (wake) loop_.post([box = box_] { box->deliver(); });
    return true;
  }

 private:
  struct Box {
    explicit Box(Receive r) : receive(std::move(r)) {}
    void deliver() {
      std::vector<T> batch;
      {
        const std::lock_guard guard(lock);
        batch.swap(items);
      }
      if (!closed) receive(batch);
    }
    std::mutex lock;  // held for a push or a swap, never across a system call
    std::vector<T> items;
    Receive receive;
    bool closed = false;
  };

  Loop& loop_;
  std::size_t limit_;
  std::shared_ptr<Box> box_;
};

}  // namespace sallyport::net
