#pragma once
// What the users' own logins say about the service, one vote a user: how the first sending of the newest login
// ended, of those whose first factor was good. When half of the votes of the last half minute are *down*, the
// service fails for many while its probes may be well: a gray failure. Bounded; pure.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "base/time.h"

namespace sallyport::continuity {

struct Vote {
  std::uint64_t user = 0, client = 0;  // keyed hashes: the canonical user, the RADIUS client
  bool down = false;
  base::SteadyTime began{};
  bool again = false;  // of a second sending: an answer to it does not take back that the first had none
};

class Votes {
 public:
  static constexpr base::Duration life = std::chrono::seconds(30);
  static constexpr std::size_t limit = 65536;
  static constexpr std::size_t needed_users = 10;

  // Whether it counts: not an older exchange than the user's newest.
  bool add(const Vote&, base::SteadyTime now);
  // Half or more are down: of ten users at least, and through two RADIUS clients where two are in use.
  [[nodiscard]] bool half_are_down(base::SteadyTime now) { return one_in_are_down(2, now); }
  [[nodiscard]] bool one_in_are_down(std::size_t part, base::SteadyTime now);
  void clear();

 private:
  struct Cast {
    Vote vote;
    base::SteadyTime until{};
    std::uint64_t number = 0;
  };
  void count(const Vote&, int by);
  void expire(base::SteadyTime now);

  std::unordered_map<std::uint64_t, Cast> by_user_;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> order_;  // user, number of the cast: oldest first
  struct Count {
    std::size_t all = 0, down = 0;
  };
  std::unordered_map<std::uint64_t, Count> by_client_;
  Count total_;
  std::uint64_t casts_ = 0;
};

}  // namespace sallyport::continuity
