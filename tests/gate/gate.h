#pragma once
// A TCP relay with faults: what comes to one address goes to another, under a conduct that can be changed at
// any time. One thread, one epoll set. Ends when its standard input does, so that it never outlives who started
// it.
//
// Standard input: a conduct a line (conduct.h), `cut` (ends with an RST what is open now), `to ADDRESS:PORT`
// (where connections made from now on go), or `count`. Each is answered by a line on standard output once it is
// in force: "ok, 12 open, 40 accepted", or "cannot: why".
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "connection.h"
#include "control.h"

namespace sallyport::gate {

class Gate {
 public:
  Gate(const Address& listen, const Address& target, const Conduct& conduct);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate();
  int run();  // the exit code

 private:
  struct Held {
    Held(int epoll, int client, std::uint64_t number);
    Connection connection;
    std::optional<Clock::time_point> wake;
  };
  using Connections = std::unordered_map<std::uint64_t, Held>;

  bool listen_as_told();  // false, and errno: the address cannot be had
  void on_event(std::uint64_t token, std::uint32_t events);
  void accept_all();
  std::string heed(const std::string& line);
  void cut_all();
  void turn_all();
  void turn_due();
  void settle(Connections::iterator);  // lets one go that is over, and notes when one is to be woken
  [[nodiscard]] int milliseconds_to_next() const;

  int epoll_, listener_ = -1;
  Address listen_, target_;
  Conduct conduct_;
  Connections connections_;
  std::set<std::pair<Clock::time_point, std::uint64_t>> wakes_;
  std::uint64_t accepted_ = 0;  // also the newest connection's number
  Control control_;
  bool ended_ = false;
};

}  // namespace sallyport::gate
