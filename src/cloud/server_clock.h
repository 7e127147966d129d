#pragma once
// Whether our wall clock may be believed about certificates: it must agree within five minutes with the time
// that the service told last, carried forward on the monotonic clock. A pure value.
#include <optional>

#include "base/time.h"

namespace sallyport::cloud {

class ServerClock {
 public:
  static constexpr base::Duration tolerance = std::chrono::minutes(5);

  struct Told {
    base::WallTime wall;
    base::SteadyTime steady;
  };
  void told(const Told& told) { told_ = told; }
  [[nodiscard]] const std::optional<Told>& last() const { return told_; }
  [[nodiscard]] bool believes(const base::Time& now) const {
    if (now.wall_believed) return true;
    if (!told_) return false;
    const base::Duration apart = (now.wall - told_->wall) - (now.steady - told_->steady);
    return std::chrono::abs(apart) <= tolerance;
  }

 private:
  std::optional<Told> told_;
};

}  // namespace sallyport::cloud
