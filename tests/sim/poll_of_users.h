#pragma once
// The oracle's count of users: whose last question of the last half minute had no answer at once, and whose
// had.
#include <cstddef>
#include <map>

#include "base/time.h"

namespace sallyport::sim {

class PollOfUsers {
 public:
  void tells(std::size_t user, bool down, bool again, base::SteadyTime began, base::SteadyTime now) {
    forget(now);
    const auto found = users_.find(user);
    if (found != users_.end() && began < found->second.began) return;
    const bool stays_down = again && found != users_.end() && found->second.down;
    users_[user] = {down || stays_down, began, now};
  }
  void clear() { users_.clear(); }
  // Ten users or more, and half of all; but for two, of whom only the gateway knows that they still wait.
  [[nodiscard]] bool half_are_down(base::SteadyTime now) { return part_is_down(2, now); }
  [[nodiscard]] bool part_is_down(std::size_t part, base::SteadyTime now) {
    forget(now);
    std::size_t down = 0;
    for (const auto& [user, one] : users_) down += one.down ? 1 : 0;
    return down + 2 >= 10 && part * (down + 2) >= users_.size();
  }

 private:
  struct One {
    bool down = false;
    base::SteadyTime began{}, told{};
  };
  void forget(base::SteadyTime now) {
    std::erase_if(users_, [now](const auto& one) { return now - one.second.told >= std::chrono::seconds(30); });
  }
  std::map<std::size_t, One> users_;
};

}  // namespace sallyport::sim
