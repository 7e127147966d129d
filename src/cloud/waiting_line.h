#pragma once
// Who gets the next free slot: the one with the least patience left that can still make it. One that cannot
// make it any more is passed over and leaves at its deadline. Bounded; a pure value, time is an argument.
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "base/time.h"

namespace sallyport::cloud {

template <class T>
class WaitingLine {
 public:
  explicit WaitingLine(std::size_t limit) : limit_(limit) {}

  [[nodiscard]] bool full() const { return line_.size() >= limit_; }
  [[nodiscard]] std::size_t size() const { return line_.size(); }
  void add(base::SteadyTime deadline, T one) { line_.emplace(deadline, std::move(one)); }

  // `needed` is the time an exchange takes these days.
  std::optional<T> next(base::SteadyTime now, base::Duration needed) {
    return taken(line_.lower_bound(now + needed));
  }
  // One whose deadline has come.
  std::optional<T> expired(base::SteadyTime now) {
    const auto first = line_.begin();
    return taken(first != line_.end() && first->first <= now ? first : line_.end());
  }
  [[nodiscard]] std::optional<base::SteadyTime> first_deadline() const {
    if (line_.empty()) return std::nullopt;
    return line_.begin()->first;
  }

 private:
  using Line = std::multimap<base::SteadyTime, T>;
  std::optional<T> taken(typename Line::iterator at) {
    if (at == line_.end()) return std::nullopt;
    std::optional<T> one(std::move(at->second));
    line_.erase(at);
    return one;
  }

  std::size_t limit_;
  Line line_;
};

}  // namespace sallyport::cloud
