#pragma once
// The connections on which users' passwords are bound: one bind at a time on each, a bounded number of them,
// opened when they are needed and kept while they are used. What waits for a free one is bounded too. A bind
// whose login is over is never sent.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "directory/session_opening.h"
#include "directory/store.h"
#include "directory/waiting_line.h"
#include "net/loop.h"

namespace sallyport::directory {

// `session` is there when the task asked to borrow it: bound as the user, the borrower's alone, and back in the
// pool when it is let go.
using BoundDone =
    std::move_only_function<void(base::Result<Reply, Lost>, std::shared_ptr<LdapSession> session)>;

struct BindTask {
  std::shared_ptr<const Question> question;  // its password, unless it is over
  std::string name;                          // a DN, or another name that the directory takes
  bool is_last =
      false;  // it may take all the time that the login has left; else half, so that another can follow
  bool borrows = false;
  BoundDone done;
};

class BindPool {
 public:
  struct Trouble {
    // A connection was lost with a bind on it, or none could be opened while none is open.
    std::function<void(const Lost&)> lost;
    std::function<void()> quiet;  // a bind has had no answer for a while
  };
  using Open = std::function<void(OpenedDone)>;
  // Neither trouble is told from inside bind().
  BindPool(net::Loop& loop, std::size_t limit, Open open, Trouble trouble)
      : loop_(loop), limit_(limit), limit_now_(limit), open_(std::move(open)), trouble_(std::move(trouble)) {}
  ~BindPool();
  BindPool(const BindPool&) = delete;
  BindPool& operator=(const BindPool&) = delete;

  void bind(BindTask);
  void close_idle();                            // suspected, because a sibling was lost
  void refuse_waiting(const Lost&);             // nothing of them was sent
  void allow_growth() { limit_now_ = limit_; }  // after a connection too many was refused
  [[nodiscard]] std::size_t open_sessions() const { return idle_.size() + busy_.size(); }

 private:
  using Session = std::shared_ptr<LdapSession>;
  struct Idle {
    Session session;
    base::SteadyTime since;
  };
  void dispatch();
  void open_another();
  void run(Session, BindTask);
  [[nodiscard]] base::Duration time_for(const BindTask&) const;
  Session take_idle();
  void make_idle(const Session&);
  Session take_busy(const LdapSession*);
  Session lend(LdapSession*);
  void given_back(const LdapSession*);

  net::Loop& loop_;
  std::size_t limit_, limit_now_;
  Open open_;
  Trouble trouble_;
  std::vector<Idle> idle_;  // the last used is used next
  WaitingLine<BindTask> waiting_;
  std::vector<Session> busy_;
  std::size_t opening_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
