#include "continuity/monitor.h"

#include <algorithm>
#include <utility>

#include "base/invariant.h"
#include "base/planted.h"

namespace sallyport::continuity {
namespace {

constexpr std::size_t remembered_probes = 10;
// Logins that wait may load the service: what times out so soon after they began to wait counts for less.
constexpr base::Duration own_load = std::chrono::seconds(1);

using base::planted;

std::size_t place(Probe probe) { return static_cast<std::size_t>(probe); }

}  // namespace

Monitor::Monitor(Rules rules, bool armed, base::SteadyTime now)
    : rules_(rules), entered_(now), next_probe_(now), armed_(armed), last_not_local_(now), rise_(rules.rise) {}

Side Monitor::side_of(Evidence evidence, base::SteadyTime began) const {
  const auto meaning = side(evidence, rules_.profile);
  const bool goes_on = throttled_since_ && began >= *throttled_since_ + rules_.threshold;
  return evidence == Evidence::throttled && meaning == Side::neither && goes_on ? Side::down : meaning;
}

void Monitor::observe(const Probed& probed, base::SteadyTime now) {
  newest_is_local_ = probed.evidence == Evidence::local;
  if (!newest_is_local_) last_not_local_ = now;
  const bool is_late = probed.when == Probed::When::late;
  switch (side_of(probed.evidence, probed.began)) {
    case Side::up:
      if (is_late && planted("late_answer_ignored")) break;
      is_late ? was_slow(probed) : went_well(probed, now);
      break;
    case Side::down:
      if (!is_late) went_down(probed, now);  // else it has counted when it was unfinished
      break;
    case Side::barred:
      was_barred(now);
      break;
    case Side::neither:
      if (probed.evidence != Evidence::throttled) break;
      remember(tracks_[place(probed.probe)], true, now);
      doubt(Why::throttled, probed.evidence, now);
      break;
  }
  tick(now);
}

void Monitor::went_well(const Probed& probed, base::SteadyTime now) {
  auto& track = tracks_[place(probed.probe)];
  arm();
  not_only_barred();
  track.answered_began = std::max(track.answered_began, probed.began);
  remember(track, false, now);
  answered_since(probed.began);
  const bool is_newest = probed.began > last_down_began_;  // else it says nothing about what came after
  if (is_newest) ++track.good_in_a_row;
  if (probed.probe == Probe::canary || probed.began <= track.down_began) return;
  if (is_newest && throttled_since_) {
    has_news_ = true;
    throttled_since_.reset();
  }
  if (state_ != State::continuity || planted("first_good_probe_ignored")) return;
  votes_.clear();  // cast before this answer, or about what came before it
  outage_ended_ = probed.began;
  many_users_down_ = false;
  go(State::degraded, Why::first_good, now);
}

// That it was not answered in time has been counted already.
void Monitor::was_slow(const Probed& probed) {
  auto& track = tracks_[place(probed.probe)];
  arm();
  not_only_barred();
  track.answered_began = std::max(track.answered_began, probed.began);
  answered_since(probed.began);
}

void Monitor::went_down(const Probed& probed, base::SteadyTime now) {
  auto& track = tracks_[place(probed.probe)];
  if (probed.began < track.answered_began && !planted("stale_evidence_counts")) return;
  not_only_barred();
  last_down_began_ = std::max(last_down_began_, probed.began);
  track.down_began = std::max(track.down_began, probed.began);
  others_down_ = now;
  for (auto& one : tracks_) one.good_in_a_row = 0;
  doubt(Why::probe_down, probed.evidence, now);
  cause_ = probed.evidence;
  remember(track, true, now);
  if (probed.probe == Probe::canary) return;
  if (!since_) since_ = probed.began;
  const bool could_be_our_load = probed.evidence == Evidence::timed_out && state_ == State::suspect &&
                                 probed.began >= entered_ && probed.began < entered_ + own_load;
  if (!could_be_our_load) ++failed_;
}

// Somebody may stand in the middle: nothing that was seen before is proof of an outage any more.
void Monitor::was_barred(base::SteadyTime now) {
  forget_failures();
  for (auto& one : tracks_) {
    one.good_in_a_row = 0;
    one.bad.clear();
    one.half_bad_since.reset();
  }
  if (!barred_since_) barred_since_ = now;
}

// Whoever asked and was answered, the canary or a login too: the service is not lost.
void Monitor::answered_since(base::SteadyTime began) {
  if (since_ && began >= *since_) forget_failures();
}

// What failed before the service was ever reached is no outage of it.
void Monitor::arm() {
  if (std::exchange(armed_, true)) return;
  forget_failures();
  votes_.clear();
  votes_in_doubt_.clear();
  for (auto& track : tracks_) track = {};
}

void Monitor::forget_failures() {
  since_.reset();
  failed_ = 0;
}

void Monitor::remember(Track& track, bool bad, base::SteadyTime now) {
  track.bad.push_back(bad);
  if (track.bad.size() > remembered_probes) track.bad.pop_front();
  const auto bad_ones = static_cast<std::size_t>(std::ranges::count(track.bad, true));
  if (4 * bad_ones <= track.bad.size())
    track.half_bad_since.reset();
  else if (!track.half_bad_since && 2 * bad_ones >= track.bad.size())
    track.half_bad_since = now;
}

void Monitor::observe(const LoginEnd& end, base::SteadyTime now) {
  const auto meaning = side_of(end.evidence, end.began);
  if (meaning == Side::up) {
    arm();
    login_answered_.note(end.began, end.ended);
    answered_since(end.began);
  }
  if (meaning == Side::up && end.took.count() > 0) {
    const double factor = end.took > usual_ ? 1.05 : 0.99737;  // settles where one in twenty is above
    const auto moved = static_cast<double>(usual_.count()) * factor;
    usual_ = std::clamp<base::Duration>(base::Duration(static_cast<std::int64_t>(moved)),
                                        std::chrono::milliseconds(1), rules_.most_worry);
  }
  const bool is_over =
      meaning == Side::down && end.began < outage_ended_ && !planted("votes_outlive_an_outage");
  // Barred is no failure, and no reason to doubt less.
  if (end.user != 0 && meaning != Side::neither && !is_over) {
    const Vote vote{end.user, end.client, meaning == Side::down, end.began, end.again};
    if (votes_.add(vote, now) && vote.down) voted_down_ = now;
    if (state_ == State::suspect || state_ == State::degraded) votes_in_doubt_.add(vote, now);
  }
  if (end.user != 0 && meaning == Side::down) note_failing_user(end, now);
  if (end.evidence == Evidence::throttled && meaning == Side::neither) doubt(Why::throttled, end.evidence, now);
  if (meaning == Side::down && planted("logins_count_as_probes")) {
    if (!since_) since_ = end.began;
    ++failed_;
  }
  if (meaning != Side::down) return;
  if (end.began < login_answered_.began()) return ask_now(now);  // stale, but it may be the first of an outage
  last_down_began_ = std::max(last_down_began_, end.began);
  doubt(Why::login_down, end.evidence, now);
}

void Monitor::note_failing_user(const LoginEnd& end, base::SteadyTime now) {
  if (now - end.began > rules_.failing_memory / 2) return;  // what took so long may be over
  const bool is_another = failing_user_ != 0 && failing_user_ != end.user;
  const bool do_fail = is_another && now - user_failed_at_ <= rules_.failing_memory;
  failing_user_ = end.user;
  user_failed_at_ = now;
  if (!do_fail) return;
  users_fail_until_ = now + rules_.failing_memory;
  doubt(Why::login_down, end.evidence, now);  // though others were answered that began later
  if (state_ == State::degraded && a_tenth_fail(now)) others_down_ = now;
}

void Monitor::unanswered(base::SteadyTime began, base::SteadyTime now) {
  const auto since = std::max(login_answered_.waits_since(began), calmed_);
  if (state_ == State::normal && now - since >= worry()) doubt(Why::worry, Evidence::timed_out, now);
}

base::Duration Monitor::worry() const {
  return std::max(rules_.worry, std::min(rules_.most_worry, 4 * usual_));
}

void Monitor::doubt(Why why, Evidence evidence, base::SteadyTime now) {
  if (why == Why::throttled && !throttled_since_) throttled_since_ = now;
  if (state_ != State::normal) return;
  cause_ = evidence;
  go(State::suspect, why, now);
}

void Monitor::go(State to, Why why, base::SteadyTime now) {
  SALLYPORT_INVARIANT(is_edge(state_, to, why));
  changes_.push_back({state_, to, why, cause_, now});
  const auto from = std::exchange(state_, to);
  entered_ = now;
  if (from != State::suspect) votes_in_doubt_.clear();
  // Another rate, and another question; and what was seen before it went blind grants nothing afterwards.
  if (from == State::normal || to == State::normal || why == Why::blind) {
    forget_failures();
    barred_since_.reset();
    for (auto& track : tracks_) {
      const auto answered = track.answered_began;
      track = {};
      track.answered_began = answered;
    }
    next_probe_ = to == State::normal ? now + rules_.probe_interval : now;
  }
  if (to == State::normal) {
    throttled_since_.reset();
    calmed_ = now;
  }
}

void Monitor::tick(base::SteadyTime now) {
  is_blind_ = newest_is_local_ && now - last_not_local_ >= rules_.blind_limit;
  many_users_down_ = armed_ && !is_blind_ && votes_.half_are_down(now);
  if (many_users_fail(now)) others_down_ = now;
  switch (state_) {
    case State::normal:
      if (many_users_fail(now)) go(State::degraded, Why::many_users_down, now);
      break;
    case State::suspect:
      leave_suspect(now);
      break;
    case State::degraded:
      leave_degraded(now);
      break;
    case State::continuity:
      if (is_blind_ && !planted("a_blind_gateway_goes_on")) go(State::suspect, Why::blind, now);
      break;
  }
  if (state_ == State::normal || !barred_since_ || now - *barred_since_ < rules_.threshold) return;
  if (planted("barred_keeps_it_open")) return;
  go(State::normal, Why::only_barred, now);
  barred_since_ = now;
}

bool Monitor::nothing_but_down(base::SteadyTime now) const {
  const auto threshold = planted("no_threshold") ? base::Duration{} : rules_.threshold;
  const int fall = planted("fall_of_one") ? 1 : rules_.fall;
  const bool armed = armed_ || planted("never_reached_is_an_outage");
  return armed && since_ && now >= *since_ + threshold && failed_ >= fall;
}

bool Monitor::is_half_down(base::SteadyTime now) const {
  return std::ranges::any_of(tracks_, [&](const auto& track) {
    return track.half_bad_since && now - *track.half_bad_since >= rules_.threshold;
  });
}

// And not only because those who did not are forgotten earlier.
bool Monitor::many_users_fail(base::SteadyTime now) const {
  const bool is_new = now - voted_down_ <= rules_.failing_memory || planted("old_votes_degrade");
  return many_users_down_ && is_new;
}

// Of the users who asked since the doubt began; ten at least, and they still do.
bool Monitor::a_tenth_fail(base::SteadyTime now) {
  const bool may_count = armed_ && !is_blind_ && !barred_since_;
  return may_count && now < users_fail_until_ && votes_in_doubt_.one_in_are_down(10, now);
}

int Monitor::good_in_a_row() const {
  const int reach = tracks_[place(Probe::reach)].good_in_a_row;
  return rules_.has_canary ? std::min(reach, tracks_[place(Probe::canary)].good_in_a_row) : reach;
}

void Monitor::leave_suspect(base::SteadyTime now) {
  if (nothing_but_down(now)) return go(State::continuity, Why::threshold, now);
  if (many_users_fail(now)) return go(State::degraded, Why::many_users_down, now);
  if (good_in_a_row() >= 2 && now >= users_fail_until_) return go(State::normal, Why::two_good, now);
  if (armed_ && is_half_down(now)) return go(State::degraded, Why::half_down, now);
  if (now - entered_ >= rules_.threshold && a_tenth_fail(now)) {
    others_down_ = now;
    return go(State::degraded, Why::many_users_down, now);
  }
  if (now - entered_ >= rules_.suspect_limit && !planted("suspect_without_end"))
    go(State::normal, Why::nothing_known, now);
}

void Monitor::leave_degraded(base::SteadyTime now) {
  if (nothing_but_down(now)) return go(State::continuity, Why::threshold, now);
  if (is_blind_) return go(State::suspect, Why::blind, now);
  if (good_in_a_row() < (planted("one_good_probe_is_enough") ? 1 : rise_)) return;
  if (many_users_down_ || a_tenth_fail(now)) return;
  count_return(now);
  votes_.clear();  // they are of the outage that is over
  go(State::normal, Why::risen, now);
}

// Damping prolongs asking the service, never not asking it.
void Monitor::count_return(base::SteadyTime now) {
  const bool flaps = returned_ && now - *returned_ < rules_.flap_memory;
  rise_ = flaps ? std::min(2 * rise_, rules_.most_rise) : rules_.rise;
  returned_ = now;
}

// Before the login that failed is sent again, which it is only once.
void Monitor::ask_now(base::SteadyTime now) {
  next_probe_ = std::min(next_probe_, std::max(now, probes_begun_ + rules_.trial_interval));
}

void Monitor::probes_begin(base::SteadyTime now, double jitter) {
  probes_begun_ = now;
  if (state_ == State::normal) {
    const auto less = static_cast<double>(rules_.probe_interval.count()) * 0.1 * jitter;
    next_probe_ = now + rules_.probe_interval - base::Duration(static_cast<std::int64_t>(less));
    return;
  }
  next_probe_ += rules_.trial_interval;  // from its due time, so that lateness does not add up
  if (next_probe_ <= now) next_probe_ = now + rules_.trial_interval;
}

Snapshot Monitor::snapshot(base::SteadyTime now) const {
  return {.state = state_,
          .entered = entered_,
          .valid_until = now + rules_.lease,
          .cause = cause_,
          .others_down_until = others_down_ ? *others_down_ + rules_.down_memory : base::SteadyTime{},
          .throttled_is_down = throttled_since_ && now - *throttled_since_ >= rules_.threshold};
}

bool Monitor::take_news() { return std::exchange(has_news_, false); }

std::vector<Change> Monitor::take_changes() { return std::exchange(changes_, {}); }

}  // namespace sallyport::continuity
