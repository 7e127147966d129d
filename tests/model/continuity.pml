// Business continuity as a model for spin: the monitor (src/continuity/monitor.cpp), the word that workers hold
// (snapshot.h), the ladder and one login (src/validation/continuity_steps.cpp), in a world that does what it can.
//
// Time goes in ticks of one trial probe (a second). Within a tick anything happens in any order, any number of
// times: probes end as the world likes, logins of others too, the watch speaks or hangs, the disk flushes or does
// not. A point in time is held as its age in ticks, up to where it makes no more difference.
//
// Where the model is not the code it can do more, never less. What the code does *after* some time, and no
// property needs, the model may do at any time: leave `suspect` when half of the probes are down, once one was
// (`half_down`), leave all for barred evidence, once there was some (`only_barred`), or for none (`blind`), count
// throttling as down, count what is stale. Exact are the threshold of nothing but down, the end of `suspect`, the
// first good probe, the good ones in a row, and the lease.
//
// P1 to P5 are judged by what really happened, kept apart from what monitor and login believe. model.py runs it:
// the proofs, the planted mistakes (#ifdef in capitals), and the transitions (`go`) beside the code's table.

#define THRESHOLD 5       // as shipped, in ticks (continuity::Rules); model.py holds them against the code
#define SUSPECT_LIMIT 15
#define FALL 3
#define RISE 3
#define LEASE 3
#define PROBE_LIMIT 2
#ifdef LOGIN              // smaller, for the login comes on top; P2, P4 and P5 are the monitor's alone
#undef THRESHOLD
#undef SUSPECT_LIMIT
#undef FALL
#undef RISE
#undef LEASE
#define THRESHOLD 1
#define SUSPECT_LIMIT 2
#define FALL 1
#define RISE 2
#define LEASE 2
#define MOST_RISE RISE
#define USERS 1
#elif defined(CANARY)     // smaller too
#undef THRESHOLD
#undef SUSPECT_LIMIT
#undef FALL
#undef RISE
#define THRESHOLD 2
#define SUSPECT_LIMIT 4
#define FALL 2
#define RISE 2
#define MOST_RISE (RISE + 1)
#define USERS 1
#else
#define MOST_RISE (RISE + 1)  // Rules::most_rise, made smaller
#define USERS 2           // Votes::needed_users, made smaller: only whether it is reached counts
#endif
#define NONE 255

mtype:state = { normal, suspect, degraded, continuity };
mtype:evidence = { up, down, barred, own_trouble, throttle };
mtype:why = { worry, login_down, probe_down, throttled, two_good, nothing_known, threshold, half_down, many_users_down, first_good,
              risen, only_barred, blind };
mtype:event = { a_probe_ended, a_probe_is_unfinished, a_late_answer, a_canary_ended, a_login_ended, a_tick };

// The monitor: as monitor.h, times as ages.
mtype:state state = suspect;
#ifdef LOGIN
bit armed = 1;
#else
bit armed;
#endif
byte entered;             // in suspect; up to SUSPECT_LIMIT
byte since = NONE;        // up to THRESHOLD
byte failed;              // up to FALL
byte last_down = PROBE_LIMIT;  // and longer ago
byte good_in_a_row;       // up to `rise`
byte rise = RISE;
bit saw_barred;
byte votes;               // down, of users whose first factor was good
bit pending[PROBE_LIMIT]; // by age: a probe begun then has no end yet
#ifdef CANARY
bit canary_pending;
byte canary_good;
#endif

// What really happened.
bit no_probe_was_down = 1;  // nor slow, nor throttled: all ended well, barred or by our own trouble
byte users_that_failed;     // though their first factor was good; up to USERS
byte in_suspect;            // ticks
bit service_answers;        // everything but the canary that begins from now on, in its tick
byte answers_for;           // whole ticks; up to 2
hidden byte p1_holds, p2_holds, p3_holds, p4_holds, p5_holds;

#ifdef LOGIN
// The word that the worker holds: a lease.
mtype:state word = suspect;
byte lease;                 // ticks left
bit others_down;            // the word says: lately
bit news;                   // the login has not heard it
byte granted = NONE;        // what really happened: ticks since the monitor said continuity or degraded, and nothing else since
#endif

inline at_most(value, limit) { if :: value > limit -> value = limit :: else fi }
inline grow(age, limit) { if :: age < limit -> age++ :: else fi }

// ---- The monitor

inline forget_failures() { since = NONE; failed = 0 }

inline none_good_in_a_row() {
  good_in_a_row = 0;
#ifdef CANARY
  canary_good = 0;
#endif
}

// Every transition of the model is a `go`, in the words of the code's table.
inline go(from, to, why) {
  assert(state == from && to != from && why != 0);  // by this model.py knows which were never taken
  state = to;
  entered = 0;
  if
  :: from == normal || to == normal ->
     forget_failures();
     none_good_in_a_row();
     saw_barred = 0;
     if :: from == normal -> pending[0] = 1 :: else fi
  :: else
  fi
}

#ifdef COMES_BACK_LIKE_DEGRADED
#define IS_BACK (good_in_a_row >= rise)
#elif defined(CANARY_KEEPS_CONTINUITY)
#define IS_BACK (canary_good > 0)
#else
#define IS_BACK true
#endif

inline went_well() {
  armed = 1; saw_barred = 0;
  if
  :: age > last_down || (age == last_down && !service_answers)  // it says nothing about what came after; a tick is coarse
  :: age < last_down || age == last_down ->
     grow(good_in_a_row, rise);
     if :: since != NONE && age <= since -> forget_failures() :: else fi;
     if :: state == continuity && IS_BACK -> votes = 0; go(continuity, degraded, first_good) :: else fi
  fi
}

inline was_slow() {
  armed = 1; saw_barred = 0;
  if :: since != NONE && age <= since -> forget_failures() :: else fi
}

inline went_down() {
  if
  :: age > 0 -> skip  // stale
  :: true ->
     saw_barred = 0;
#ifdef DOUBT_BEGINS_ANEW
     entered = 0;
#endif
     at_most(last_down, age);
     none_good_in_a_row();
     if :: state == normal -> go(normal, suspect, probe_down) :: else fi;
     if
     :: event == a_canary_ended
     :: else ->
        if :: since == NONE -> since = age :: else fi;
        if :: event == a_probe_is_unfinished && state == suspect && age == entered :: else -> grow(failed, FALL) fi
     fi
  fi
}

inline was_barred() { forget_failures(); none_good_in_a_row(); saw_barred = 1 }

inline was_throttled() {
  if :: state == normal -> go(normal, suspect, throttled) :: else fi
}

#define NOTHING_BUT_DOWN (armed && since != NONE && since >= THRESHOLD && failed >= FALL)
#define NEVER_MIND (entered >= SUSPECT_LIMIT)
#ifdef DOUBT_HAS_NO_END
#undef NEVER_MIND
#define NEVER_MIND false
#endif
#ifdef CANARY
#define GOOD(needed) (good_in_a_row >= (needed) && canary_good >= (needed))
#else
#define GOOD(needed) (good_in_a_row >= (needed))
#endif

inline leave_suspect() {
  if
  :: NOTHING_BUT_DOWN -> go(suspect, continuity, threshold)
  :: !NOTHING_BUT_DOWN && many_down -> go(suspect, degraded, many_users_down)
  :: !NOTHING_BUT_DOWN && GOOD(2) && !many_down -> go(suspect, normal, two_good)
  :: !NOTHING_BUT_DOWN && armed && !no_probe_was_down -> go(suspect, degraded, half_down)
  :: !NOTHING_BUT_DOWN && NEVER_MIND -> go(suspect, normal, nothing_known)
  :: !NOTHING_BUT_DOWN && !many_down && !GOOD(2) && !NEVER_MIND
  fi
}

inline leave_degraded() {
  if
  :: NOTHING_BUT_DOWN -> go(degraded, continuity, threshold)
  :: !NOTHING_BUT_DOWN -> go(degraded, suspect, blind)
  :: !NOTHING_BUT_DOWN && GOOD(rise) && !many_down ->
     if :: rise = RISE :: rise = MOST_RISE fi;  // a return within flap_memory, or none
     go(degraded, normal, risen)
  :: !NOTHING_BUT_DOWN && !(GOOD(rise) && !many_down)
  fi
}

inline only_barred_evidence() {
  if
  :: state == suspect -> go(suspect, normal, only_barred)
  :: state == degraded -> go(degraded, normal, only_barred)
  :: state == continuity -> go(continuity, normal, only_barred)
  :: state == normal
  fi
}

inline decide() {  // Monitor::tick
  if :: many_down = armed && votes >= USERS :: many_down = 0 fi;  // they are half of all votes, or not
  if
  :: state == normal -> if :: many_down -> go(normal, degraded, many_users_down) :: else fi
  :: state == suspect -> leave_suspect()
  :: state == degraded -> leave_degraded()
  :: state == continuity
  :: state == continuity -> go(continuity, suspect, blind)
  fi;
  many_down = 0;
  if :: saw_barred -> only_barred_evidence() :: true fi
}

// ---- What must hold of the monitor

inline judge() {
  p2_holds = !no_probe_was_down || state == normal || state == suspect || (state == degraded && users_that_failed >= USERS);
  assert(p2_holds);
  if :: state != suspect -> in_suspect = 0 :: else fi;
  p4_holds = in_suspect <= SUSPECT_LIMIT;
  assert(p4_holds);
  p5_holds = state != continuity || answers_for < 2;
  assert(p5_holds)
}

// ---- The world

inline a_probe_was_not_well() { no_probe_was_down = 0; users_that_failed = 0 }  // which then says nothing

inline any_evidence() {
  if
  :: seen = up
  :: !service_answers -> seen = down
  :: !service_answers -> seen = barred
  :: !service_answers -> seen = own_trouble
#ifdef CANARY
  :: event == a_canary_ended -> seen = down  // it alone may be failed by a service that answers
#endif
#ifndef LOGIN
  :: !service_answers -> seen = throttle
#endif
  fi;
  if :: seen == down || seen == throttle -> a_probe_was_not_well() :: else fi
}

inline a_probe_or_canary_ends() {
  any_evidence();
  if
  :: seen == up && event == a_probe_ended -> went_well()
#ifdef CANARY
  :: seen == up && event == a_canary_ended ->
     armed = 1; saw_barred = 0;
     if :: since != NONE && age <= since -> forget_failures() :: else fi;
     if :: last_down > 0 || (last_down == 0 && !service_answers) -> grow(canary_good, rise) :: last_down == 0 fi
#endif
  :: seen == down -> went_down()
  :: seen == throttle && event == a_probe_ended -> went_down()
  :: seen == throttle -> was_throttled()
#ifdef LOCAL_IS_DOWN
  :: seen == own_trouble -> went_down()
#else
  :: seen == own_trouble
#endif
#ifdef BARRED_IS_DOWN
  :: seen == barred -> went_down()
#else
  :: seen == barred -> was_barred()
#endif
  fi;
  seen = up
}

inline a_login_of_another_ends() {
  if
#ifndef LOGIN
  :: armed = 1                                               // answered
  :: !service_answers -> was_throttled()
#endif
  :: state == normal -> go(normal, suspect, worry)           // not yet
  :: !service_answers ->
     at_most(last_down, 0);
     if :: state == normal -> go(normal, suspect, login_down) :: else fi;
#ifdef LOGINS_ARE_PROOF
     if :: since == NONE -> since = 0 :: else fi;
     grow(failed, FALL);
#endif
     if
     :: true -> grow(votes, USERS); if :: no_probe_was_down -> grow(users_that_failed, USERS) :: else fi  // its first factor was good
#ifdef VOTES_OF_ANYBODY
     :: true -> grow(votes, USERS)
#else
     :: skip
#endif
     fi
  :: votes > 0 -> votes = 0                                  // they fade
  fi
}

inline time_passes() {
  if
  :: state == suspect ->
     grow(entered, SUSPECT_LIMIT);
#ifndef LOGIN
     in_suspect++
#endif
  :: else
  fi;
  grow(last_down, PROBE_LIMIT);
  grow(since, THRESHOLD);
  if :: service_answers -> grow(answers_for, 2) :: else fi;
#ifdef LOGIN
  if :: lease > 0 -> lease-- :: else fi;
  grow(granted, LEASE);
#endif
#ifndef LOGIN  // there each ends in its tick, or says nothing
  if :: pending[1] -> event = a_probe_is_unfinished; age = PROBE_LIMIT :: else fi;
  pending[1] = pending[0];
#endif
  if :: pending[0] = 1 :: state == normal -> pending[0] = 0 fi;
#ifdef CANARY
  canary_pending = pending[0];
#endif
}

#ifdef CANARY
#define CANARY_PENDING canary_pending
#else
#define CANARY_PENDING false
#endif

// One event, as it comes.
inline something_happens() {
  if
  :: pending[0] -> pending[0] = 0; event = a_probe_ended
#ifndef LOGIN
  :: pending[1] && !service_answers -> pending[1] = 0; age = 1; event = a_probe_ended
  :: !service_answers -> event = a_late_answer; age = PROBE_LIMIT + 1
#endif
#ifdef CANARY
  :: canary_pending -> canary_pending = 0; event = a_canary_ended
#endif
  :: event = a_login_ended
  :: !(service_answers && (pending[0] || CANARY_PENDING)) -> time_passes()
  fi;
  if
  :: event == a_probe_ended || event == a_canary_ended -> a_probe_or_canary_ends()
  :: event == a_probe_is_unfinished -> a_probe_was_not_well(); went_down()
  :: event == a_late_answer -> a_probe_was_not_well(); was_slow()
  :: event == a_login_ended -> a_login_of_another_ends()
  :: event == a_tick
  fi;
  decide();
#ifndef LOGIN
  judge();
#endif
  event = a_tick; age = 0
}

active proctype world() {
  mtype:event event = a_tick;
  mtype:evidence seen = up;
  bit many_down;
  byte age;
  do
  :: atomic { something_happens() }
#ifndef LOGIN
  :: atomic { !service_answers && !pending[1] -> service_answers = 1; answers_for = 0 }
  :: atomic { service_answers -> service_answers = 0; answers_for = 0 }
#else
  :: atomic {  // a watch that hangs never comes here
       word = state; news = 1;
       if :: others_down = 0 :: others_down = 1 fi;
       if
       :: state == continuity || state == degraded -> lease = LEASE; granted = 0
       :: else -> lease = 0; granted = NONE
       fi }
#endif
  od
}

#ifdef LOGIN
// ---- The worker: the word is looked at through its lease, unless that is the mistake.

#ifdef NO_LEASE
#define IN_LEASE true
#else
#define IN_LEASE (lease > 0)
#endif
#define LOST (word == continuity && IN_LEASE)
#define DEGRADED (word == degraded && IN_LEASE)

// ---- One login at a time, of a validation server in mode `automatic`. The first factor is a password or a look-up.

mtype:step = { idle, first_factor, code, push, waits, writes };

inline ends() {  // with a reject, or silence
  at = idle; sendings = 0; digits = 0; untried = 0; no_verdict = 0; code_was_good = 0; is_good = 0; ended_down = 0; beside = 0;
  really_good = 0; refused = 0; flushed = 0
}

inline accept(by_rung) {
  p1_holds = !by_rung || (granted < LEASE && flushed && really_good && digits);
  assert(p1_holds);
  p3_holds = !refused;
  assert(p3_holds);
  ends()
}

inline send() {  // verify_code()
  if
  :: LOST -> asks_ladder = 1
  :: !LOST && sendings < 2 -> sendings++; at = code
  :: !LOST -> ends()  // no time is left
  fi
}

inline act_on_standing() {
  if
  :: LOST -> asks_ladder = 1
  :: (DEGRADED || word == normal) && sendings == 1 -> send()
  :: DEGRADED && sendings != 1 && ended_down && others_down -> asks_ladder = 1
  :: !LOST && !((DEGRADED || word == normal) && sendings == 1) && !(DEGRADED && ended_down && others_down) -> at = waits
  fi;
  acts = 0
}

#ifdef DIGITS_NOT_ASKED
#define DIGITS true
#else
#define DIGITS digits
#endif

inline ladder() {
  asks_ladder = 0;
  if
#ifndef PASSWORD_UNTRIED
  :: untried -> untried = 0; no_verdict = 1; at = first_factor
#else
  :: untried -> untried = 0; at = writes
#endif
  :: !untried && is_good && DIGITS -> at = writes; flushed = 0
  :: !untried -> ends()  // a rung that denies
  fi
}

inline first_factor_ends() {
  if
  :: is_good = 1; really_good = 1
#ifdef STORE_TROUBLE_IS_A_YES
  :: is_good = 1
#endif
  :: ends()  // refused, or the store is not there
  fi;
  if
  :: at == idle
  :: at != idle && code_was_good -> accept(false)
  :: at != idle && !code_was_good && no_verdict -> acts = 1
  :: at != idle && !code_was_good && !no_verdict && digits -> send()
  :: at != idle && !code_was_good && !no_verdict && !digits -> at = push
  fi
}

inline exchange_ends() {
  if
  :: untried -> untried = 0; code_was_good = 1; at = first_factor
  :: !untried -> accept(false)
  :: refused = 1;
#ifdef REFUSED_TO_LADDER
     ended_down = 1; acts = 1
#else
     ends()
#endif
  :: ended_down = 1; acts = 1
  :: ended_down = 0; acts = 1  // by our own trouble
  :: ends()                    // barred
  fi
}

inline exchange_ends_beside_the_record() {
  if
  :: accept(false)
  :: refused = 1;
#ifdef VERDICT_LOST_BESIDE_RECORD
     beside = 0
#else
     ends()
#endif
  :: beside = 0; ended_down = 1
  fi
}

inline word_comes() {
  news = 0;
  if
  :: at == waits -> acts = 1
  :: at == code && LOST && !untried && is_good && DIGITS -> beside = 1; asks_ladder = 1
#ifdef DIGITS_NOT_ASKED
  :: at == push && LOST -> asks_ladder = 1
#else
  :: at == push && LOST -> ends()
#endif
  :: else
  fi
}

inline line_is_durable() {
  if
#ifdef LEASE_LOOKED_AT_ONCE
  :: true -> accept(true)
#else
  :: LOST || DEGRADED -> accept(true)
#endif
  :: !(LOST || DEGRADED) && !beside -> acts = 1
  :: !(LOST || DEGRADED) && beside -> beside = 0; at = code
  fi
}

#ifdef ACCEPT_BEFORE_FLUSH
#define DURABLE true
#else
#define DURABLE flushed
#endif

active proctype login() {
  mtype:step at = idle;
  byte sendings;
  bit digits;         // were typed
  bit untried;        // the password, of a server that asks for the second factor first
  bit no_verdict;     // and so the ladder, once the password is known to be good
  bit code_was_good;  // and so an accept, the same
  bit is_good;        // the first factor, as the login believes
  bit ended_down, beside;
  bit really_good, refused, flushed;  // what really happened
  bit acts, asks_ladder;
  do
  :: atomic {
       if
       :: at == idle -> at = first_factor; if :: digits = 1 :: skip fi
       :: at == idle -> digits = 1; untried = 1; send()
       :: at == first_factor -> first_factor_ends()
       :: at == push -> if :: accept(false) :: ends() fi
       :: at == code -> exchange_ends()
       :: at == writes && beside -> exchange_ends_beside_the_record()
       :: news -> word_comes()
       :: at == writes && !flushed -> flushed = 1
       :: at == writes && DURABLE -> line_is_durable()
       :: at == writes -> ends()  // it cannot be written
       :: at == waits && sendings == 1 -> send()  // at the end of patience
       :: at != idle -> ends()
       fi;
       if :: acts -> act_on_standing() :: else fi;
       if :: asks_ladder -> ladder() :: else fi
     }
  od
}
#endif
