#pragma once
// One directory of a store, seen from one worker: whether it lives, its search session, its pool of bind
// connections. Silence is noticed after a second (or a third of the request's limit): what has not been sent
// goes to another directory at once, searches under way go there too; where there is no other, a fresh
// connection is made, for perhaps it is the old one alone that is dead.
//
//              opened                 a question lost, or silence
//   trying ───────────▶ up ─────────────────────────────▶ suspect ──┐ answers a probe, or a
//     │                 ▲ ▲                                 │   │   │ fresh connection works
//     │ not opened      │ └─────────────────────────────────┼───┼───┘
//     ▼                 │ opened at a probe                 │   │
//    down ──────────────┘ ◀─────────────────────────────────┘ not
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "directory/bind_pool.h"
#include "directory/session_opening.h"
#include "directory/store.h"
#include "directory/waiting_line.h"

namespace sallyport::directory {

class Replica {
 public:
  enum class State { trying, up, suspect, down };
  struct Siblings {
    std::function<void()> changed;  // this one's state
    std::function<bool()> another_is_up;
    std::function<void()> grew_quiet;  // this one did: perhaps others have
  };

  Replica(net::Loop&, std::shared_ptr<const SessionTarget>, std::size_t pool, base::Duration probe_interval,
          Siblings);
  ~Replica() { addresses_->abandon(); }
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  void start();
  // Searches go out pipelined on one session; those over its window wait, in a bounded line.
  void search(std::shared_ptr<const Question>, std::shared_ptr<const SearchQuestion>, ReplyDone);
  void bind(BindTask task) { pool_.bind(std::move(task)); }
  void read_root(std::function<void()> done);  // one round trip, whatever comes back
  void probe();
  void wake();  // somebody needs it: tried again now, at most once a second
  void try_now(std::function<void()> done);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  [[nodiscard]] bool refuses_us() const { return refusals_ > 0; }
  [[nodiscard]] std::string name() const { return target_->to_string(); }

 private:
  struct SearchTask {
    std::shared_ptr<const Question> question;
    std::shared_ptr<const SearchQuestion> search;
    ReplyDone done;
  };
  void open();
  void opened(const Opened&);
  void use(std::shared_ptr<LdapSession>);
  void not_opened(const std::string& detail);
  void session_ended(const Lost&);
  void went_quiet();
  void bind_lost(const Lost&);
  void bind_quiet();
  void answered();
  void learn(const Reply& root);
  void suspect(const std::string& detail);
  void move_elsewhere(const std::string& detail);
  void arm_probe();
  void set(State, std::string detail);
  void send_searches();
  void refuse_searches(const Lost&);

  net::Loop& loop_;
  std::shared_ptr<const SessionTarget> target_;
  std::shared_ptr<Addresses> addresses_;
  base::Duration probe_interval_;
  Siblings siblings_;
  BindPool pool_;
  net::Timer probe_timer_;
  State state_ = State::trying;
  std::string detail_ = "not tried yet";
  std::shared_ptr<LdapSession> session_;
  bool opening_ = false;
  int refusals_ = 0;  // of the service account, in a row
  base::SteadyTime opened_at_{};
  WaitingLine<SearchTask> searches_;
  std::vector<std::function<void()>> tried_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
