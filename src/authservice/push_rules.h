#pragma once
// What a push may come to. Time is an argument; rows and wire are elsewhere.
//
//                  right number, or none asked for
//   in_progress ───────────────────────────────────▶ approved      (7000, as often as one asks)
//        │  ├──── wrong number ────────────────────▶ wrong_number  (7002 + 7141: two digits are guessed soon)
//        │  └──── denied ──────────────────────────▶ denied        (7002)
//        └─────── its life is over ────────────────▶ expired       (7004)
//
// What was decided stays decided.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "settings/authservice.h"
#include "vip/types.h"

namespace sallyport::authservice {

enum class PushState : std::uint8_t {  // kept in the database
  in_progress = 1,
  approved = 2,
  denied = 3,
  expired = 4,
  wrong_number = 5
};
std::string_view to_string(PushState);

struct PushPolicy {
  std::chrono::seconds life{60}, longest{300};
  int limit = 5;  // of unanswered ones within `limit_window`; 0: none
  settings::PushNumbers numbers{};
  static constexpr std::chrono::hours limit_window{1};
};

// What a client asks for, apart from whom: its words for the user and request.timeout.
struct PushWish {
  std::string text;  // one line, without control characters
  std::optional<std::chrono::seconds> life;
  bool shows_number = false;  // the client is of a version that can
  bool carried = false;       // something brings it to the device; else it waits for a person who looks
};
// The error is for the client: request.timeout is no number.
base::Result<PushWish> push_wish(const vip::PushAuthData&);

std::chrono::seconds push_life(const PushWish&, const PushPolicy&);  // at least a second

struct PushAnswer {
  bool approves = false;
  std::string number;
};
// What `state` is at `now`: one that nobody answered is over at `expires`.
PushState seen_at(PushState state, std::int64_t expires, std::int64_t now);
// The state after an answer to a push that is in progress.
PushState after_answer(std::string_view number_asked_for, const PushAnswer&);

}  // namespace sallyport::authservice
