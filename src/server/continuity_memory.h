#pragma once
// What business continuity must know after a restart: which service was ever reached, what was set by hand,
// what the limits count, and the time that the service told. One small file in the settings' folder, replaced
// whole. Moments are of the monotonic clock, whatever becomes of the wall clock; in the file they have both,
// for after a boot there is only the other.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cloud/server_clock.h"
#include "continuity/snapshot.h"

namespace sallyport::server {

struct ByHand {  // of one validation server
  continuity::Mode mode{};
  std::optional<base::SteadyTime> until = {};  // none: until somebody says otherwise
  base::WallTime since = {};
  std::string by;  // who said so
};

struct Counted {                               // by the limits of one validation server
  continuity::Mode mode{};                     // under another one it counts anew
  std::optional<std::uint64_t> after = {};     // lines of the record behind this one; none: it is not open yet
  std::optional<base::SteadyTime> began = {};  // the time that is limited
};

struct ContinuityMemory {
  std::set<std::string> reached;                 // digests of (URL, proxy, own certificate's subject)
  std::map<std::string, ByHand> by_hand;         // by the validation server's name
  std::optional<base::SteadyTime> outage_since;  // the service was lost then, and has not been well since
  std::map<std::string, Counted> counted;        // by the validation server's name
  // What getServerTime said, on this boot's monotonic clock.
  std::optional<cloud::ServerClock::Told> told;

  // Whether anything counts from a moment, or ends at one.
  [[nodiscard]] bool has_moments() const {
    const auto ends = [](const auto& one) { return one.second.until.has_value(); };
    const auto counts = [](const auto& one) { return one.second.began.has_value(); };
    return outage_since || std::ranges::any_of(by_hand, ends) || std::ranges::any_of(counted, counts);
  }
  // A file that is not there is an empty memory; one that cannot be read or understood is an error.
  static base::Result<ContinuityMemory> read(const std::string& file, base::Time now);
  [[nodiscard]] base::Result<void> write(const std::string& file, base::Time now) const;
};

}  // namespace sallyport::server
