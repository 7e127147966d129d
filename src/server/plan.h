#pragma once
// What the settings mean for the workers: the validation servers, and which socket serves which. Made once for
// all workers at start and at each reload. A socket keeps its number as long as its address stays in the
// settings.
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "radius/packet.h"
#include "server/validation_server.h"
#include "settings/gateway.h"

namespace sallyport::server {

struct PlannedSocket {
  int number = 0;
  net::Endpoint address;  // port 0 until the first worker has opened it
  std::shared_ptr<const ValidationServer> server;
  radius::Port port = radius::Port::authentication;
};

struct Plan {
  settings::Gateway settings;
  std::vector<std::shared_ptr<const ValidationServer>> servers;
  std::vector<PlannedSocket> sockets;
};

class Planner {
 public:
  base::Result<Plan> plan(const settings::Gateway&);
  // Where a socket was opened: kept for later plans.
  void opened(int number, const net::Endpoint& local) { opened_[number] = local; }

 private:
  PlannedSocket socket(const std::string& server, const std::string& listen, net::Endpoint address,
                       radius::Port);
  base::Result<void> add_sockets(const settings::ValidationServer&,
                                 const std::shared_ptr<const ValidationServer>&, Plan&);

  std::map<std::string, std::shared_ptr<Shared>> shared_;  // by the validation server's name
  std::map<std::string, int> numbers_;
  std::map<int, net::Endpoint> opened_;
};

}  // namespace sallyport::server
