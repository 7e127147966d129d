#pragma once
// What the workers of a gateway count together, since one user's logins may be owned by several: failures,
// pushes on their way, States that were answered, and whom the service still knows. Any thread; each call takes
// one mutex for some tens of nanoseconds, over tables that were allocated at start: no system call happens
// under it.
#include <cstdint>
#include <mutex>
#include <utility>

#include "server/refusal_surge.h"
#include "validation/guard.h"
#include "validation/push_rules.h"

namespace sallyport::server {

class SharedLimits {
 public:
  explicit SharedLimits(validation::GuardLimits limits) : guard_(limits) {}
  void set(validation::GuardLimits);

  // Users, clients and States are keyed hashes.
  [[nodiscard]] bool blocks_user(std::uint64_t user, base::SteadyTime now);
  // A login that is judged, from its beginning until its end was counted.
  class UnderWay {
   public:
    UnderWay() = default;
    UnderWay(SharedLimits& limits, std::uint64_t user) : limits_(&limits), user_(user) {}
    UnderWay(UnderWay&& other) noexcept : limits_(std::exchange(other.limits_, nullptr)), user_(other.user_) {}
    UnderWay& operator=(UnderWay&& other) noexcept {
      end();
      limits_ = std::exchange(other.limits_, nullptr);
      user_ = other.user_;
      return *this;
    }
    ~UnderWay() { end(); }
    void end();
    [[nodiscard]] explicit operator bool() const { return limits_ != nullptr; }

   private:
    SharedLimits* limits_ = nullptr;
    std::uint64_t user_ = 0;
  };
  // Nothing when the user has failed too often, those that are under way included.
  [[nodiscard]] UnderWay begin_login(std::uint64_t user, base::SteadyTime now);
  [[nodiscard]] bool blocks_client(std::uint64_t client, base::SteadyTime now);
  void user_failed(std::uint64_t user, base::SteadyTime now);
  void client_failed(std::uint64_t client, base::SteadyTime now);
  void succeeded(std::uint64_t user);

  // Whether a push may leave; where it may, it counts as on its way until `until`.
  validation::MayPush begin_push(std::uint64_t user, base::SteadyTime until, base::SteadyTime now);
  enum class PushEnd { not_sent, approved, denied };
  void end_push(std::uint64_t user, PushEnd, base::SteadyTime now);

  // False when it was answered before, on this gateway.
  bool spend_state(std::uint64_t state, base::SteadyTime until, base::SteadyTime now);

  // As refusal_surge.h has it.
  void service_answered(std::uint64_t user, RefusalSurge::Answer, bool had_success, base::SteadyTime now);
  [[nodiscard]] RefusalSurge::Count refusals(base::SteadyTime now);

 private:
  struct Spent {
    base::SteadyTime until{};
    [[nodiscard]] base::SteadyTime matters_until() const { return until; }
    [[nodiscard]] bool matters_less_than(const Spent& other) const { return until < other.until; }
  };
  static constexpr std::size_t states = 1U << 17U;

  std::mutex guard_lock_, push_lock_, state_lock_, surge_lock_;
  validation::Guard guard_;
  validation::PushRules pushes_;
  validation::FixedTable<Spent> spent_{states};
  RefusalSurge surge_;
};

}  // namespace sallyport::server
