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

class Connection {
 public:
  Connection(int epoll, int client, std::uint64_t client_token, std::uint64_t target_token);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void on_ready(End, std::uint32_t events, const Conduct&, Clock::time_point now);
  // Heeds the conduct and the time: connects where it may and has not, passes on what may leave.
  void turn(const Conduct&, const Address& target, Clock::time_point now);
  void reset();  // ends both ends with an RST

  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] std::optional<Clock::time_point> next() const;  // when turn() has something to do

 private:
  struct Peer {
    int descriptor = -1;
    std::uint64_t token = 0;
    std::uint32_t watched = 0;  // 0: not in the set, where even an unwanted EPOLLHUP would come again and again
    int turns = 0;              // how often it spoke, whatever the number of pieces
  };
  struct Breaking {
    Clock::time_point at;
    End end;
    Ending how;
  };
  bool take(End, const Conduct&, Clock::time_point now);
  bool begins_to_break(End, const Break&, Clock::time_point now);
  void pass(const Conduct&, Clock::time_point now);
  void break_off(Clock::time_point now);
  void watch(Peer&, std::uint32_t events) const;
  Peer& peer(End end) { return end == End::client ? client_ : target_; }
  Stream& stream_from(End end) { return end == End::client ? to_target_ : to_client_; }

  int epoll_;
  Peer client_, target_;
  Stream to_target_, to_client_;
  std::optional<End> last_;  // who spoke
  std::optional<Breaking> breaking_;
  bool still_ = false, over_ = false;
};

}  // namespace sallyport::gate
