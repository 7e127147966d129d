#pragma once
// What business continuity must know after a restart: which service was ever reached, what was set by hand, and
// the time that the service told. One small file in the settings' folder, replaced whole.
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
  std::optional<base::WallTime> until = {};  // none: until somebody says otherwise
  base::WallTime since = {};
  std::string by;  // who said so
};

struct ContinuityMemory {
  std::set<std::string> reached;                       // digests of (URL, proxy, own certificate's subject)
  std::map<std::string, ByHand> by_hand;               // by the validation server's name
  std::optional<base::WallTime> outage_since;          // the service was lost then, and has not been well since
  std::map<std::string, base::WallTime> counts_since;  // by validation server: its limits count anew since then
  // What getServerTime said, on this boot's monotonic clock.
  std::optional<cloud::ServerClock::Told> told;

  // A file that is not there is an empty memory; one that cannot be read or understood is an error.
  static base::Result<ContinuityMemory> read(const std::string& file);
  [[nodiscard]] base::Result<void> write(const std::string& file) const;
};

}  // namespace sallyport::server
