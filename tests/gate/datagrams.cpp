#include "datagrams.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <utility>

namespace sallyport::gate {
namespace {

constexpr std::chrono::milliseconds overtaken_within{60};

unsigned lot(unsigned most) {
  static std::minstd_rand lots;
  return std::uniform_int_distribution<unsigned>(0, most)(lots);
}

bool by_lot(unsigned percent) { return percent > 0 && lot(99) < percent; }

bool watch(int epoll, int descriptor) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

int failed(const char* what) {
  std::fprintf(stderr, "gate: %s: %s\n", what, std::strerror(errno));
  return 2;
}

}  // namespace

Datagrams::Datagrams(const Address& listen, const Address& target, const Conduct& conduct)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), listen_(listen), target_(target), conduct_(conduct) {}

Datagrams::~Datagrams() {
  for (const auto& [source, descriptor] : sockets_) close(descriptor);
  if (listener_ >= 0) close(listener_);
  close(epoll_);
}

int Datagrams::run() {
  if (!listen_as_told()) return failed("cannot listen");
  if (!watch(epoll_, STDIN_FILENO)) return failed("standard input has to be a pipe");
  Control::say("ok");
  std::array<epoll_event, 256> events{};
  while (!ended_) {
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_next());
    if (count < 0 && errno != EINTR) return failed("epoll_wait");
    for (int i = 0; i < count; ++i) on_event(events[static_cast<std::size_t>(i)].data.fd);
    pass_due();
  }
  return 0;
}

bool Datagrams::listen_as_told() {
  if (conduct_.door == Door::refused) {
    if (listener_ >= 0) close(std::exchange(listener_, -1));
    return true;
  }
  return listener_ >= 0 || ((listener_ = datagrams_at(listen_)) >= 0 && watch(epoll_, listener_));
}

void Datagrams::on_event(int descriptor) {
  if (descriptor == STDIN_FILENO)
    ended_ = !control_.read([this](const std::string& line) { return heed(line); });
  else if (descriptor == listener_)
    take_from_sources();
  else if (sources_.contains(descriptor))
    take_answers(descriptor);
}

void Datagrams::take_from_sources() {
  std::array<char, 65536> buffer;
  for (;;) {
    Address source;
    source.size = sizeof source.octets;
    const auto size = recvfrom(listener_, buffer.data(), buffer.size(), 0,
                               reinterpret_cast<sockaddr*>(&source.octets), &source.size);
    if (size < 0) return;
    ++taken_;
    const int socket = by_lot(conduct_.drop) ? -1 : socket_of(source);
    if (socket >= 0) schedule(socket, End::client, buffer.data(), static_cast<std::size_t>(size));
  }
}

int Datagrams::socket_of(const Address& source) {
  const std::string key(reinterpret_cast<const char*>(&source.octets), source.size);
  if (const auto found = sockets_.find(key); found != sockets_.end()) return found->second;
  const int made = datagrams_to(target_);
  if (made < 0 || !watch(epoll_, made)) return -1;
  sockets_.emplace(key, made);
  sources_.emplace(made, source);
  return made;
}

void Datagrams::take_answers(int source) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto size = recv(source, buffer.data(), buffer.size(), 0);
    if (size < 0) return;  // a refusal by ICMP, too, is but silence
    if (!by_lot(conduct_.drop_answers))
      schedule(source, End::target, buffer.data(), static_cast<std::size_t>(size));
  }
}

void Datagrams::schedule(int source, End from, const char* octets, std::size_t size) {
  const int copies = by_lot(conduct_.duplicate) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    auto leaves = Clock::now();
    if (from == End::target)
      leaves += conduct_.delay + std::chrono::milliseconds(lot(static_cast<unsigned>(conduct_.jitter.count())));
    if (by_lot(conduct_.reorder))
      leaves += std::chrono::milliseconds(1 + lot(static_cast<unsigned>(overtaken_within.count())));
    waiting_.emplace(leaves, Waiting{source, from, {octets, octets + size}});
  }
}

void Datagrams::pass_due() {
  const auto now = Clock::now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    pass(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
}

void Datagrams::pass(const Waiting& one) {
  if (conduct_.door != Door::open) return;
  if (one.from == End::client) {
    send(one.source, one.octets.data(), one.octets.size(), 0);
    return;
  }
  const auto& to = sources_.at(one.source);
  sendto(listener_, one.octets.data(), one.octets.size(), 0, reinterpret_cast<const sockaddr*>(&to.octets),
         to.size);
}

std::string Datagrams::heed(const std::string& line) {
  if (line.starts_with("to ")) {
    const auto target = address_of(line.substr(3));
    if (!target) return "cannot: " + line;
    target_ = *target;
  } else if (line != "count") {
    const auto conduct = conduct_of(line);
    if (!conduct) return "cannot: " + line;
    conduct_ = *conduct;
    if (!listen_as_told()) return std::string("cannot: ") + std::strerror(errno);
  }
  return "ok, " + std::to_string(sockets_.size()) + " open, " + std::to_string(taken_) + " accepted";
}

int Datagrams::milliseconds_to_next() const {
  if (waiting_.empty()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(waiting_.begin()->first - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(0, left));
}

}  // namespace sallyport::gate
