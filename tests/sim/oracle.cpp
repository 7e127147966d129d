#include "oracle.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sallyport::sim {
namespace {

double seconds(base::SteadyTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count() - 100'000;
}

}  // namespace

void Oracle::tells(bool on, std::uint32_t login) {
  tells_ = on;
  logins.tells_about(login, [this] { return seconds(timeline_.steady()); });
}

void Oracle::note(const std::string& wrong) {
  if (wrong.empty() || wrong_) return;
  wrong_ = wrong;
  if (tells_) std::printf("%10.3f WRONG: %s\n", seconds(timeline_.steady()), wrong.c_str());
}

void Oracle::begin_episode(base::SteadyTime breaks, base::SteadyTime heals) {
  facts_ = {};
  facts_.breaks = breaks;
  facts_.heals = heals;
}

void Oracle::changes(Sees from, Sees to, const std::string& why) {
  const auto now = timeline_.steady();
  if (tells_)
    std::printf("%10.3f %s -> %s (%s)\n", seconds(now), std::string(to_string(from)).c_str(),
                std::string(to_string(to)).c_str(), why.c_str());
  ++edges[{from, to, why}];
  if (from == Sees::normal) facts_.left_normal = true;
  if (to == Sees::continuity || to == Sees::degraded) facts_.was_worse_than_suspect = true;
  if (to == Sees::continuity && !facts_.entered) facts_.entered = now;
  if (from == Sees::continuity && now > facts_.heals && !facts_.left_continuity) facts_.left_continuity = now;
  if (from == Sees::normal && now > facts_.heals && !facts_.normal_again) facts_.doubted_again = now;
  if (to == Sees::degraded && from != Sees::continuity && now > facts_.heals) facts_.relapsed = now;
  if (to == Sees::normal && now > facts_.heals && !facts_.normal_again) facts_.normal_again = now;
  note(states.change(from, to, why, now));
}

void Oracle::tell_probe(const ProbeSeen& probe) const {
  if (!tells_) return;
  static constexpr std::array signs{"answered", "down", "throttled", "barred", "own"};
  static constexpr std::array whens{"", ", unfinished", ", late"};
  std::printf("%10.3f   %s of %.3f: %s%s\n", seconds(timeline_.steady()), probe.is_canary ? "canary" : "probe",
              seconds(probe.began), signs[static_cast<std::size_t>(probe.sign)],
              whens[static_cast<std::size_t>(probe.when)]);
}

void Oracle::sees_end(Sign sign, base::SteadyTime began) {
  if (tells_ && sign == Sign::down)
    std::printf("%10.3f   an exchange of %.3f failed\n", seconds(timeline_.steady()), seconds(began));
  if (sign != Sign::down || timeline_.steady() < facts_.breaks || facts_.first_failure) return;
  facts_.first_failure = std::max(began, facts_.breaks);
}

}  // namespace sallyport::sim
