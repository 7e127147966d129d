#pragma once
// The oracle's count of users: whose last question of the last half minute had no answer at once, and whose
// had.
#include <cstddef>
#include <map>

#include "base/time.h"
#include "signs.h"

namespace sallyport::sim {

class PollOfUsers {
 public:
  void hears(const ExchangeSeen& one, Sign sign, base::SteadyTime now) {
    if (sign != Sign::answered && sign != Sign::down) return;
    forget(now);
    const auto found = users_.find(one.user);
    const bool is_known = found != users_.end();
    if (is_known && one.began < found->second.began) return;
    const bool stays_down = one.again && is_known && found->second.down;
    const bool is_down = sign == Sign::down || stays_down;
    if (sign == Sign::down && one.began < from_) return;
    if (!one.votes && !(one.may_vote && is_down)) return;
    users_[one.user] = {is_down, one.began, now};
    if (is_down) newest_down_ = now;
  }
  void clear() { users_.clear(); }
  // A probe that began then was answered: who failed and had asked before it says nothing any more.
  void outage_ended(base::SteadyTime began) {
    clear();
    from_ = began;
  }
  // Ten users or more, and half of all.
  [[nodiscard]] bool half_are_down(base::SteadyTime now) { return part_is_down(2, now); }
  // And not only because those who were answered are forgotten earlier.
  [[nodiscard]] bool half_fail(base::SteadyTime now) {
    return half_are_down(now) && now - newest_down_ <= std::chrono::milliseconds(2100);
  }
  [[nodiscard]] bool part_is_down(std::size_t part, base::SteadyTime now) {
    forget(now);
    std::size_t down = 0;
    for (const auto& [user, one] : users_) down += one.down ? 1 : 0;
    return down >= 10 && part * down >= users_.size();
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
  base::SteadyTime from_{}, newest_down_{};
};

}  // namespace sallyport::sim
