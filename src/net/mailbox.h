#pragma once
// A bounded queue from any thread to one loop. `push` never waits: it says false when the box is full, and the
// sender decides what that means. The receiver gets everything that lies in the box as one batch, in its own
// thread. A thread that puts many items into boxes says so (Together): each receiver is woken once then, and
// finds them all.
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "net/loop.h"

namespace sallyport::net {

// While one lives, what its thread puts into mailboxes waits; it is delivered when the outermost one goes.
class Together {
 public:
  Together() : outermost_(current_ == nullptr) {
    if (outermost_) current_ = this;
  }
  ~Together() {
    if (!outermost_) return;
    current_ = nullptr;
    for (auto& [loop, task] : waiting_) loop->post(std::move(task));
  }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  static void post(Loop& loop, Task task) {
    if (current_ == nullptr) return loop.post(std::move(task));
    current_->waiting_.emplace_back(&loop, std::move(task));
  }

 private:
  static inline thread_local Together* current_ = nullptr;
  bool outermost_;
  std::vector<std::pair<Loop*, Task>> waiting_;
};

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
    if (wake) Together::post(loop_, [box = box_] { box->deliver(); });
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
