#include "directory/replica.h"

#include <algorithm>
#include <utility>

namespace sallyport::directory {
namespace {

constexpr std::string_view password_policy_control = "1.3.6.1.4.1.42.2.27.8.5.1";

// slapd closes an anonymous session with more than 100 requests pending.
constexpr std::size_t search_window = 64;
constexpr base::Duration shortest_pause = std::chrono::seconds(1);
constexpr base::Duration longest_pause = std::chrono::minutes(5);

}  // namespace

Replica::Replica(net::Loop& loop, std::shared_ptr<const SessionTarget> target, std::size_t pool,
                 base::Duration probe_interval, Siblings siblings)
    : loop_(loop),
      target_(std::move(target)),
      addresses_(std::make_shared<Addresses>(loop, target_)),
      probe_interval_(std::max(probe_interval, shortest_pause)),
      siblings_(std::move(siblings)),
      pool_(loop, pool,
            [this](OpenedDone done) {
              open_session(loop_, target_, addresses_, SessionUse::bind, std::move(done));
            },
            {[this](const Lost& why) { bind_lost(why); }, [this] { bind_quiet(); }}),
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
    use(result.session);
    set(State::up, result.detail);
    send_searches();
  } else {
    not_opened(result.detail);
  }
  if (alive.expired()) return;
  for (auto& done : std::exchange(tried_, {})) done();
}

// The questions of an old one that was silent are asked again: they were lost with it.
void Replica::use(std::shared_ptr<LdapSession> session) {
  const auto old = std::exchange(session_, std::move(session));
  session_->on_ended([this, alive = std::weak_ptr(alive_), ended = session_.get()](const Lost& why) {
    if (!alive.expired() && session_.get() == ended) session_ended(why);
  });
  session_->on_quiet([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) went_quiet();
  });
  probe();
  if (!old) return;
  pool_.close_idle();  // as old, most of them
  old->fail({.sent = true, .timed_out = true, .detail = "silent, until another connection was made"});
}

void Replica::not_opened(const std::string& detail) {
  if (session_ && !session_->is_quiet()) return;  // the old one speaks again, and no other is to be had
  const std::weak_ptr alive(alive_);
  const Lost why{.detail = detail};
  set(State::down, detail);
  if (const auto old = std::exchange(session_, nullptr))
    old->fail({.sent = true, .timed_out = true, .detail = detail});
  if (alive.expired()) return;
  refuse_searches(why);
  if (!alive.expired() && pool_.open_sessions() == 0) pool_.refuse_waiting(why);
}

void Replica::session_ended(const Lost& why) {
  session_.reset();
  if (why.timed_out) pool_.close_idle();
  // One that does not last is not opened again and again.
  if (!opening_ && loop_.now().steady - opened_at_ < shortest_pause) {
    set(State::down, why.detail);
    refuse_searches({.timed_out = why.timed_out, .detail = why.detail});
    return arm_probe();
  }
  open();
  suspect(why.detail);
}

// A session that says nothing, or a directory: its questions go to another that lives, or to a fresh session.
void Replica::went_quiet() {
  constexpr std::string_view words = "silent";
  siblings_.grew_quiet();
  if (siblings_.another_is_up())
    return session_->fail({.sent = true, .timed_out = true, .detail = std::string(words)});
  open();
  suspect(std::string(words));
}

void Replica::bind_lost(const Lost& why) {
  // No new connection: whether that is so is found out by making one.
  if (!why.sent && session_) return session_->fail(why);
  suspect(why.detail);
  probe();
}

void Replica::bind_quiet() {
  siblings_.grew_quiet();
  suspect("a bind has no answer");
  probe();
}

void Replica::suspect(const std::string& detail) {
  if (state_ == State::up) set(State::suspect, detail);
  if (state_ == State::suspect) move_elsewhere(detail);
}

// What was not sent yet does not wait for a directory that is suspected.
void Replica::move_elsewhere(const std::string& detail) {
  if (!siblings_.another_is_up()) return;
  const std::weak_ptr alive(alive_);
  const Lost moved{.moved = true, .detail = detail};
  refuse_searches(moved);
  if (!alive.expired()) pool_.refuse_waiting(moved);
}

void Replica::answered() {
  if (state_ == State::suspect) set(State::up, "answers again");
}

void Replica::probe() {
  if (!session_) return open();
  session_->read_root([this, alive = std::weak_ptr(alive_)](const base::Result<Reply, Lost>& reply) {
    if (alive.expired() || !reply) return;
    learn(*reply);
    answered();
  });
}

// What the root DSE does not say stays unknown, and the question is asked on.
void Replica::learn(const Reply& root) {
  if (root.entries.empty()) return;
  const auto& controls = root.entries.front().values_of("supportedControl");
  if (!controls.empty())
    *target_->asks_policy = std::ranges::find(controls, password_policy_control) != controls.end();
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
  if (std::exchange(state_, state) != state) siblings_.changed();
}

void Replica::search(std::shared_ptr<const Question> question, std::shared_ptr<const SearchQuestion> search,
                     ReplyDone done) {
  if (!session_ && !opening_) return done(std::unexpected(Lost{.detail = detail_}));
  SearchTask task{std::move(question), std::move(search), std::move(done)};
  if (!searches_.push(task))
    return task.done(std::unexpected(Lost{.detail = "too many logins wait for this directory"}));
  send_searches();
}

void Replica::send_searches() {
  while (session_ && session_->in_flight() < search_window) {
    if (opening_ && session_->is_quiet()) return;  // they wait for what is being opened
    auto task = searches_.pop();
    if (!task) return;
    session_->search(*task->search, [this, alive = std::weak_ptr(alive_),
                                     done = std::move(task->done)](base::Result<Reply, Lost> reply) mutable {
      if (!alive.expired()) {
        if (reply) answered();
        send_searches();
      }
      done(std::move(reply));
    });
  }
}

void Replica::refuse_searches(const Lost& why) {
  for (auto& task : searches_.take_all()) task.done(std::unexpected(why));
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
