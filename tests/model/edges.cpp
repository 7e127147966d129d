// Prints the monitor's table of transitions and its rules, as model.py holds them against the model's.
#include <cstdio>
#include <string>

#include "continuity/monitor.h"

namespace {

using namespace sallyport::continuity;

void print_edges() {
  for (std::size_t from = 0; from < states; ++from)
    for (std::size_t to = 0; to < states; ++to)
      for (std::size_t why = 0; why < whys; ++why) {
        const auto a = static_cast<State>(from), b = static_cast<State>(to);
        const auto because = static_cast<Why>(why);
        if (!is_edge(a, b, because)) continue;
        std::printf("edge %s %s %s\n", std::string(to_string(a)).c_str(), std::string(to_string(b)).c_str(),
                    std::string(to_string(because)).c_str());
      }
}

void print_rules() {
  const Rules rules;
  const auto ticks = [&](sallyport::base::Duration time) {
    return static_cast<int>(time / rules.trial_interval);
  };
  std::printf(
      "rule THRESHOLD %d\nrule SUSPECT_LIMIT %d\nrule LEASE %d\nrule PROBE_LIMIT %d\nrule FALL %d\nrule RISE "
      "%d\n",
      ticks(rules.threshold), ticks(rules.suspect_limit), ticks(rules.lease), ticks(probe_limit), rules.fall,
      rules.rise);
}

}  // namespace

int main() {
  print_edges();
  print_rules();
}
