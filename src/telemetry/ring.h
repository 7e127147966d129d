#pragma once
// A bounded queue from one thread to one other, without a lock. `push` never waits: it says false when the ring
// is full, and the item stays the caller's.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace sallyport::telemetry {

template <class T, std::size_t capacity>
class Ring {
  static_assert((capacity & (capacity - 1)) == 0, "a power of two");

 public:
  // The one writing thread.
  [[nodiscard]] bool push(T&& item) {
    const auto tail = tail_.load(std::memory_order_relaxed);
    if (tail - seen_head_ == capacity) {
      seen_head_ = head_.load(std::memory_order_acquire);
      if (tail - seen_head_ == capacity) return false;
    }
    slots_[tail & (capacity - 1)] = std::move(item);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // The one reading thread: at most `limit` items, each moved into `take`. How many there were.
  template <class Take>
  std::size_t drain(std::size_t limit, Take&& take) {
    auto head = head_.load(std::memory_order_relaxed);
    const auto there = std::min(tail_.load(std::memory_order_acquire) - head, limit);
    for (std::size_t i = 0; i < there; ++i, ++head) take(std::move(slots_[head & (capacity - 1)]));
    head_.store(head, std::memory_order_release);
    return there;
  }
  [[nodiscard]] bool empty() const {
    return tail_.load(std::memory_order_acquire) == head_.load(std::memory_order_acquire);
  }

 private:
  static constexpr std::size_t cache_line = 64;
  std::unique_ptr<T[]> slots_ = std::make_unique<T[]>(capacity);
  alignas(cache_line) std::atomic<std::size_t> tail_{0};
  std::size_t seen_head_ = 0;  // the writer's last look at head_
  alignas(cache_line) std::atomic<std::size_t> head_{0};
};

}  // namespace sallyport::telemetry
