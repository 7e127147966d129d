#pragma once
// When the operator hears that a channel fails and that it delivers again: a value with time as an argument.
// A channel that fails now and then makes two lines a minute at most; one that keeps failing, a line every ten
// minutes.
#include <cstdint>

#include "base/time.h"

namespace sallyport::delivery {

class Health {
 public:
  // True: say that it fails.
  bool failed(base::SteadyTime now) {
    ++failures_;
    if (spoken_ && now < said_ + (down_said_ ? reminder : calm)) return false;
    spoken_ = down_said_ = true;
    said_ = now;
    return true;
  }
  // Not 0: say that it delivers again, after so many failures.
  std::int64_t delivered() {
    const auto failures = down_said_ ? failures_ : 0;
    failures_ = 0;
    down_said_ = false;
    return failures;
  }

 private:
  static constexpr base::Duration calm = std::chrono::minutes(1), reminder = std::chrono::minutes(10);
  bool spoken_ = false, down_said_ = false;
  base::SteadyTime said_{};
  std::int64_t failures_ = 0;
};

}  // namespace sallyport::delivery
