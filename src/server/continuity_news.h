#pragma once
// What a person is told of business continuity by a notice, and when: a value with time as an argument. One
// notice for each beginning and end, whatever the monitor does in between; what comes and goes is told at most
// every ten minutes.
//
//   normal ──▶ ... ──▶ continuity   continuity_entered        record fails, barred: once, until it is over
//          └─▶ ... ──▶ degraded     service_degraded, and service_normal when that ends in normal
//   continuity ──▶ anything else    continuity_left
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "cloud/channel.h"
#include "continuity/monitor.h"
#include "server/refusal_surge.h"
#include "telemetry/message.h"

namespace sallyport::server {

struct News {
  std::string event;     // a word for programs: "continuity_entered"
  std::string headline;  // "business continuity has begun"
  std::string text;      // lines for a person, without the gateway's name
};

// Says when something that comes and goes is to be told: once, until it is over, and not again soon after.
class Telling {
 public:
  static constexpr base::Duration calm = std::chrono::minutes(10);
  // True: tell it now.
  bool begins(base::SteadyTime now) {
    if (goes_on_ || (told_ && now < *told_ + calm)) return false;
    goes_on_ = true;
    told_ = now;
    return true;
  }
  // True: its beginning was told.
  bool is_over() { return std::exchange(goes_on_, false); }

 private:
  bool goes_on_ = false;
  std::optional<base::SteadyTime> told_;
};

class ContinuityNews {
 public:
  // `detail`: how the last probe ended, in a peer's words; `let_in`: logins, since the start of the program.
  std::optional<News> of(const continuity::Change&, std::string_view detail, std::uint64_t let_in,
                         base::Time now);
  std::optional<News> of(continuity::Evidence of_a_probe, continuity::Side, std::string_view detail,
                         base::Time now);

 private:
  [[nodiscard]] News entered(const continuity::Change&, std::string_view detail, base::Time now) const;
  [[nodiscard]] static News as_before(const continuity::Change&, base::Time now);
  [[nodiscard]] News left(const continuity::Change&, std::uint64_t let_in, base::Time now) const;

  std::optional<base::SteadyTime> doubted_;  // normal was left
  base::SteadyTime entered_{};
  std::uint64_t let_in_before_ = 0;
  Telling degraded_, barred_;
};

News record_fails(std::string_view detail, base::WallTime now);
News record_is_back(base::WallTime now);
News many_logins(std::string_view server, std::int64_t logins, base::WallTime now);
// What somebody said by hand about a validation server; that it still holds, said once a day; that it is over.
News mode_by_hand(std::string_view server, continuity::Mode, std::string_view by, std::string_view until,
                  base::WallTime now);
News still_by_hand(std::string_view server, continuity::Mode, base::WallTime now);
News by_hand_is_over(std::string_view server, continuity::Mode, std::string_view by, base::WallTime now);
News files_unread(std::string_view detail, base::WallTime now);
// Of a certificate on the way to the service: "our own", "the authentication service's".
News certificate_ends(const telemetry::Message&, std::string_view whose, std::string_view when,
                      std::int64_t days_left);
// Of users who signed in before, so many of so many are unknown at the service now (refusal_surge.h).
News refusal_surge_begins(const RefusalSurge::Count&, base::WallTime now);
News refusal_surge_is_over(const RefusalSurge::Count&, base::WallTime now);

// The service is reached where its name does not lead.
News dns_has_changed(const cloud::Elsewhere&, base::WallTime now);
News dns_is_right_again(base::WallTime now);

}  // namespace sallyport::server
