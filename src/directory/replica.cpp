#include "directory/replica.h"

#include <algorithm>
#include <utility>

namespace sallyport::directory {
namespace {

// slapd closes an anonymous session with more than 100 requests pending.
constexpr std::size_t search_window = 64;
constexpr base::Duration shortest_pause = std::chrono::seconds(1);
constexpr base::Duration longest_pause = std::chrono::minutes(5);

}  // namespace

Replica::Replica(net::Loop& loop, std::shared_ptr<const SessionTarget> target, std::size_t pool,
                 base::Duration probe_interval, std::function<void()> changed)
    : loop_(loop),
      target_(std::move(target)),
      addresses_(std::make_shared<Addresses>(loop, target_)),
      probe_interval_(std::max(probe_interval, shortest_pause)),
      changed_(std::move(changed)),
      pool_(
          pool,
          [this](OpenedDone done) {
            open_session(loop_, target_, addresses_, SessionUse::bind, std::move(done));
          },
          [this](const Lost& why) { bind_lost(why); }),
      probe_timer_(loop) {}

void Replica::start() { open(); }

void Replica::open() {
  if (opening_) return;
  opening_ = true;
  opened_at_ = loop_.now().steady;
  probe_timer_.cancel();
  open_session(loop_, target_, addresses_, SessionUse::search,
               [this, alive = std::weak_ptr(alive_)](const Opened& o) {
                 if (!alive.expired()) opened(o);
               });
}

void Replica::opened(const Opened& result) {
  opening_ = false;
  refusals_ = result.credentials_refused ? std::min(refusals_ + 1, 16) : 0;
  const std::weak_ptr alive(alive_);
  arm_probe();
  if (result.session) {
    session_ = result.session;
    session_->on_ended([this, alive](const Lost& why) {
      if (!alive.expired()) session_ended(why);
    });
    set(State::up, result.detail);
    send_searches();
  } else {
    set(State::down, result.detail);
    const Lost why{false, false, result.detail};
    refuse_searches(why);
    if (!alive.expired() && pool_.open_sessions() == 0) pool_.refuse_waiting(why);
  }
  for (auto& done : std::exchange(tried_, {})) done();
}

void Replica::session_ended(const Lost& why) {
  session_.reset();
  // One that does not last is not opened again and again.
  if (loop_.now().steady - opened_at_ < shortest_pause) {
    set(State::down, why.detail);
    refuse_searches({false, why.timed_out, why.detail});
    return arm_probe();
  }
  open();
  if (state_ == State::up) set(State::suspect, why.detail);
}

void Replica::bind_lost(const Lost& why) {
  // No new connection: whether that is so is found out by making one.
  if (!why.sent && session_) return session_->fail(why);
  if (state_ == State::up) set(State::suspect, why.detail);
  probe();
}

void Replica::probe() {
  if (!session_) return open();
  session_->read_root([this, alive = std::weak_ptr(alive_)](const base::Result<Reply, Lost>& reply) {
    if (!alive.expired() && reply && state_ == State::suspect) set(State::up, "answers again");
  });
}

void Replica::arm_probe() {
  const auto pause =
      refusals_ == 0 ? probe_interval_ : std::min(longest_pause, probe_interval_ * (1 << refusals_));
  probe_timer_.after(pause, [this] {
    pool_.allow_growth();
    arm_probe();
    probe();
  });
}

void Replica::set(State state, std::string detail) {
  detail_ = std::move(detail);
  if (std::exchange(state_, state) != state) changed_();
}

void Replica::search(std::shared_ptr<const Question> question, std::shared_ptr<const SearchQuestion> search,
                     ReplyDone done) {
  if (!session_ && !opening_) return done(std::unexpected(Lost{false, false, detail_}));
  if (searches_.size() >= most_waiting) {
    return done(std::unexpected(Lost{false, false, "too many logins wait for this directory"}));
  }
  searches_.push_back({std::move(question), std::move(search), std::move(done)});
  send_searches();
}

void Replica::send_searches() {
  while (session_ && !searches_.empty() && session_->in_flight() < search_window) {
    auto task = std::move(searches_.front());
    searches_.pop_front();
    if (task.question->over) continue;
    session_->search(*task.search, [this, alive = std::weak_ptr(alive_),
                                    done = std::move(task.done)](base::Result<Reply, Lost> reply) mutable {
      if (!alive.expired()) send_searches();
      done(std::move(reply));
    });
  }
}

void Replica::refuse_searches(const Lost& why) {
  for (auto& task : std::exchange(searches_, {})) task.done(std::unexpected(why));
}

void Replica::read_root(std::function<void()> done) {
  if (!session_) return done();
  session_->read_root([done = std::move(done)](const base::Result<Reply, Lost>&) { done(); });
}

void Replica::wake() {
  const bool resting = loop_.now().steady - opened_at_ >= shortest_pause && refusals_ == 0;
  if (!session_ && !opening_ && resting) open();
}

void Replica::try_now(std::function<void()> done) {
  if (session_) return read_root(std::move(done));
  tried_.push_back(std::move(done));
  open();
}

}  // namespace sallyport::directory
