#pragma once
// How long a login may wait, at most, before the gateway worries: a second, or four times what 95 of 100 recent
// answers took where that is more, but no longer than four. So an answer that took over a quarter of a second
// outweighs nineteen quick ones, and what was slow long ago is forgotten.
#include <algorithm>
#include <cmath>

#include "base/time.h"

namespace sallyport::sim {

class SlowAnswers {
 public:
  void answer(base::Duration took) {
    owed_ = took > std::chrono::milliseconds(250) ? std::min(owed_ + 1, most) : std::max(owed_ - 1.0 / 19, 0.0);
  }
  [[nodiscard]] base::Duration longest_worry() const {
    if (owed_ == 0) return std::chrono::seconds(1);
    const double seconds = std::min(4.0, std::pow(step, owed_ + 1));
    return base::Duration(static_cast<std::int64_t>(seconds * 1e9));
  }

 private:
  static constexpr double step = 1.05;  // the gateway's reckoning rises by this at each
  static constexpr double most = 58;    // of these from a quarter of a second to four
  double owed_ = 0;                     // slow answers that no quick ones outweigh
};

}  // namespace sallyport::sim
