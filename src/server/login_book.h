#pragma once
// The logins that one worker owns and has not answered: by number, by who may join them, and by when something
// is due. Admission bounds their number; nothing here forgets one by itself.
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "server/login.h"

namespace sallyport::server {

class LoginBook {
 public:
  static constexpr std::size_t most_candidates = 64;  // of one user and client at once; more join nothing

  // `join_key`: a keyed hash of client and User-Name; others with the same key are candidates for a join.
  Login& add(std::unique_ptr<Login> login, std::uint64_t join_key);
  [[nodiscard]] Login* find(std::uint64_t number) const;
  std::unique_ptr<Login> take(std::uint64_t number);

  void set_due(Login& login, base::SteadyTime when);  // in place of what was set before
  [[nodiscard]] std::optional<base::SteadyTime> next_due() const;
  Login* take_due(base::SteadyTime now);  // one whose time has come; it is due no more

  [[nodiscard]] std::size_t size() const { return logins_.size(); }
  [[nodiscard]] bool may_be_joined(std::uint64_t join_key) const { return by_join_key_.contains(join_key); }

  // Of all, oldest first; `look` may take any of them away.
  [[nodiscard]] std::vector<std::uint64_t> numbers() const;
  // Calls `look` with each candidate until it says true.
  template <class Look>
  Login* find_candidate(std::uint64_t join_key, const Look& look) const {
    auto [at, end] = by_join_key_.equal_range(join_key);
    for (; at != end; ++at)
      if (look(*at->second)) return at->second;
    return nullptr;
  }

 private:
  struct Kept {
    std::unique_ptr<Login> login;
    std::uint64_t join_key = 0;
    bool may_be_joined = false;
    std::optional<base::SteadyTime> due;
  };
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, Kept> logins_;
  std::unordered_multimap<std::uint64_t, Login*> by_join_key_;
  std::set<std::pair<base::SteadyTime, std::uint64_t>> due_;
};

}  // namespace sallyport::server
