#pragma once
// Logins that a lost directory held up go on to the next one a few at a time. A busy store has a thousand of
// them after one silent second; all at once they would stand before everybody else's at the authentication
// service.
#include <deque>
#include <memory>

#include "net/loop.h"

namespace sallyport::directory {

class Pace {
 public:
  explicit Pace(net::Loop& loop) : loop_(loop), timer_(loop) {}

  // `task` runs later, in order: at the least 250 a second do, and so many that each has half of the time left
  // that it had when it came to the front.
  void go_on(base::SteadyTime deadline, net::Task task);
  [[nodiscard]] std::size_t waiting() const { return line_.size(); }

 private:
  struct Waiting {
    base::SteadyTime deadline;
    net::Task task;
  };
  void arm();
  void turn();

  net::Loop& loop_;
  net::Timer timer_;
  std::deque<Waiting> line_;
  base::SteadyTime last_turn_{};
  double due_ = 0;  // tasks, and what is left of one
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
