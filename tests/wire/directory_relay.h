#pragma once
// Stands before a directory and does what networks and broken servers do.
#include <poll.h>

#include <cerrno>
#include <list>
#include <random>

#include "directory_peers.h"

namespace sallyport::test {

class Relay {
 public:
  enum class Mode {
    pass,
    silent,         // takes connections and octets, and gives nothing
    silent_to_old,  // so to those connections that are there; new ones pass
    reset,          // breaks what is there, and what comes at its first octet
    refuse,         // the same, and does not listen
    drip,           // the directory's answers come one octet in 300 ms
    garbage,        // answers of no meaning
  };
  explicit Relay(std::uint16_t to)
      : to_(to), listener_(listen_on_loopback(port_)), thread_([this] { serve(); }) {}
  ~Relay() {
    ended_ = true;
    thread_.join();
    forget_all();
    if (listener_ >= 0) ::close(listener_);
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void become(Mode mode) {
    wanted_ = mode;
    while (is_ != mode) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Way {
    int from, to;
    std::string held;
    Clock::time_point next{};
  };
  struct Pair {
    Way up, down;
    bool old = false;
  };

  void serve() {
    while (!ended_) {
      if (wanted_ != is_) change(wanted_);
      std::vector<pollfd> watched;
      if (listener_ >= 0) watched.push_back({listener_, POLLIN, 0});
      for (const auto& pair : pairs_) {
        if (!is_stalled(pair))
          watched.insert(watched.end(), {{pair.up.from, POLLIN, 0}, {pair.down.from, POLLIN, 0}});
      }
      ::poll(watched.data(), watched.size(), 5);
      if (listener_ >= 0 && (watched.front().revents & POLLIN) != 0) take();
      std::erase_if(pairs_, [&](Pair& pair) {
        const bool ended = !is_stalled(pair) && !move(pair);
        if (ended) forget(pair);
        return ended;
      });
    }
  }
  void change(Mode mode) {
    if (mode == Mode::reset || mode == Mode::refuse) forget_all();
    if (mode == Mode::refuse) ::close(std::exchange(listener_, -1));
    if (mode != Mode::refuse && listener_ < 0) listener_ = listen_on_loopback(port_);
    for (auto& pair : pairs_) pair.old = true;
    is_ = mode;
  }
  [[nodiscard]] bool is_stalled(const Pair& pair) const {
    return is_ == Mode::silent || (is_ == Mode::silent_to_old && pair.old);
  }
  void take() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::fcntl(server, F_SETFL, O_NONBLOCK);
    pairs_.push_back({{client, server, "", {}}, {server, client, "", {}}});
  }
  bool move(Pair& pair) {
    const auto before = pair.up.held.size();
    if (!fill(pair.up) || !fill(pair.down)) return false;
    if (pair.up.held.size() > before && is_ == Mode::reset) return false;
    if (pair.up.held.size() > before && is_ == Mode::garbage) {
      std::string octets(64, '\0');
      for (char& octet : octets) octet = static_cast<char>(random_());
      if (random_() % 2 == 0) octets.replace(0, 2, "\x30\x3e");  // so long a message would be
      pair.up.held.clear();
      return ::send(pair.up.from, octets.data(), octets.size(), MSG_NOSIGNAL) > 0;
    }
    return give(pair.up, pair.up.held.size()) && give(pair.down, is_ == Mode::drip ? 1 : pair.down.held.size());
  }
  static bool fill(Way& way) {
    char octets[65536];
    const auto got = ::recv(way.from, octets, sizeof octets, 0);
    if (got > 0) way.held.append(octets, static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && errno == EAGAIN);
  }
  bool give(Way& way, std::size_t count) {
    if (way.held.empty() || (is_ == Mode::drip && Clock::now() < way.next)) return true;
    way.next = Clock::now() + std::chrono::milliseconds(300);
    const auto sent = ::send(way.to, way.held.data(), std::min(count, way.held.size()), MSG_NOSIGNAL);
    if (sent > 0) way.held.erase(0, static_cast<std::size_t>(sent));
    return sent > 0 || errno == EAGAIN;
  }
  static void forget(const Pair& pair) {
    const linger at_once{1, 0};  // a reset, not an end
    ::setsockopt(pair.up.from, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(pair.up.from);
    ::close(pair.down.from);
  }
  void forget_all() {
    for (const auto& pair : pairs_) forget(pair);
    pairs_.clear();
  }

  std::uint16_t to_, port_ = 0;
  int listener_;
  std::list<Pair> pairs_;
  std::mt19937 random_{7};
  std::atomic<Mode> wanted_{Mode::pass}, is_{Mode::pass};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace sallyport::test
