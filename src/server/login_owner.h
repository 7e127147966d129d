#pragma once
// The logins that one worker owns: duplicates, joins, admission, and the steps of each until it is answered.
// It decides nothing about a login itself: `validation` does; perform() is the only caller of user stores and
// service.
//
//   take ──┬─▶ duplicate in flight: silence; answered: the same octets again
//          ├─▶ joins a login in flight, and gets its answer; or one just answered, and gets the same
//          ├─▶ dropped: wrong secret, replayed, too many, leaving
//          └─▶ a login: perform(step) ──▶ result ──▶ perform(step) ──▶ ... ──▶ Finish ──▶ answer at its time
//
// Time comes from Outside; the worker arms one timer for next_due() and calls tick().
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "radius/duplicate_cache.h"
#include "radius/password.h"
#include "radius/replay_memory.h"
#include "server/just_answered.h"
#include "server/login_book.h"
#include "server/outside.h"
#include "server/record_lines.h"
#include "text/user_name.h"

namespace sallyport::server {

struct Backing {  // what a validation server's logins are judged by, of this worker
  std::shared_ptr<directory::UserStores> stores;  // none where no user store is asked
  std::shared_ptr<cloud::Channel> channel;
};
using Backings = std::map<std::string, Backing, std::less<>>;  // by the validation server's name

class LoginOwner {
 public:
  // `remembered`: Request Authenticators, this worker's share; a power of two.
  LoginOwner(Outside& outside, std::size_t remembered);

  void adopt(Backings);  // logins in flight keep what they began with
  [[nodiscard]] const Backings& backings() const { return backings_; }
  void leave() { leaving_ = true; }        // no new logins; those in flight finish
  void hear(const continuity::Snapshot&);  // the monitor's word, to all who are under way
  void take(Request);
  void tick();
  [[nodiscard]] std::optional<base::SteadyTime> next_due() const { return book_.next_due(); }
  [[nodiscard]] std::size_t in_flight() const { return book_.size(); }
  [[nodiscard]] std::size_t kept_answers() const { return cache_.size(); }

 private:
  struct Slot {  // RFC 5080 section 2.2.2, with the local endpoint
    net::Endpoint local, peer;
    std::uint8_t id = 0;
    std::uint64_t hash = 0;
    bool operator==(const Slot& o) const { return id == o.id && peer == o.peer && local == o.local; }
  };
  struct HashOfSlot {
    std::size_t operator()(const Slot& slot) const { return slot.hash; }
  };
  struct Asked {  // what a fresh Access-Request came to before it is a login
    validation::Cause refused = validation::Cause::none;
    base::Secret password;
    std::uint64_t password_hash = 0;
  };

  [[nodiscard]] Slot slot_of(const Request&, const radius::PacketView&) const;
  bool is_fresh(const Request&, const radius::PacketView&, const Slot&);
  // Nothing: dropped.
  std::optional<Asked> look_at_password(const Request&, const radius::PacketView&);
  bool join(Request&, const radius::PacketView&, const Asked&, std::uint64_t key);
  void begin(Request, Asked, std::uint64_t key, const Backing&);
  void begin_transaction(Login&, Asked, const text::UserName&, base::Duration jitter);
  validation::Cause open_state(Login&, const radius::PacketView&);
  [[nodiscard]] std::uint64_t hash_of_user(std::string_view name) const;
  [[nodiscard]] std::uint64_t hash_of_client(const Client&) const;
  void count_for_the_guard(const Login&, base::SteadyTime now);
  void count_for_a_surge(const Login&, base::SteadyTime now);

  void perform(Login&, validation::Step);
  void look_up(Login&, validation::LookUpUser);
  void check_first_factor(Login&, validation::CheckFirstFactor);
  void verify_code(Login&, validation::VerifyCode);
  void find_methods(Login&, validation::FindMethods);
  void send_push(Login&, const validation::SendPush&);
  void poll_push(Login&, validation::PollPush);
  void send_code(Login&, validation::SendCode);
  void await_continuity(Login&);
  void write_record(Login&, const validation::WriteRecord&);
  void withdraw_record(const Login&, base::Time now);
  void note_let_in(const Login&);
  void rehearse(const Login&, base::Time now) const;
  [[nodiscard]] bool had_recent_success(const Login&, base::Time now) const;
  void note_recent_success(const Login&, base::Time now) const;
  void note_late_verdict(std::uint64_t number, const cloud::Answer&);
  [[nodiscard]] continuity::Standing standing_of(const ValidationServer&) const;
  void report(const Login*, const cloud::Answer&, base::Duration service_took, int sending) const;
  void push_sent(Login&, const cloud::PushAnswer&);
  void push_ended(Login&, const cloud::PollAnswer&);
  void challenge(Login&, validation::Challenge);
  void first_factor_answered(std::uint64_t number, const directory::Answer&);
  // Nothing when the login has its answer already. Notes what the service said.
  Login* answered_by_service(std::uint64_t number, const cloud::Answer&, base::Duration service_took,
                             int sending);
  // Calls `then(login, answer)` when the service has answered a login that still waits for it.
  template <class Answer, class Then>
  auto when_answered(Login&, int sending, Then then);
  void decide(Login&, const validation::Finish&);
  void answer(std::uint64_t number);
  void send_reply(const Login&);
  void give_up_on(const Request&);
  [[nodiscard]] base::Bytes reply_to(const Login&, const radius::PacketView&) const;
  void set_due(Login&, base::SteadyTime);
  void let_go();
  void note_silence(const Login&, base::Time now);
  template <class Reason>
  void drop(Reason, const Request&);

  Outside& outside_;
  Backings backings_;
  // Of earlier settings, until their last login is answered.
  std::set<std::shared_ptr<directory::UserStores>> retired_stores_;
  std::set<std::shared_ptr<cloud::Channel>> retired_channels_;
  radius::DuplicateCache<Slot, HashOfSlot> cache_;
  radius::ReplayMemory replays_;
  LoginBook book_;
  JustAnswered just_answered_;
  // Logins that a rung let in while the service was still being asked: by their number, bounded.
  std::map<std::uint64_t, LateVerdict> let_in_;
  continuity::Snapshot snapshot_;
  bool leaving_ = false;
};

}  // namespace sallyport::server
