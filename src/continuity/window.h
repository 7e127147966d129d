#pragma once
// How many exchanges may be under way while the service is in doubt, so that those who waited do not trample
// it: 8 at first, twice as many for every 250 ms without a down, half of it after one. A pure value.
#include <algorithm>
#include <cstddef>

#include "base/planted.h"
#include "base/time.h"

namespace sallyport::continuity {

class Window {
 public:
  static constexpr base::Duration step = std::chrono::milliseconds(250);

  // Both at least 1: a worker's share of the gateway's 8, and of its `max_in_flight`.
  Window(std::size_t smallest, std::size_t largest)
      : smallest_(std::max<std::size_t>(smallest, 1)), largest_(std::max(largest, smallest_)) {}

  void begin(base::SteadyTime now) {
    size_ = base::planted("window_opens_at_once") ? largest_ : smallest_;
    grows_ = now + step;
  }
  void down(base::SteadyTime now) {
    size_ = std::max(smallest_, size_ / 2);
    grows_ = now + step;
  }
  [[nodiscard]] std::size_t size(base::SteadyTime now) {
    if (base::planted("window_never_opens")) return smallest_;
    for (; now >= grows_ && size_ < largest_; grows_ += step) size_ = std::min(largest_, size_ * 2);
    return size_;
  }

 private:
  std::size_t smallest_, largest_, size_ = smallest_;
  base::SteadyTime grows_{};
};

}  // namespace sallyport::continuity
