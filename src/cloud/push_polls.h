#pragma once
// Who waits for the user's answer to which push: one for each worker's channel. What goes into the next call,
// and when, is decided by PushPoller; the calls themselves are the channel's. A file of this room only.
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "cloud/answers.h"
#include "cloud/channel.h"
#include "cloud/push_poller.h"
#include "net/loop.h"

namespace sallyport::cloud {

class PushPolls {
 public:
  static constexpr std::size_t limit = 65'536;  // bounds memory: more than a worker's logins
  // Sends one pollPushStatus about these; `done` is called at `deadline` at the latest.
  using Ask = std::function<void(const std::vector<std::string>& ids, base::SteadyTime deadline,
                                 std::move_only_function<void(const End&)> done)>;
  PushPolls(net::Loop&, base::Duration interval, base::Duration call_limit, Ask);

  // `done` is called exactly once, never from inside await().
  void await(const std::string& transaction_id, base::SteadyTime deadline, Channel::PollDone done);

 private:
  struct Wait {
    Channel::PollDone done;
    PollAnswer latest;  // what the last poll told, should it stay the last
    base::SteadyTime since;
  };
  struct Ended {
    Channel::PollDone done;
    PollAnswer answer;
  };
  void turn();
  void arm();
  void send(std::vector<std::string> ids);
  void returned(const std::vector<std::string>& ids, const End&);
  void refuse(Channel::PollDone, std::string why);
  Ended take(std::unordered_map<std::string, Wait>::iterator, PollAnswer);
  void tell(std::vector<Ended>);

  net::Loop& loop_;
  base::Duration call_limit_;
  Ask ask_;
  PushPoller poller_;
  std::unordered_map<std::string, Wait> waits_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();  // the one who is told may end all this
  net::Timer timer_;
};

}  // namespace sallyport::cloud
