#pragma once
// A UDP relay with faults: every source has a socket of its own towards the target, so that the target tells
// sources apart as without the relay. Datagrams are dropped, doubled, delayed and overtaken by lot, the same
// lots run after run. One thread; ends when its standard input does, and is told what gate.h says, except
// `cut`.
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "address.h"
#include "conduct.h"
#include "control.h"

namespace sallyport::gate {

class Datagrams {
 public:
  Datagrams(const Address& listen, const Address& target, const Conduct& conduct);
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;
  ~Datagrams();
  int run();  // the exit code

 private:
  struct Waiting {
    int source;  // its socket's descriptor
    End from;
    std::vector<char> octets;
  };

  bool listen_as_told();
  void on_event(int descriptor);
  void take_from_sources();
  void take_answers(int source);
  int socket_of(const Address& source);
  void schedule(int source, End from, const char* octets, std::size_t size);
  void pass_due();
  void pass(const Waiting&);
  std::string heed(const std::string& line);
  [[nodiscard]] int milliseconds_to_next() const;

  int epoll_, listener_ = -1;
  Address listen_, target_;
  Conduct conduct_;
  std::map<std::string, int> sockets_;        // by the source's address
  std::unordered_map<int, Address> sources_;  // by that socket
  std::multimap<Clock::time_point, Waiting> waiting_;
  std::uint64_t taken_ = 0;
  Control control_;
  bool ended_ = false;
};

}  // namespace sallyport::gate
