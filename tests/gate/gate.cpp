#include "gate.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sallyport::gate {
namespace {

constexpr std::uint64_t listener_token = 0, control_token = 1;  // a connection's number is 1 at least
std::uint64_t token_of(std::uint64_t number, End end) { return number * 2 + (end == End::target ? 1 : 0); }

bool add(int epoll, int descriptor, std::uint64_t token) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = token}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

int failed(const char* what) {
  std::fprintf(stderr, "gate: %s: %s\n", what, std::strerror(errno));
  return 2;
}

}  // namespace

Gate::Held::Held(int epoll, int client, std::uint64_t number)
    : connection(epoll, client, token_of(number, End::client), token_of(number, End::target)) {}

Gate::Gate(const Address& listen, const Address& target, const Conduct& conduct)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), listen_(listen), target_(target), conduct_(conduct) {}

Gate::~Gate() {
  connections_.clear();
  if (listener_ >= 0) close(listener_);
  close(epoll_);
}

int Gate::run() {
  if (!listen_as_told()) return failed("cannot listen");
  if (!add(epoll_, STDIN_FILENO, control_token)) return failed("standard input has to be a pipe");
  Control::say("ok");
  std::array<epoll_event, 256> events{};
  while (!ended_) {
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_next());
    if (count < 0 && errno != EINTR) return failed("epoll_wait");
    for (int i = 0; i < count; ++i)
      on_event(events[static_cast<std::size_t>(i)].data.u64, events[static_cast<std::size_t>(i)].events);
    turn_due();
  }
  return 0;
}

bool Gate::listen_as_told() {
  if (conduct_.door == Door::refused) {
    if (listener_ >= 0) close(std::exchange(listener_, -1));
    return true;
  }
  if (listener_ < 0 && (listener_ = listening_at(listen_)) >= 0) return add(epoll_, listener_, listener_token);
  return listener_ >= 0;
}

void Gate::on_event(std::uint64_t token, std::uint32_t events) {
  if (token == listener_token) return accept_all();
  if (token == control_token) {
    ended_ = !control_.read([this](const std::string& line) { return heed(line); });
    return;
  }
  const auto found = connections_.find(token / 2);
  if (found == connections_.end()) return;  // ended by an event of the same turn
  found->second.connection.on_ready(token % 2 == 0 ? End::client : End::target, events, conduct_, Clock::now());
  settle(found);
}

void Gate::accept_all() {
  while (listener_ >= 0) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const auto number = ++accepted_;
    const auto made = connections_.try_emplace(number, epoll_, client, number).first;
    made->second.connection.turn(conduct_, target_, Clock::now());
    settle(made);
  }
}

std::string Gate::heed(const std::string& line) {
  if (line == "cut") {
    cut_all();
  } else if (line.starts_with("to ")) {
    const auto target = address_of(line.substr(3));
    if (!target) return "cannot: " + line;
    target_ = *target;
  } else if (line != "count") {
    const auto conduct = conduct_of(line);
    if (!conduct) return "cannot: " + line;
    conduct_ = *conduct;
    if (!listen_as_told()) return std::string("cannot: ") + std::strerror(errno);
    turn_all();
  }
  return "ok, " + std::to_string(connections_.size()) + " open, " + std::to_string(accepted_) + " accepted";
}

void Gate::cut_all() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto current = next++;
    current->second.connection.reset();
    settle(current);
  }
}

void Gate::turn_all() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto current = next++;
    current->second.connection.turn(conduct_, target_, Clock::now());
    settle(current);
  }
}

void Gate::turn_due() {
  const auto now = Clock::now();
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    const auto found = connections_.find(wakes_.begin()->second);
    found->second.connection.turn(conduct_, target_, now);
    settle(found);
  }
}

void Gate::settle(Connections::iterator found) {
  auto& [number, held] = *found;
  const bool over = held.connection.is_over();
  const auto wake = over ? std::nullopt : held.connection.next();
  if (held.wake != wake) {
    if (held.wake) wakes_.erase({*held.wake, number});
    if (wake) wakes_.emplace(*wake, number);
    held.wake = wake;
  }
  if (over) connections_.erase(found);
}

int Gate::milliseconds_to_next() const {
  if (wakes_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(wakes_.begin()->first - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(0, left));
}

}  // namespace sallyport::gate
