#pragma once
// The guard against guessing: how many failures a user, or a RADIUS client, may have in a time, and how many a
// user may have in a row (NIST SP 800-63B section 5.2.2: at most 100). A value: no clock, no lock. Users and
// clients are keyed hashes. What counts is a wrong password, a wrong code or a denied push; never that
// somebody could not be asked, and never a user whom nobody knows (that counts for the client alone).
#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "validation/fixed_table.h"

namespace sallyport::validation {

struct GuardLimits {
  int user_failures = 0, client_failures = 0;  // in the time beside it; 0: no limit
  base::Duration user_time{}, client_time{};   // each failure is forgotten evenly over it
  int in_a_row = 100;                          // of a user, without a success between; 0: no limit
  base::Duration pause_after_row = std::chrono::hours(24);
};

// N in T as one time (a leaky bucket): each failure costs T/N, and the debt may not come near T.
class FailureRate {
 public:
  void add(int limit, base::Duration within, base::SteadyTime now) {
    if (limit > 0) debt_ends_ = std::max(debt_ends_, now) + within / limit;
  }
  [[nodiscard]] bool is_used_up(int limit, base::Duration within, base::SteadyTime now) const {
    return limit > 0 && debt_ends_ - now > within - within / limit;
  }
  // How many more may fail now.
  [[nodiscard]] int room(int limit, base::Duration within, base::SteadyTime now) const {
    const auto debt = std::max<base::Duration>(debt_ends_ - now, {});
    return static_cast<int>((within - debt) / (within / limit));
  }
  [[nodiscard]] base::SteadyTime ends() const { return debt_ends_; }

 private:
  base::SteadyTime debt_ends_{};
};

class Guard {
 public:
  static constexpr std::size_t users = 1U << 16U, clients = 1U << 10U;
  explicit Guard(GuardLimits limits) : limits_(limits), users_(users), clients_(clients) {}

  void set(GuardLimits limits) { limits_ = limits; }  // at a reload; what was counted stays
  [[nodiscard]] bool blocks_user(std::uint64_t user, base::SteadyTime now) const;
  [[nodiscard]] bool blocks_client(std::uint64_t client, base::SteadyTime now) const;
  // Of logins under way at a time only so many are judged as may still fail: else a wave of guesses passed any
  // limit. False: not this one; otherwise over() follows, after its failure or success was counted.
  [[nodiscard]] bool begin(std::uint64_t user, base::SteadyTime now);
  void over(std::uint64_t user);
  void user_failed(std::uint64_t user, base::SteadyTime now);
  void client_failed(std::uint64_t client, base::SteadyTime now);
  void succeeded(std::uint64_t user) { users_.forget(user); }

 private:
  struct User {
    FailureRate rate;
    int in_a_row = 0;
    base::SteadyTime counted_until{};
    [[nodiscard]] base::SteadyTime matters_until() const { return std::max(rate.ends(), counted_until); }
    [[nodiscard]] bool matters_less_than(const User& other) const { return in_a_row < other.in_a_row; }
  };
  struct Client {
    FailureRate rate;
    [[nodiscard]] base::SteadyTime matters_until() const { return rate.ends(); }
    [[nodiscard]] bool matters_less_than(const Client& other) const { return rate.ends() < other.rate.ends(); }
  };
  GuardLimits limits_;
  FixedTable<User> users_;
  std::unordered_map<std::uint64_t, int> under_way_;  // logins of a user: as many as are judged at a time
  FixedTable<Client> clients_;
};

}  // namespace sallyport::validation
