#pragma once
// When the service was last heard by logins, which decides since when who still waits has been waiting in vain:
// what began before the newest answered exchange may just be slow, as long as others are answered.
#include <algorithm>

#include "base/time.h"

namespace sallyport::continuity {

class LastAnswer {
 public:
  void note(base::SteadyTime began, base::SteadyTime ended) {
    began_ = std::max(began_, began);
    ended_ = std::max(ended_, ended);
  }
  // Of the answered exchanges the newest one's beginning: what began before it is stale.
  [[nodiscard]] base::SteadyTime began() const { return began_; }
  [[nodiscard]] base::SteadyTime waits_since(base::SteadyTime began) const {
    return began < began_ ? std::max(began, ended_) : began;
  }

 private:
  base::SteadyTime began_{}, ended_{};
};

}  // namespace sallyport::continuity
