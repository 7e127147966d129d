#pragma once
// How the HTTP client comes to a new connection, for .cpp files of this room only. The addresses of an exchange
// are tried side by side: each begun a moment after the one before it, or at once when that failed. The
// exchange goes over the first connection that stands, TLS included, and the others end; nothing of it has left
// before. One address is one attempt and no more.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/client_connection.h"

namespace sallyport::net {

class ClientRaces {
 public:
  using Exchange = std::unique_ptr<HttpExchange>;
  using Won = std::function<void(std::unique_ptr<ClientConnection>, Exchange)>;
  using Lost = std::function<void(Exchange, HttpAnswer)>;
  ClientRaces(ClientConnections&, Won, Lost);
  ~ClientRaces() { close(); }
  ClientRaces(const ClientRaces&) = delete;
  ClientRaces& operator=(const ClientRaces&) = delete;

  [[nodiscard]] bool good() { return maker() != nullptr; }
  void begin(Exchange);  // ends as won or lost, never from inside
  void made(ClientConnection&);
  void not_made(ClientConnection&, HttpAnswer);
  void close();  // before what connections use; those that were made here are closed already

 private:
  struct Race;
  using RacePtr = std::shared_ptr<Race>;  // of its connections
  struct Runner {
    std::unique_ptr<ClientConnection> connection;
    RacePtr race;
  };
  // libcurl looks for a connection among all of one multi handle each time something is sent or received: each
  // has few, and there are several.
  struct Maker {
    explicit Maker(Loop&);
    CurlMulti multi;
    std::map<std::string, std::optional<Endpoint>> known;  // hosts, or the proxy, whose address it was told
  };
  Maker* maker();  // with room for one connection more
  void attempt(const RacePtr&);
  void attempt_soon(const RacePtr&, base::Duration);
  base::Result<std::unique_ptr<ClientConnection>> connect(Race&, const std::optional<Endpoint>&);
  Runner take(ClientConnection&);
  void let_go(std::unique_ptr<ClientConnection>);
  void has_failed(const RacePtr&, HttpAnswer);
  void time_is_over(const RacePtr&);

  ClientConnections& client_;
  Won won_;
  Lost lost_;
  std::vector<std::unique_ptr<Maker>> makers_;
  std::unordered_map<ClientConnection*, Runner> runners_;
  std::size_t beside_ = 0;  // runners that are not the only ones of their race
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sallyport::net
