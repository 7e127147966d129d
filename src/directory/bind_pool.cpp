#include "directory/bind_pool.h"

#include <algorithm>
#include <utility>

namespace sallyport::directory {

void BindPool::bind(BindTask task) {
  if (waiting_.size() >= most_waiting && drop_those_over() >= most_waiting) {
    return task.done(std::unexpected(Lost{false, false, "too many logins wait for this directory"}));
  }
  waiting_.push_back(std::move(task));
  dispatch();
}

std::size_t BindPool::drop_those_over() {
  std::erase_if(waiting_, [](const BindTask& task) { return task.question->over; });
  return waiting_.size();
}

void BindPool::dispatch() {
  while (!waiting_.empty()) {
    if (waiting_.front().question->over) {
      waiting_.pop_front();
      continue;
    }
    if (idle_.empty()) break;
    auto session = std::move(idle_.back());
    idle_.pop_back();
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    run(std::move(session), std::move(task));
  }
  while (opening_ < waiting_.size() && open_sessions() + opening_ < limit_now_) open_another();
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
    const Lost why{false, false, opened.detail};
    lost_(why);
    if (!alive.expired()) refuse_waiting(why);
  });
}

void BindPool::make_idle(const Session& session) {
  session->on_ended([this, alive = std::weak_ptr(alive_), ended = session.get()](const Lost&) {
    if (alive.expired()) return;
    std::erase_if(idle_, [&](const Session& idle) { return idle.get() == ended; });
  });
  idle_.push_back(session);
}

void BindPool::run(Session session, BindTask task) {
  auto* const raw = busy_.emplace_back(std::move(session)).get();
  const auto question = task.question;
  raw->bind(task.dn, *question->password,
            [this, alive = std::weak_ptr(alive_), raw,
             done = std::move(task.done)](base::Result<Reply, Lost> reply) mutable {
              if (!alive.expired()) {
                const auto found = std::ranges::find(busy_, raw, &Session::get);
                const auto session = std::move(*found);
                busy_.erase(found);
                if (reply && session->is_open()) make_idle(session);
                if (!reply) {
                  close_idle();
                  lost_(reply.error());
                }
                if (!alive.expired()) dispatch();
              }
              done(std::move(reply));
            });
}

void BindPool::close_idle() {
  for (const auto& session : std::exchange(idle_, {})) session->close();
}

void BindPool::refuse_waiting(const Lost& why) {
  for (auto& task : std::exchange(waiting_, {})) task.done(std::unexpected(why));
}

}  // namespace sallyport::directory
