#pragma once
// RADIUS clients under a steady load, an open loop: logins come at their rate, whoever waits. Who gets no
// answer tries again as real clients do: every third client from a new socket (and closes the old one), every
// second of the others under a new id and authenticator, the rest octet for octet. Each login carries a
// Calling-Station-Id of its own, and knows the verdict that is right when the service answers. One thread.
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "journal.h"
#include "load/users.h"
#include "options.h"

namespace sallyport::clients {

class Clients {
 public:
  Clients(const Options&, load::Users&, Journal);
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;
  ~Clients();
  // Until standard input ends and every login did. Gives the summary.
  std::string run();

 private:
  struct Login {
    std::uint64_t number = 0;
    int client = 0;
    std::size_t user = 0;
    Kind kind = Kind::good;
    base::SteadyTime sent;
    int tries = 0;
    std::string password, station;
    base::Bytes packet;
    std::vector<std::pair<int, std::uint8_t>> waits_at;  // descriptor and id
  };
  struct Look {  // in the order of time: every login waits equally long for its next one
    base::SteadyTime at;
    std::uint64_t login = 0;
  };

  void launch(base::SteadyTime now);
  bool start_one(base::SteadyTime due);
  void look_after(base::SteadyTime now);
  void send(Login&, base::SteadyTime now);
  void send_anew(Login&);
  void receive(int descriptor);
  void end(Login&, Verdict, std::string_view reply_message, base::SteadyTime now);

  [[nodiscard]] Way way_of(int client) const;
  Endpoint* endpoint_of(int client);  // one with a free id; null: the system gives none
  Endpoint* open_endpoint(int client);
  void leave(Login&);  // gives back ids; of clients with new sockets closes those of this login
  std::string password_of(load::User&, Kind);
  [[nodiscard]] int milliseconds_to_next(base::SteadyTime now) const;

  Options options_;
  load::Users& users_;
  Journal journal_;
  load::SharedSecret secret_;
  sockaddr_in server_{};
  int epoll_;
  std::unordered_map<int, Endpoint> endpoints_;      // by descriptor
  std::vector<std::vector<int>> of_client_;          // shared by its logins
  std::unordered_map<std::uint64_t, Login> logins_;  // under way
  std::deque<Look> looks_;
  base::SteadyTime next_due_;
  std::uint64_t started_ = 0;
  bool ending_ = false;
};

}  // namespace sallyport::clients
