#pragma once
// When a user may be sent a push: never while one is waiting for an answer, and after one that was denied or
// left unanswered only after 1, 2, 4, ... minutes (an hour at most), so that nobody is worn down into
// approving. An approved push, or a login by code, ends the pause. Codes always work. A value: no clock, no
// lock.
#include <cstdint>

#include "validation/fixed_table.h"

namespace sallyport::validation {

enum class MayPush : std::uint8_t { yes, one_is_waiting, paused };

class PushRules {
 public:
  static constexpr std::size_t users = 1U << 16U;

  [[nodiscard]] MayPush ask(std::uint64_t user, base::SteadyTime now) const;
  // `until`: when the push ends by itself. It waits from now on.
  void began(std::uint64_t user, base::SteadyTime until, base::SteadyTime now);
  void was_not_sent(std::uint64_t user, base::SteadyTime now);  // after all
  void approved(std::uint64_t user) { users_.forget(user); }
  void denied(std::uint64_t user, base::SteadyTime now);  // or left unanswered to its end

 private:
  struct User {
    base::SteadyTime waits_until{}, paused_until{}, remembered_until{};
    int in_vain = 0;  // in a row
    [[nodiscard]] base::SteadyTime matters_until() const { return std::max(waits_until, remembered_until); }
    [[nodiscard]] bool matters_less_than(const User& other) const {
      return std::max(waits_until, paused_until) < std::max(other.waits_until, other.paused_until);
    }
  };
  FixedTable<User> users_{users};
};

}  // namespace sallyport::validation
