#pragma once
// What the monitor says about the service, as the workers hold it: a value that ages. `continuity` and
// `degraded` are a lease: whoever holds an expired one acts as in `suspect`, so that a monitor that hangs
// grants nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/planted.h"
#include "base/time.h"
#include "continuity/evidence.h"

namespace sallyport::continuity {

enum class State : std::uint8_t { normal, suspect, degraded, continuity };
inline constexpr std::size_t states = 4;
enum class Mode : std::uint8_t { disabled, automatic, enabled };  // of a validation server

std::string_view to_string(State);
std::string_view to_string(Mode);

struct Snapshot {
  State state = State::suspect;
  base::SteadyTime entered{};           // the state
  base::SteadyTime valid_until{};       // of continuity and degraded
  Evidence cause = Evidence::answered;  // the newest evidence that led out of normal
  // Of degraded: a probe, a canary or half of the votes ended down lately. Only until then may a login that
  // itself ended down go to the ladder.
  base::SteadyTime others_down_until{};
  bool throttled_is_down = false;  // it has gone on at our slowest rate for `threshold`
};

// What one validation server's logins are told.
struct Standing {
  Mode mode = Mode::disabled;
  Snapshot snapshot = {};

  [[nodiscard]] State state(base::SteadyTime now) const {
    const bool is_lease = (snapshot.state == State::continuity || snapshot.state == State::degraded) &&
                          !base::planted("lease_ignored");
    return is_lease && now >= snapshot.valid_until ? State::suspect : snapshot.state;
  }
  // New logins are judged by the ladder without asking the service.
  [[nodiscard]] bool is_lost(base::SteadyTime now) const {
    const bool follows = mode == Mode::automatic || base::planted("a_disabled_server_follows_the_monitor");
    return mode == Mode::enabled || (follows && state(now) == State::continuity);
  }
  [[nodiscard]] Side side_of(Evidence evidence, const Profile& profile) const {
    const auto meaning = side(evidence, profile);
    const bool goes_on = evidence == Evidence::throttled && snapshot.throttled_is_down;
    return meaning == Side::neither && goes_on ? Side::down : meaning;
  }
};

}  // namespace sallyport::continuity
