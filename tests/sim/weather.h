#pragma once
// What stands between the gateway and the service, and how the service is: which fault is in force, and what it
// does to an exchange.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chance.h"
#include "continuity/evidence.h"

namespace sallyport::sim {

enum class Fault : std::uint8_t {
  none,
  refused,  // these are outages, as anybody would say
  blackhole,
  silent,
  unreachable,
  nameless,
  proxy_gone,
  http_error,
  malformed,
  reset,  // after the code was spent, every second time
  service_error,
  own_certificate_expired,
  service_certificate_expired,
  slow_10s,
  slow_3s,  // these are less than an outage
  slow_7s,
  crawling,  // logins just in time, probes never
  every_second,
  throttled,
  one_user,
  few_users,
  many_users,
  hanging_users,  // who get no answer at all
  canary_fails,
  local,
  mixed,
  not_trusted,  // these may be meant by somebody
  own_certificate_refused,
  refused_by_service,
  redirected,
  clock_doubtful,
  canary_lies,
};
inline constexpr std::size_t faults = 32;
std::string_view to_string(Fault);
inline bool is_outage(Fault fault) { return fault >= Fault::refused && fault <= Fault::slow_10s; }
inline bool is_barred(Fault fault) { return fault >= Fault::not_trusted && fault <= Fault::clock_doubtful; }

struct Call {  // one exchange, as it begins
  enum class Asks : std::uint8_t { time, canary, user };
  Asks asks{};
  std::size_t user = 0;
  bool fresh = false;  // on a new connection
  base::Duration limit{};
};
struct Fate {  // of an exchange
  base::Duration after{};
  continuity::Evidence evidence{};
  bool reaches_service = false;  // although no answer comes back
};

class Weather {
 public:
  explicit Weather(Chance chance) : chance_(chance) {}

  void set(Fault, base::SteadyTime now);
  [[nodiscard]] Fault fault() const { return fault_; }
  Fate fate_of(const Call&);
  // What becomes of an exchange that began then and was to be answered: an outage may have begun meanwhile.
  [[nodiscard]] bool broke_since(base::SteadyTime began) const { return broke_at_ > began; }
  [[nodiscard]] base::SteadyTime broke_at() const { return broke_at_; }
  [[nodiscard]] bool broke_silently() const { return breaks_silently_; }

 private:
  Fate answered_in(base::Duration, const Call&);
  Fate failed(base::Duration, continuity::Evidence, const Call&);
  Fate silence(const Call&);
  Fate outage(const Call&);
  Fate mixture(const Call&);
  base::Duration soon() { return chance_.between(std::chrono::milliseconds(1), std::chrono::milliseconds(20)); }

  Chance chance_;
  Fault fault_ = Fault::none;
  base::SteadyTime broke_at_{};
  bool breaks_silently_ = false;
  base::Duration usual_ = std::chrono::milliseconds(25);
  std::uint64_t asked_ = 0;      // every second
  std::size_t victim_ = 0;       // one user
  double share_ = 0.5;           // of the users that a fault of many hits
  std::vector<double> mixture_;  // weights of what may happen
};

}  // namespace sallyport::sim
