// The words for log, metrics and status; and the drawing of monitor.h as a table.
#include <array>

#include "base/invariant.h"
#include "continuity/monitor.h"

namespace sallyport::continuity {
namespace {

template <class Enum, std::size_t N>
std::string_view word(Enum value, const std::array<std::string_view, N>& words) {
  const auto at = static_cast<std::size_t>(value);
  SALLYPORT_INVARIANT(at < N);
  return words[at];
}

struct Edge {
  State from, to;
  Why why;
};
constexpr std::array edges{
    Edge{State::normal, State::suspect, Why::worry},
    Edge{State::normal, State::suspect, Why::login_down},
    Edge{State::normal, State::suspect, Why::probe_down},
    Edge{State::normal, State::suspect, Why::throttled},
    Edge{State::normal, State::degraded, Why::many_users_down},
    Edge{State::suspect, State::normal, Why::two_good},
    Edge{State::suspect, State::normal, Why::nothing_known},
    Edge{State::suspect, State::normal, Why::only_barred},
    Edge{State::suspect, State::degraded, Why::half_down},
    Edge{State::suspect, State::degraded, Why::many_users_down},
    Edge{State::suspect, State::continuity, Why::threshold},
    Edge{State::degraded, State::normal, Why::risen},
    Edge{State::degraded, State::normal, Why::only_barred},
    Edge{State::degraded, State::suspect, Why::blind},
    Edge{State::degraded, State::continuity, Why::threshold},
    Edge{State::continuity, State::degraded, Why::first_good},
    Edge{State::continuity, State::normal, Why::only_barred},
    Edge{State::continuity, State::suspect, Why::blind},
};

}  // namespace

std::string_view to_string(State value) {
  return word(value, std::array<std::string_view, states>{"normal", "suspect", "degraded", "continuity"});
}

std::string_view to_string(Mode value) {
  return word(value, std::array<std::string_view, 3>{"disabled", "automatic", "enabled"});
}

std::string_view to_string(Why value) {
  return word(value,
              std::array<std::string_view, whys>{"worry", "login_down", "probe_down", "throttled", "two_good",
                                                 "nothing_known", "threshold", "half_down", "many_users_down",
                                                 "first_good", "risen", "only_barred", "blind"});
}

bool is_edge(State from, State to, Why why) {
  for (const auto& edge : edges)
    if (edge.from == from && edge.to == to && edge.why == why) return true;
  return false;
}

}  // namespace sallyport::continuity
