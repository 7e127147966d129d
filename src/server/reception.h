#pragma once
// What a worker does with a datagram that its own socket received: which validation server and client it
// belongs to, whether its form is right and who wrote it, cheap checks first. Nothing in a packet is believed
// before its Message-Authenticator is. Status-Server and accounting are answered here, at once; an
// Access-Request goes to the worker that owns the login. Everything else is dropped and counted, and never
// answered.
#include <functional>
#include <memory>
#include <unordered_map>

#include "net/udp.h"
#include "server/outside.h"
#include "server/validation_server.h"

namespace sallyport::server {

struct Listening {  // what one socket is for
  std::shared_ptr<const ValidationServer> server;
  radius::Port port = radius::Port::authentication;
};
using Listenings = std::unordered_map<int, Listening>;  // by the socket's number

class Reception {
 public:
  // `own`: takes the requests whose owner is this worker.
  Reception(Outside& outside, std::function<void(Request)> own) : outside_(outside), own_(std::move(own)) {}

  void adopt(Listenings listenings) { listenings_ = std::move(listenings); }
  void leave() { leaving_ = true; }  // Status-Server is not answered any more
  void receive(int socket, const net::Datagram&);

 private:
  struct Arrived {
    int socket;
    const net::Datagram& datagram;
    const std::shared_ptr<const ValidationServer>& server;
    const Client& client;
    radius::PacketView packet;
  };
  void sort(const Arrived&, radius::Proof, radius::Port);
  void answer_status(const Arrived&, radius::Port);
  void acknowledge(const Arrived&);
  void pass_on(const Arrived&, bool authentic);
  void observe(const Arrived&);
  template <class Reason>
  void drop(Reason, const net::Datagram&, const ValidationServer* = nullptr, const Client* = nullptr);
  template <class Reason>
  void drop(Reason reason, const Arrived& arrived) {
    drop(reason, arrived.datagram, arrived.server.get(), &arrived.client);
  }

  Outside& outside_;
  std::function<void(Request)> own_;
  Listenings listenings_;
  bool leaving_ = false;
};

}  // namespace sallyport::server
