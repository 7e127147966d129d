#pragma once
// Who has signed in with both factors lately, and from where: what the rung `recent_success` asks. Users and
// places are keyed hashes, so that the file it is kept in names nobody; there is no password and no code in it.
// Bounded: when it is full the oldest goes. Pure.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace sallyport::continuity {

class RecentSuccesses {
 public:
  explicit RecentSuccesses(std::size_t limit = 1U << 17U) : limit_(limit) {}

  // `place`: of the canonical user, the RADIUS client, the Calling-Station-Id and the time of the last change
  // of the password, so that each of them makes another one.
  void succeeded(std::uint64_t user, std::uint64_t place, base::WallTime now);
  // Not before `life` ago, and not in the future by more than a minute: a clock that was wrong grants nothing.
  [[nodiscard]] bool has(std::uint64_t place, base::Duration life, base::WallTime now) const;
  std::size_t forget(std::uint64_t user);  // how many places

  [[nodiscard]] std::size_t size() const { return by_place_.size(); }
  // "USER PLACE SECONDS" in hexadecimal, a line each, oldest first; and back. False: it is not of that form,
  // and nothing was taken.
  [[nodiscard]] std::string text() const;
  bool take(std::string_view text);

 private:
  struct Success {
    std::uint64_t user = 0;
    std::int64_t at = 0;  // seconds since 1970
  };
  void insert(std::uint64_t user, std::uint64_t place, std::int64_t at);
  void erase(std::uint64_t place);

  std::size_t limit_;
  std::unordered_map<std::uint64_t, Success> by_place_;
  std::multimap<std::int64_t, std::uint64_t> by_time_;
  std::unordered_multimap<std::uint64_t, std::uint64_t> by_user_;
};

}  // namespace sallyport::continuity
