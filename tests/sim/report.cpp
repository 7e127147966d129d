#include "report.h"

#include <fmt/format.h>

#include "continuity/monitor.h"

namespace sallyport::sim {
namespace {

using continuity::State;
using continuity::Why;

// Every edge that the gateway's own table has, those never seen too.
template <class Each>
void for_every_edge(const Sum& sum, Each&& each) {
  for (std::size_t from = 0; from < continuity::states; ++from)
    for (std::size_t to = 0; to < continuity::states; ++to)
      for (std::size_t why = 0; why < continuity::whys; ++why) {
        const auto a = static_cast<State>(from), b = static_cast<State>(to);
        const auto w = static_cast<Why>(why);
        if (!is_edge(a, b, w)) continue;
        const auto found = sum.edges.find({seen_as(a), seen_as(b), std::string(to_string(w))});
        each(to_string(a), to_string(b), to_string(w), found == sum.edges.end() ? 0 : found->second);
      }
}

void print_edges(const Sum& sum) {
  fmt::print("\nchanges of state, by edge of the drawing:\n");
  for_every_edge(sum, [](auto from, auto to, auto why, std::size_t seen) {
    fmt::print("  {:10} -> {:10} {:16} {:8}\n", from, to, why, seen);
  });
}

}  // namespace

bool saw_every_edge(const Sum& sum, std::size_t least) {
  bool out = true;
  for_every_edge(sum, [&](auto from, auto to, auto why, std::size_t seen) {
    if (seen >= least) return;
    out = false;
    fmt::print("{} -> {} ({}) was seen {} times, not {}\n", from, to, why, seen, least);
  });
  return out;
}

void print(const Sum& sum) {
  fmt::print("{:28} {:>9} {:>9} {:>8} {:>6}\n", "episodes of", "episodes", "logins", "entered", "lost");
  for (const auto& [name, one] : sum.by_name)
    fmt::print("{:28} {:9} {:9} {:8} {:6}\n", name, one.episodes, one.logins, one.entered, one.lost);
  print_edges(sum);
  const auto milliseconds = [](base::Duration time) { return time / std::chrono::milliseconds(1); };
  fmt::print("\n{} episodes, {} logins; let in by the service {}, by a rung {}\n", sum.episodes, sum.logins,
             sum.by_service, sum.by_rung);
  fmt::print("longest entry {} ms, longest return {} ms\n", milliseconds(sum.longest_entry),
             milliseconds(sum.longest_return));
  const auto& lost = sum.losses;
  fmt::print(
      "right logins not let in: {} where none may be lost; {} by the service's fault, {} pushes; by links {},\n"
      "by the directory {}, because an earlier try's answer was lost {}\n",
      lost.promised_none, lost.service, lost.push, lost.links, lost.store, lost.spent_before);
}

}  // namespace sallyport::sim
