#include "directory/bind_pool.h"

#include <algorithm>
#include <utility>

namespace sallyport::directory {
namespace {

// What nobody used for so long may have been forgotten by a firewall between: it would swallow the next bind.
constexpr base::Duration idle_limit = std::chrono::seconds(60);
// Less than this is not worth dividing between two tries.
constexpr base::Duration worth_dividing = std::chrono::seconds(2);

}  // namespace

// What is under way is forgotten; a session that is lent would hold its borrower, and that the session.
BindPool::~BindPool() {
  alive_.reset();
  for (const auto& session : std::exchange(busy_, {})) session->close();
}

void BindPool::bind(BindTask task) {
  if (!waiting_.push(task))
    return task.done(std::unexpected(Lost{.detail = "too many logins wait for this directory"}), nullptr);
  dispatch();
}

void BindPool::dispatch() {
  while (!waiting_.empty() && !idle_.empty()) {
    auto session = take_idle();
    if (!session) break;
    auto task = waiting_.pop();
    if (!task) return make_idle(session);
    run(std::move(session), std::move(*task));
  }
  while (opening_ < waiting_.size() && open_sessions() + opening_ < limit_now_) open_another();
}

BindPool::Session BindPool::take_idle() {
  if (loop_.now().steady - idle_.back().since >= idle_limit) {
    close_idle();
    return nullptr;
  }
  auto session = std::move(idle_.back().session);
  idle_.pop_back();
  return session;
}

void BindPool::open_another() {
  ++opening_;
  open_([this, alive = std::weak_ptr(alive_)](const Opened& opened) {
    if (alive.expired()) return;
    --opening_;
    if (opened.session) {
      make_idle(opened.session);
      return dispatch();
    }
    // Others still serve those who wait: perhaps the directory limits connections.
    if (open_sessions() > 0) limit_now_ = open_sessions();
    if (open_sessions() + opening_ > 0) return;
    const Lost why{.detail = opened.detail};
    trouble_.lost(why);
    if (!alive.expired()) refuse_waiting(why);
  });
}

void BindPool::make_idle(const Session& session) {
  session->on_quiet(nullptr);
  session->on_ended([this, alive = std::weak_ptr(alive_), ended = session.get()](const Lost&) {
    if (alive.expired()) return;
    std::erase_if(idle_, [&](const Idle& idle) { return idle.session.get() == ended; });
  });
  idle_.push_back({session, loop_.now().steady});
}

// Half of what the login has left: a silent directory must leave time for the next one.
base::Duration BindPool::time_for(const BindTask& task) const {
  const auto left = task.question->deadline - loop_.now().steady;
  return task.is_last || left < worth_dividing ? left : left / 2;
}

void BindPool::run(Session session, BindTask task) {
  auto* const raw = busy_.emplace_back(std::move(session)).get();
  const auto question = task.question;
  const auto limit = time_for(task);
  raw->on_quiet([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) trouble_.quiet();
  });
  raw->bind(task.name, *question->password, limit,
            [this, alive = std::weak_ptr(alive_), raw, borrows = task.borrows,
             done = std::move(task.done)](base::Result<Reply, Lost> reply) mutable {
              Session lent;
              if (!alive.expired()) {
                if (reply && borrows && raw->is_open())
                  lent = lend(raw);
                else if (const auto session = take_busy(raw); reply && session->is_open())
                  make_idle(session);
                if (!reply) {
                  close_idle();
                  trouble_.lost(reply.error());
                }
                if (!alive.expired()) dispatch();
              }
              done(std::move(reply), std::move(lent));
            });
}

BindPool::Session BindPool::take_busy(const LdapSession* which) {
  const auto found = std::ranges::find(busy_, which, &Session::get);
  auto session = std::move(*found);
  busy_.erase(found);
  return session;
}

BindPool::Session BindPool::lend(LdapSession* which) {
  // It lives as long as anybody has it, also when the pool has gone.
  auto session = *std::ranges::find(busy_, which, &Session::get);
  return {which, [this, alive = std::weak_ptr(alive_), session = std::move(session)](LdapSession* back) {
            if (!alive.expired()) given_back(back);
          }};
}

void BindPool::given_back(const LdapSession* which) {
  const auto session = take_busy(which);
  if (session->in_flight() > 0) {
    session->close();  // its borrower waits no longer, and no bind may go out beside a question
  } else if (session->is_open()) {
    make_idle(session);
  } else {
    close_idle();
    trouble_.lost({.sent = true, .detail = "a connection was lost while a user's entry was read"});
  }
  dispatch();
}

void BindPool::close_idle() {
  for (const auto& idle : std::exchange(idle_, {})) idle.session->close();
}

void BindPool::refuse_waiting(const Lost& why) {
  for (auto& task : waiting_.take_all()) task.done(std::unexpected(why), nullptr);
}

}  // namespace sallyport::directory
