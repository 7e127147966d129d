#pragma once
// Consecutive failures, and when they lock: the count has no time limit and only a success resets it; who is
// locked stays so until unlocked. A replayed code is no guess and does not count, else a client that repeats
// itself (or fifty requests with one code) would lock its user out.
#include <cstdint>
#include <limits>

#include "authservice/verification.h"

namespace sallyport::authservice {

struct LockoutRule {
  int failures = 10;  // that lock; 0: never
};

struct LockoutCount {
  std::int64_t failures = 0;
  bool locked = false;
  friend bool operator==(const LockoutCount&, const LockoutCount&) = default;
};

constexpr bool counts_as_failure(CodeOutcome outcome) {
  return outcome == CodeOutcome::refused || outcome == CodeOutcome::needs_second_code;
}

constexpr LockoutCount after_failure(std::int64_t failures_before, const LockoutRule& rule) {
  const auto failures =
      failures_before == std::numeric_limits<std::int64_t>::max() ? failures_before : failures_before + 1;
  return {failures, rule.failures > 0 && failures >= rule.failures};
}

constexpr LockoutCount after_success() { return {}; }

}  // namespace sallyport::authservice
