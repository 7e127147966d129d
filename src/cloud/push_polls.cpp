#include "cloud/push_polls.h"

#include <algorithm>
#include <utility>

#include "vip/simple_types.h"

namespace sallyport::cloud {

PushPolls::PushPolls(net::Loop& loop, base::Duration interval, base::Duration call_limit, Ask ask)
    : loop_(loop), call_limit_(call_limit), ask_(std::move(ask)), poller_(interval, limit), timer_(loop) {}

void PushPolls::await(const std::string& id, base::SteadyTime deadline, Channel::PollDone done) {
  // One that no request can name would keep the others in its call from being asked about.
  if (const auto why = vip::why_not(vip::simple::push_transaction_id, id); !why.empty())
    return refuse(std::move(done), "the push's transaction id " + why);
  const auto now = loop_.now().steady;
  switch (poller_.add(id, deadline, now)) {
    case PushPoller::Added::is_here_already:  // somebody else's push, or the service gave one id twice
      return refuse(std::move(done), "another login waits for this push");
    case PushPoller::Added::full:
      return refuse(std::move(done), "too many pushes are waited for");
    case PushPoller::Added::yes:
      break;
  }
  auto& wait = waits_[id];
  wait.done = std::move(done);
  wait.since = now;
  wait.latest.outcome = Outcome::no_verdict;
  wait.latest.evidence = Evidence::local;
  wait.latest.detail = "no answer to a poll came before the deadline";
  arm();
}

void PushPolls::refuse(Channel::PollDone done, std::string why) {
  loop_.post([alive = std::weak_ptr(alive_), done = std::move(done), why = std::move(why)]() mutable {
    if (alive.expired()) return;
    PollAnswer answer;
    answer.outcome = Outcome::no_verdict;
    answer.evidence = Evidence::local;
    answer.detail = std::move(why);
    done(std::move(answer));
  });
}

void PushPolls::arm() {
  const auto wake = poller_.wake();
  if (!wake) return timer_.cancel();
  timer_.at(*wake, [this] { turn(); });
}

void PushPolls::turn() {
  const auto now = loop_.now().steady;
  std::vector<Ended> ended;
  while (const auto id = poller_.expired(now)) {
    const auto found = waits_.find(*id);
    auto latest = std::move(found->second.latest);
    ended.push_back(take(found, std::move(latest)));
  }
  if (auto ids = poller_.next_call(now); !ids.empty()) send(std::move(ids));
  arm();
  tell(std::move(ended));
}

void PushPolls::send(std::vector<std::string> ids) {
  const auto deadline = loop_.now().steady + call_limit_;
  const auto asked = ids;
  ask_(asked, deadline, [this, alive = std::weak_ptr(alive_), ids = std::move(ids)](const End& end) {
    if (!alive.expired()) returned(ids, end);
  });
}

void PushPolls::returned(const std::vector<std::string>& ids, const End& end) {
  std::vector<Ended> ended;
  for (const auto& id : ids) {
    const auto found = waits_.find(id);
    if (found == waits_.end()) continue;  // its deadline came first
    auto answer = poll_answer(end, id);
    if (answer.outcome == Outcome::no_verdict) {
      found->second.latest = std::move(answer);
      continue;
    }
    poller_.forget(id);
    ended.push_back(take(found, std::move(answer)));
  }
  poller_.returned(ids, loop_.now().steady);
  arm();
  tell(std::move(ended));
}

PushPolls::Ended PushPolls::take(std::unordered_map<std::string, Wait>::iterator wait, PollAnswer answer) {
  answer.took = loop_.now().steady - wait->second.since;
  Ended ended{std::move(wait->second.done), std::move(answer)};
  waits_.erase(wait);
  return ended;
}

// The last thing that is done: the one who is told may end the channel in it.
void PushPolls::tell(std::vector<Ended> ended) {
  const std::weak_ptr alive(alive_);
  for (auto& one : ended) {
    if (alive.expired()) return;
    one.done(std::move(one.answer));
  }
}

}  // namespace sallyport::cloud
