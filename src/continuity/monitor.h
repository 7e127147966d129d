#pragma once
// Whether the authentication service is lost: one value for a gateway, fed with the ends of probes and logins.
// No clock, no I/O; time is an argument.
//
//              worry / down                        threshold
//   normal ─────────────────▶ suspect ───────────────────────────▶ continuity
//     ▲  ▲ ▲                   │  │  half the probes down            │ first good probe
//     │  │ └── 2 good probes ──┘  └──────────────▶ degraded ◀────────┘
//     │  └──────────── rise good probes ─────────────┘  │
//     │                                                 └─ threshold of nothing but down ─▶ continuity
//     └─ only barred evidence for threshold, from any state
//
// Only probes and the canary move it past `suspect`; the users' votes (votes.h) as far as `degraded`. A probe
// that answers late says that the service is slow, which is no reason for continuity. And while users fail two
// good probes are no proof that all is well: when a tenth of them still do after `threshold`, it is degraded.
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "continuity/last_answer.h"
#include "continuity/snapshot.h"
#include "continuity/votes.h"

namespace sallyport::continuity {

struct Rules {
  base::Duration worry = std::chrono::seconds(1);       // a login without an answer for so long, or ...
  base::Duration most_worry = std::chrono::seconds(4);  // ... four times the usual, at most this
  base::Duration threshold = std::chrono::seconds(5);
  base::Duration probe_interval = std::chrono::seconds(10);  // in normal
  base::Duration trial_interval = std::chrono::seconds(1);   // elsewhere
  base::Duration suspect_limit = std::chrono::seconds(15);
  base::Duration blind_limit = std::chrono::seconds(30);
  base::Duration lease = std::chrono::seconds(3);
  base::Duration flap_memory = std::chrono::minutes(10);
  base::Duration down_memory = std::chrono::seconds(10);
  base::Duration failing_memory = std::chrono::seconds(2);  // so long two users' failures keep it in doubt
  int fall = 3, rise = 3, most_rise = 300;
  bool has_canary = false;
  Profile profile = {};
};

enum class Probe : std::uint8_t { reach, canary };
inline constexpr std::size_t probes = 2;
inline constexpr base::Duration probe_limit = std::chrono::seconds(2);  // then it counts as failed, and runs on

struct Probed {
  enum class When : std::uint8_t {
    in_time,
    unfinished,
    late
  };  // unfinished: at probe_limit; late: its end after
  Probe probe{};
  When when{};
  Evidence evidence{};  // of an unfinished one: timed_out
  base::SteadyTime began{};
};

struct LoginEnd {  // of one exchange for a login
  Evidence evidence{};
  base::SteadyTime began{}, ended{};
  base::Duration took{};               // of the service; 0: not known
  std::uint64_t user = 0, client = 0;  // keyed hashes; user 0: no vote, its first factor was not good
  bool again = false;                  // its second sending
};

enum class Why : std::uint8_t {
  worry,
  login_down,
  probe_down,
  throttled,
  two_good,
  nothing_known,  // suspect_limit
  threshold,      // of nothing but down
  half_down,      // probes or canaries down or slow, for threshold
  many_users_down,
  first_good,
  risen,
  only_barred,
  blind,  // nothing but evidence of our own trouble for blind_limit
};
inline constexpr std::size_t whys = 13;
std::string_view to_string(Why);

struct Change {
  State from{}, to{};
  Why why{};
  Evidence cause{};
  base::SteadyTime at{};
};
// Whether the drawing above has that edge.
bool is_edge(State from, State to, Why why);

class Monitor {
 public:
  Monitor(Rules, bool armed, base::SteadyTime now);

  void observe(const Probed&, base::SteadyTime now);
  void observe(const LoginEnd&, base::SteadyTime now);
  // An exchange for a login that began then has no answer yet.
  void unanswered(base::SteadyTime began, base::SteadyTime now);
  void tick(base::SteadyTime now);  // often: what time alone decides
  void set(Rules rules) { rules_ = rules; }
  void arm();  // it has been reached before, as is known now

  // When the next probes (all kinds that there are) shall begin. `jitter` from 0 to 1 shortens the wait in
  // normal by up to a tenth, so that gateways do not march in step.
  [[nodiscard]] base::SteadyTime next_probe() const { return next_probe_; }
  void probes_begin(base::SteadyTime now, double jitter);

  [[nodiscard]] Snapshot snapshot(base::SteadyTime now) const;
  [[nodiscard]] State state() const { return state_; }
  // By one answer, ever: what was never reached is no outage (a typing error in the settings). Whoever keeps it
  // on disk looks here.
  [[nodiscard]] bool is_armed() const { return armed_; }
  [[nodiscard]] bool sees_only_barred() const { return barred_since_.has_value(); }
  [[nodiscard]] base::Duration worry() const;
  std::vector<Change> take_changes();
  // The snapshot grants less than before, in the same state: the workers must hear of it now.
  bool take_news();

 private:
  struct Track {                        // of one kind of probe
    std::deque<bool> bad;               // the newest ten: down or slow
    base::SteadyTime down_began{};      // the newest failed one's beginning
    base::SteadyTime answered_began{};  // the newest answered one's beginning
    int good_in_a_row = 0;
    std::optional<base::SteadyTime> half_bad_since;  // until no more than a quarter are
  };
  void went_well(const Probed&, base::SteadyTime now);
  void was_slow(const Probed&);
  void went_down(const Probed&, base::SteadyTime now);
  void was_barred(base::SteadyTime now);
  [[nodiscard]] Side side_of(Evidence, base::SteadyTime began) const;
  void remember(Track&, bool bad, base::SteadyTime now);
  void not_only_barred() { barred_since_.reset(); }
  void forget_failures();
  void answered_since(base::SteadyTime began);
  void note_failing_user(const LoginEnd&, base::SteadyTime now);
  [[nodiscard]] int good_in_a_row() const;
  [[nodiscard]] bool nothing_but_down(base::SteadyTime now) const;
  [[nodiscard]] bool is_half_down(base::SteadyTime now) const;
  [[nodiscard]] bool many_users_fail(base::SteadyTime now) const;
  [[nodiscard]] bool a_tenth_fail(base::SteadyTime now);
  void doubt(Why, Evidence, base::SteadyTime now);
  void go(State, Why, base::SteadyTime now);
  void ask_now(base::SteadyTime now);
  void leave_suspect(base::SteadyTime now);
  void leave_degraded(base::SteadyTime now);
  void count_return(base::SteadyTime now);

  Rules rules_;
  State state_ = State::suspect;
  base::SteadyTime entered_, next_probe_, probes_begun_{};
  bool armed_;
  Evidence cause_ = Evidence::answered;
  std::array<Track, probes> tracks_;
  std::optional<base::SteadyTime> since_;  // the beginning of the first failed probe, none answered since
  int failed_ = 0;                         // of those, that count
  base::SteadyTime last_down_began_{}, last_not_local_, calmed_{};
  LastAnswer login_answered_;
  std::optional<base::SteadyTime> others_down_;  // when a probe or half of the votes ended down
  std::optional<base::SteadyTime> barred_since_, throttled_since_;
  base::SteadyTime voted_down_{};    // the newest of the votes that are down
  base::SteadyTime outage_ended_{};  // by a probe; what failed that began before it has no vote any more
  Votes votes_, votes_in_doubt_;     // in doubt: since suspect began, and on in degraded
  bool many_users_down_ = false, is_blind_ = false, newest_is_local_ = false, has_news_ = false;
  std::uint64_t failing_user_ = 0;  // the newest
  base::SteadyTime user_failed_at_{}, users_fail_until_{};
  base::Duration usual_ = std::chrono::milliseconds(100);  // about the 95th percentile of logins' answers
  std::optional<base::SteadyTime> returned_;
  int rise_;
  std::vector<Change> changes_;
};

}  // namespace sallyport::continuity
