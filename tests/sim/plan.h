#pragma once
// What happens in an episode: a fault, or several, healing, and what else goes wrong beside it; and what is
// promised of it.
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chance.h"
#include "radius_clients.h"
#include "weather.h"

namespace sallyport::sim {

struct Span {  // of time, from the episode's beginning
  base::Duration from{}, until{};
};
struct Plan {
  std::string name;
  std::vector<std::pair<base::Duration, Fault>> faults;  // the last one is none
  base::Duration logins_from{};
  std::optional<Span> directory_down, directory_slow, record_fails, record_slow, watch_stalls, worker_stalls;
  LinkWeather link;
  std::vector<std::pair<base::Duration, base::Duration>> clock_steps;

  bool none_is_lost = false;        // of the logins that could be judged
  bool must_enter = false;          // continuity, soon after the first fault
  bool must_not_enter = false;      // continuity
  bool must_stay_unharmed = false;  // in normal or suspect
  bool must_stay_normal = false;

  [[nodiscard]] base::Duration begins() const {
    return faults.empty() ? base::Duration{} : faults.front().first;
  }
  [[nodiscard]] base::Duration heals() const { return faults.empty() ? logins_from : faults.back().first; }
  [[nodiscard]] bool has_stalls() const { return watch_stalls || worker_stalls; }
};

Plan draw_plan(Chance&, bool has_canary, bool strict);
// Of a gateway that has never reached the service.
Plan never_reached(Chance&);

}  // namespace sallyport::sim
