#pragma once
// A rehearsal of an outage at one validation server: while it goes on, each login that the service accepted is
// also judged by the ladder, without effect and without using up a limit; who would have got in, and by which
// rung, is noted. Any thread; on the path of a login it costs one atomic while none goes on.
#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace sallyport::server {

class Rehearsal {
 public:
  static constexpr std::size_t most_rows = 10'000;  // further ones are only counted

  struct Judged {
    std::string user, client;
    std::string_view word;  // of the rung that grants; "deny", "silent", "no_code_typed"
    auto operator<=>(const Judged&) const = default;
  };
  struct Row {
    std::uint64_t logins = 0;
    base::WallTime last{};
  };
  struct Report {
    bool goes_on = false;
    base::WallTime began{};
    std::optional<base::WallTime> ended;
    std::uint64_t logins = 0, left_out = 0;
    std::map<Judged, Row> rows;
  };

  // What an earlier one noted goes. `logins`: it ends after so many; 0: only by time.
  void begin(base::Time now, base::Duration length, std::uint64_t logins) {
    const std::lock_guard guard(lock_);
    report_ = {};
    report_.goes_on = true;
    report_.began = now.wall;
    until_ = now.steady + length;
    most_ = logins;
    goes_on_ = true;
  }
  // False: none went on.
  bool end(base::WallTime now) {
    const std::lock_guard guard(lock_);
    if (!report_.goes_on) return false;
    finish(now);
    return true;
  }
  // Ends what is over. True: it is over since this call.
  bool ends_by_time(base::Time now) {
    if (!goes_on_) return false;
    const std::lock_guard guard(lock_);
    if (!report_.goes_on || now.steady < until_) return false;
    finish(now.wall);
    return true;
  }

  [[nodiscard]] bool goes_on() const { return goes_on_.load(std::memory_order_relaxed); }
  void note(Judged judged, base::Time now) {
    const std::lock_guard guard(lock_);
    if (!report_.goes_on) return;
    if (now.steady >= until_) return finish(now.wall);
    ++report_.logins;
    if (report_.rows.size() >= most_rows && !report_.rows.contains(judged)) {
      ++report_.left_out;
    } else {
      auto& row = report_.rows[std::move(judged)];
      ++row.logins;
      row.last = now.wall;
    }
    if (most_ > 0 && report_.logins >= most_) finish(now.wall);
  }

  [[nodiscard]] Report report() const {
    const std::lock_guard guard(lock_);
    return report_;
  }

 private:
  void finish(base::WallTime now) {
    report_.goes_on = false;
    report_.ended = now;
    goes_on_ = false;
  }

  mutable std::mutex lock_;
  std::atomic<bool> goes_on_{false};
  base::SteadyTime until_{};
  std::uint64_t most_ = 0;
  Report report_;
};

}  // namespace sallyport::server
