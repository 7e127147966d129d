#pragma once
// When the authentication service no longer knows those whom it knew: of the users who had signed in with both
// factors before, and were answered within the last five minutes, one answer a user, half are refused as
// unknown to it. A deleted account, a wrong one behind a new certificate or a lost database looks like that:
// somebody should look, and nobody gets in by it, for a refusal is a verdict. Bounded, allocated once; pure.
//
//   known: accepted by both factors in the last seven days; for one hour more when refused, so that who has
//   left for good is not counted for ever
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "validation/fixed_table.h"

namespace sallyport::server {

class RefusalSurge {
 public:
  static constexpr base::Duration window = std::chrono::minutes(5);  // to a slot, ten seconds
  static constexpr base::Duration success_life = std::chrono::days(7);
  static constexpr base::Duration refusal_life = std::chrono::hours(1);
  static constexpr std::size_t needed_users = 10;

  enum class Answer : std::uint8_t { accepted, unknown_there, other };
  struct Count {
    std::size_t users = 0, refused = 0;
    [[nodiscard]] bool is_surge() const { return users >= needed_users && 2 * refused >= users; }
    bool operator==(const Count&) const = default;
  };

  explicit RefusalSurge(std::size_t users = 1U << 16U) : users_(users) {}

  // The end of a login that the service has answered. `user`: a keyed hash. `had_success`: known from elsewhere
  // to have signed in lately, where that is kept.
  void answered(std::uint64_t user, Answer, bool had_success, base::SteadyTime now);
  [[nodiscard]] Count count(base::SteadyTime now) const;

 private:
  static constexpr std::int64_t slots = 30;
  struct User {
    base::SteadyTime known_until{};
    std::int64_t slot = INT64_MIN;  // of the newest answer that was counted
    bool was_refused = false;
    [[nodiscard]] base::SteadyTime matters_until() const { return known_until; }
    [[nodiscard]] bool matters_less_than(const User& other) const { return known_until < other.known_until; }
  };
  struct Slot {
    std::int64_t number = INT64_MIN;
    Count count;
  };
  static std::int64_t slot_of(base::SteadyTime now) { return now.time_since_epoch() / (window / slots); }
  [[nodiscard]] Count& of_slot(std::int64_t number);
  void count_anew(User&, bool refused);

  validation::FixedTable<User> users_;
  std::array<Slot, static_cast<std::size_t>(slots)> slots_{};
  std::int64_t newest_ = INT64_MIN;  // slot: workers' clocks differ by a little, and slots only go forward
};

// Whether a refusal of that status says that the service does not know the user, or nothing to ask of him.
[[nodiscard]] bool is_unknown_there(std::string_view status);

}  // namespace sallyport::server
