#pragma once
// What one outage may let in at one validation server: for how long, and how often each user; a number of
// logins that somebody should hear of. Counted under a mutex that is taken only where a rung decides. Any
// thread. After a restart the keeper counts again what the record says of the same outage.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/time.h"

namespace sallyport::server {

class OutageLimits {
 public:
  struct Rules {  // 0: no limit
    base::Duration time{};
    std::uint64_t logins_per_user = 0, logins_alarm = 0;
    [[nodiscard]] bool any() const { return time.count() > 0 || logins_per_user > 0 || logins_alarm > 0; }
  };
  static constexpr std::size_t most_users = 1'000'000;  // further ones are over the limit

  void begins(base::SteadyTime when) {
    const std::lock_guard guard(lock_);
    if (!began_) began_ = when;
  }
  void ends() {
    const std::lock_guard guard(lock_);
    began_.reset();
    logins_ = 0;
    alarm_was_due_ = refuses_ = refusal_was_told_ = false;
    by_user_.clear();
  }

  // One login by a rung; false: it is over a limit, and not counted.
  bool take(const Rules& rules, const std::string& user, base::SteadyTime now) {
    if (!rules.any()) return true;
    const std::lock_guard guard(lock_);
    const bool may = is_below(rules, user, now);
    refuses_ = refuses_ || !may;
    if (!may) return false;
    if (rules.logins_per_user > 0) ++by_user_[user];
    ++logins_;
    return true;
  }
  // One that the record knows of.
  void restore(const std::string& user) {
    const std::lock_guard guard(lock_);
    ++logins_;
    if (by_user_.size() < most_users || by_user_.contains(user)) ++by_user_[user];
  }
  // It was not let in after all.
  void give_back(const std::string& user) {
    const std::lock_guard guard(lock_);
    if (logins_ > 0) --logins_;
    if (const auto found = by_user_.find(user); found != by_user_.end() && found->second > 0) --found->second;
  }

  [[nodiscard]] std::uint64_t logins() const {
    const std::lock_guard guard(lock_);
    return logins_;
  }
  // True once an outage.
  bool alarm_is_due(const Rules& rules) {
    const std::lock_guard guard(lock_);
    if (rules.logins_alarm == 0 || logins_ < rules.logins_alarm || alarm_was_due_) return false;
    return alarm_was_due_ = true;
  }

  // True once an outage: somebody was refused for a limit.
  bool refusal_is_news() {
    const std::lock_guard guard(lock_);
    return refuses_ && !std::exchange(refusal_was_told_, true);
  }

 private:
  [[nodiscard]] bool is_below(const Rules& rules, const std::string& user, base::SteadyTime now) const {
    if (rules.time.count() > 0 && began_ && now - *began_ >= rules.time) return false;
    if (rules.logins_per_user == 0) return true;
    const auto found = by_user_.find(user);
    return found == by_user_.end() ? by_user_.size() < most_users : found->second < rules.logins_per_user;
  }

  mutable std::mutex lock_;
  std::optional<base::SteadyTime> began_;
  std::uint64_t logins_ = 0;
  bool alarm_was_due_ = false, refuses_ = false, refusal_was_told_ = false;
  std::unordered_map<std::string, std::uint64_t> by_user_;
};

}  // namespace sallyport::server
