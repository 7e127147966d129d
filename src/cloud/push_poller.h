#pragma once
// Which pushes the service is asked about next, and when: up to twenty in one call, each push about once an
// interval, and the calls spread evenly over it however the pushes came. Bounded; a pure value, time is an
// argument. Asking, and telling those who wait, is push_polls.h's.
//
//   added --> due --> out (in a call) --returned--> due ...     until forgotten, or its deadline has come
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sallyport::cloud {

class PushPoller {
 public:
  static constexpr std::size_t call_limit = 20;  // transactions in one pollPushStatus, by the schema
  // A push is asked about once more this long before its deadline: the user may just have answered.
  static constexpr base::Duration last_look = std::chrono::milliseconds(500);

  PushPoller(base::Duration interval, std::size_t limit) : interval_(interval), limit_(limit) {}

  // One push settles one login: the same id is not taken twice while it is waited for.
  enum class Added { yes, is_here_already, full };
  Added add(const std::string& id, base::SteadyTime deadline, base::SteadyTime now);
  // The pushes of a call that is to leave now; none: not yet. They are out until the call has returned,
  // whatever it told.
  std::vector<std::string> next_call(base::SteadyTime now);
  void returned(std::span<const std::string> ids, base::SteadyTime now);
  void forget(const std::string& id);
  // One whose deadline has come; it is forgotten.
  std::optional<std::string> expired(base::SteadyTime now);
  // When next_call() or expired() has something to give, at the earliest.
  [[nodiscard]] std::optional<base::SteadyTime> wake() const;
  [[nodiscard]] std::size_t size() const { return pushes_.size(); }

 private:
  struct Push {
    base::SteadyTime deadline, due, asked;
    bool out = false;
  };
  using Order = std::set<std::pair<base::SteadyTime, std::string>>;
  [[nodiscard]] base::Duration gap() const;
  [[nodiscard]] std::optional<base::SteadyTime> next_departure() const;
  void make_due(const std::string& id, Push&, base::SteadyTime when, base::SteadyTime now);

  base::Duration interval_;
  std::size_t limit_;
  std::unordered_map<std::string, Push> pushes_;
  Order due_, deadlines_;
  std::optional<base::SteadyTime> last_departure_;
};

}  // namespace sallyport::cloud
