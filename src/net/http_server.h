#pragma once
// An HTTP/1.1 server on one loop, with or without TLS; several loops may listen on one address (SO_REUSEPORT).
// Or on a Unix socket, which only its own user and root may use, and which tells who asks.
// Bodies over the limit get 413, slow peers a closed connection, everything malformed 400. Handlers answer
// later if they like, from the loop's thread.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/tls.h"

namespace sallyport::net {

struct HttpServerRequest {
  std::string method;  // "GET"
  std::string path;    // without the query, percent-decoded; malformed encodings never reach the handler
  std::string query;   // as sent
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  Endpoint peer;
  std::string peer_text;                   // of `peer`, made once a connection
  std::optional<std::uint32_t> peer_user;  // the uid of who asks over a Unix socket, by the kernel's word
  // Of the client certificate that the handshake verified; empty where none is asked for. One a connection.
  std::shared_ptr<const CertificateFacts> client_certificate;
};

struct HttpServerAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

class HttpServer {
 public:
  using Respond =
      std::move_only_function<void(HttpServerAnswer)>;  // once, in the loop; later calls are ignored
  using Serve = std::function<void(HttpServerRequest, Respond)>;
  struct Options {
    Endpoint listen;
    std::string unix_path{};  // instead: one that nobody listens on is replaced, and it is removed at the end
    bool reuse_port = false;
    std::optional<TlsServer> tls;
    std::size_t body_limit = 1U << 20U;
    std::size_t connection_limit = 10'000;
    base::Duration idle_limit = std::chrono::seconds(75);
    base::Duration request_limit = std::chrono::seconds(10);  // from its first octet to its last
    base::Duration answer_limit = std::chrono::seconds(30);   // handler's time: then 503
  };
  static base::Result<std::unique_ptr<HttpServer>> open(Loop&, Options, Serve);
  virtual ~HttpServer() = default;
  [[nodiscard]] virtual Endpoint local() const = 0;
  virtual void stop_accepting() = 0;  // connections that are being served finish
  [[nodiscard]] virtual std::size_t connections() const = 0;
};

}  // namespace sallyport::net
