#pragma once
// The oracle's own words for what it sees, and its own reading of evidence and states: it shares no decision
// with the rooms that it judges.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "continuity/evidence.h"
#include "continuity/snapshot.h"

namespace sallyport::sim {

enum class Sign : std::uint8_t {
  answered,
  down,
  throttled,
  barred,
  own
};  // own: trouble of the gateway itself
enum class Sees : std::uint8_t { normal, suspect, degraded, continuity };  // what the gateway believes

struct ExchangeSeen {  // for a login; it has ended
  Sign sign{};
  base::SteadyTime began{}, ended{};
  std::size_t user = 0;
  bool votes = false;     // its first factor was good, and it still waits
  bool again = false;     // its second sending: an answer does not take back that the first had none
  bool may_vote = false;  // or it is of one of two logins of the gateway, and nobody can tell which one waits
};

// `strict`: an expired certificate is no outage.
constexpr Sign sign_of(continuity::Evidence evidence, bool strict) {
  using enum continuity::Evidence;
  switch (evidence) {
    case answered:
      return Sign::answered;
    case throttled:
      return Sign::throttled;
    case local:
      return Sign::own;
    case service_not_trusted:
    case own_certificate_refused:
    case refused_by_service:
    case redirected:
    case clock_doubtful:
      return Sign::barred;
    case own_certificate_expired:
    case service_certificate_expired:
      return strict ? Sign::barred : Sign::down;
    default:
      return Sign::down;
  }
}

constexpr Sees seen_as(continuity::State state) {
  using enum continuity::State;
  switch (state) {
    case normal:
      return Sees::normal;
    case suspect:
      return Sees::suspect;
    case degraded:
      return Sees::degraded;
    case continuity:
      return Sees::continuity;
  }
  return Sees::normal;
}

constexpr std::string_view to_string(Sees sees) {
  switch (sees) {
    case Sees::normal:
      return "normal";
    case Sees::suspect:
      return "suspect";
    case Sees::degraded:
      return "degraded";
    case Sees::continuity:
      return "continuity";
  }
  return "";
}

}  // namespace sallyport::sim
