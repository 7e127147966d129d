#pragma once
// A connection that a client made to the gate, and the one that the gate made for it to the target. Watches its
// two descriptors in the gate's epoll set, each under the token that the gate gave it, for just what it can
// use.
#include <cstdint>
#include <optional>

#include "address.h"
#include "conduct.h"
#include "stream.h"

namespace sallyport::gate {

enum class End { client, target };

class Connection {
 public:
  Connection(int epoll, int client, std::uint64_t client_token, std::uint64_t target_token);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void on_ready(End, std::uint32_t events, const Conduct&, Clock::time_point now);
  // Heeds the conduct and the time: connects where it may and has not, passes on what may leave.
  void turn(const Conduct&, const Address& target, Clock::time_point now);

  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] std::optional<Clock::time_point> next() const;  // when turn() has something to do

 private:
  struct Peer {
    int descriptor = -1;
    std::uint64_t token = 0;
    std::uint32_t watched = 0;  // 0: not in the set, where even an unwanted EPOLLHUP would come again and again
  };
  bool take(End, const Conduct&, Clock::time_point now);
  void pass(const Conduct&, Clock::time_point now);
  void watch(Peer&, std::uint32_t events) const;
  void reset();

  int epoll_;
  Peer client_, target_;
  Stream to_target_, to_client_;
  int target_turns_ = 0;  // how often it answered, whatever the number of pieces
  End last_ = End::client;
  bool still_ = false, over_ = false;
};

}  // namespace sallyport::gate
