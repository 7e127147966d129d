#pragma once
// Which entry a user's name led to, for a settable time: at most 65,536 names, the oldest out first.
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "directory/user_stores.h"

namespace sallyport::directory {

class RememberedNames {
 public:
  explicit RememberedNames(base::Duration stay, std::size_t limit = 65536) : stay_(stay), limit_(limit) {}

  void remember(const std::string& name, Entry entry, base::SteadyTime now) {
    if (stay_ <= base::Duration::zero()) return;
    while (!order_.empty() && (order_.front().first <= now || order_.size() >= limit_)) drop_oldest();
    const auto until = now + stay_;
    known_.insert_or_assign(name, Known{std::move(entry), until});
    order_.emplace_back(until, name);
  }
  [[nodiscard]] const Entry* find(const std::string& name, base::SteadyTime now) const {
    const auto found = known_.find(name);
    return found == known_.end() || found->second.until <= now ? nullptr : &found->second.entry;
  }
  void forget(const std::string& name) { known_.erase(name); }
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  struct Known {
    Entry entry;
    base::SteadyTime until;
  };
  void drop_oldest() {
    const auto found = known_.find(order_.front().second);
    // The name may have been remembered anew since.
    if (found != known_.end() && found->second.until == order_.front().first) known_.erase(found);
    order_.pop_front();
  }

  base::Duration stay_;
  std::size_t limit_;
  std::unordered_map<std::string, Known> known_;
  std::deque<std::pair<base::SteadyTime, std::string>> order_;
};

}  // namespace sallyport::directory
