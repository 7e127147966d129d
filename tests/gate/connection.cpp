#include "connection.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

namespace sallyport::gate {
namespace {

std::uint32_t wanted(const Stream& in, const Stream& out) {
  return (in.wants_more() ? EPOLLIN : 0U) | (out.is_blocked() ? EPOLLOUT : 0U);
}

void close_if_open(int descriptor) {
  if (descriptor >= 0) close(descriptor);
}

Clock::duration by_lot(std::chrono::milliseconds most) {
  static std::minstd_rand lots;  // the same run after run
  if (most.count() == 0) return {};
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(lots));
}

}  // namespace

Connection::Connection(int epoll, int client, std::uint64_t client_token, std::uint64_t target_token)
    : epoll_(epoll), client_{.descriptor = client, .token = client_token}, target_{.token = target_token} {
  send_at_once(client);
}

Connection::~Connection() {
  close_if_open(client_.descriptor);
  close_if_open(target_.descriptor);
}

void Connection::on_ready(End end, std::uint32_t events, const Conduct& conduct, Clock::time_point now) {
  if (conduct.door == Door::silent) {  // nothing is read; that the client went away is seen all the same
    over_ = end == End::client && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    return;
  }
  bool whole = (events & EPOLLERR) == 0;
  if (whole && (events & (EPOLLIN | EPOLLHUP)) != 0) whole = take(end, conduct, now);
  if (!whole) return reset();
  pass(conduct, now);
}

bool Connection::take(End end, const Conduct& conduct, Clock::time_point now) {
  if (stream_from(end).is_held_back()) return true;
  if (std::exchange(last_, end) != end) {
    ++peer(end).turns;
    if (begins_to_break(end, conduct.breaks, now)) return true;
  }
  if (end == End::client) return to_target_.take_from(client_.descriptor, now, {});
  const auto late = target_.turns > 1 ? conduct.late : Clock::duration{};
  return to_client_.take_from(target_.descriptor, now + conduct.delay + by_lot(conduct.jitter) + late,
                              {conduct.truncate, conduct.corrupt});
}

bool Connection::begins_to_break(End end, const Break& where, Clock::time_point now) {
  if (breaking_ || where.turn == 0 || where.end != end || peer(end).turns < where.turn) return false;
  breaking_ = Breaking{now + where.after, end, where.how};
  stream_from(end).hold();
  return true;
}

void Connection::turn(const Conduct& conduct, const Address& target, Clock::time_point now) {
  if (conduct.door == Door::reset) return reset();
  still_ = conduct.door == Door::silent;
  if (still_) {
    watch(client_, EPOLLRDHUP);
    watch(target_, 0);
    return;
  }
  if (target_.descriptor < 0 && (target_.descriptor = connecting_to(target)) < 0) return reset();
  pass(conduct, now);
}

void Connection::pass(const Conduct& conduct, Clock::time_point now) {
  if (breaking_ && breaking_->at <= now) break_off(now);
  if (over_) return;
  if (!to_target_.pass_to(target_.descriptor, now, 0) ||
      !to_client_.pass_to(client_.descriptor, now, conduct.drip))
    return reset();
  over_ = to_target_.has_ended() && to_client_.has_ended();
  if (over_) return;
  watch(client_, wanted(to_target_, to_client_));
  watch(target_, wanted(to_client_, to_target_));
}

void Connection::break_off(Clock::time_point now) {
  const auto breaking = *std::exchange(breaking_, std::nullopt);
  if (breaking.how == Ending::reset) return reset();
  if (breaking.how == Ending::half_close) return stream_from(breaking.end).end_here(now);
  over_ = true;
}

std::optional<Clock::time_point> Connection::next() const {
  std::optional<Clock::time_point> earliest;
  if (breaking_ && !still_) earliest = breaking_->at;
  for (const auto* stream : {&to_target_, &to_client_}) {
    const auto time = still_ || stream->is_blocked() ? std::nullopt : stream->next();
    if (time) earliest = std::min(*time, earliest.value_or(*time));
  }
  return earliest;
}

void Connection::watch(Peer& peer, std::uint32_t events) const {
  if (peer.descriptor < 0 || peer.watched == events) return;
  epoll_event event{.events = events, .data = {.u64 = peer.token}};
  const int change = events == 0 ? EPOLL_CTL_DEL : peer.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  epoll_ctl(epoll_, change, peer.descriptor, &event);
  peer.watched = events;
}

void Connection::reset() {
  const linger none{.l_onoff = 1, .l_linger = 0};
  for (const auto& peer : {client_, target_})
    if (peer.descriptor >= 0) setsockopt(peer.descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  over_ = true;
}

}  // namespace sallyport::gate
