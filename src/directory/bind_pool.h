#pragma once
// The connections on which users' passwords are bound: one bind at a time on each, a bounded number of them,
// opened when they are needed and kept. What waits for a free one is bounded too. A bind whose login is over is
// never sent.
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "directory/session_opening.h"
#include "directory/store.h"

namespace sallyport::directory {

inline constexpr std::size_t most_waiting = 4096;

struct BindTask {
  std::shared_ptr<const Question> question;  // its password, unless it is over
  std::string dn;
  ReplyDone done;
};

class BindPool {
 public:
  using Open = std::function<void(OpenedDone)>;
  // `lost`: a connection was lost with a bind on it, or none could be opened while none is open. Not called
  // from inside bind().
  BindPool(std::size_t limit, Open open, std::function<void(const Lost&)> lost)
      : limit_(limit), limit_now_(limit), open_(std::move(open)), lost_(std::move(lost)) {}
  BindPool(const BindPool&) = delete;
  BindPool& operator=(const BindPool&) = delete;

  void bind(BindTask);
  void close_idle();                            // suspected, because a sibling was lost
  void refuse_waiting(const Lost&);             // nothing of them was sent
  void allow_growth() { limit_now_ = limit_; }  // after a connection too many was refused
  [[nodiscard]] std::size_t open_sessions() const { return idle_.size() + busy_.size(); }

 private:
  using Session = std::shared_ptr<LdapSession>;
  void dispatch();
  void open_another();
  void run(Session, BindTask);
  void make_idle(const Session&);
  std::size_t drop_those_over();

  std::size_t limit_, limit_now_;
  Open open_;
  std::function<void(const Lost&)> lost_;
  std::vector<Session> idle_;  // the last used is used next
  std::deque<BindTask> waiting_;
  std::vector<Session> busy_;
  std::size_t opening_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
