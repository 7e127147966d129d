#pragma once
// HTTPS exchanges of one loop, with connections kept; straight or through the tunnels of an HTTP proxy, never
// through one that only the environment names. Names are resolved by the caller; time is counted from the start
// of the exchange. Every end is told apart as far as TCP, TLS, HTTP and the proxy tell it.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/tls.h"

namespace sallyport::net {

enum class HttpEnd {
  answered,           // a whole HTTP answer, whatever its status
  refused,            // RST to SYN
  unreachable,        // no route, host down
  connect_timed_out,  // no SYN-ACK, or no end of the TLS handshake
  timed_out,          // connected, no whole answer in time
  reset,              // closed or reset after connecting, before a whole answer
  malformed,          // not HTTP, larger than the limit
  own_certificate_expired,
  own_certificate_refused,  // a TLS alert about our certificate other than expired
  service_certificate_expired,
  service_not_trusted,  // wrong name, unknown CA
  tls_failed,           // any other handshake failure
  proxy_failed,  // no tunnel: the proxy is not there, refused CONNECT, or spoke no HTTP. Its silence is a
                 // time-out
  local,         // descriptors, memory, ports, our own shutdown
};

// Each connection is a tunnel made by CONNECT (RFC 9110, 9.3.6), kept and used again like any other. The URL's
// host goes into CONNECT as it is; the way to the proxy is plain HTTP.
struct HttpProxy {
  enum class Authentication { any, basic, digest, ntlm };  // any: the strongest of these that it offers
  std::string host;                                        // an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string user;  // empty: it asks for none
  base::Secret password;
  Authentication authentication = Authentication::any;
  [[nodiscard]] std::string text() const;  // "proxy.example.com:3128"
};

struct HttpRequest {
  std::string url;  // https://host:port/path
  // Of the URL's host, or of the proxy where there is one; the best first. They are tried side by side, each
  // begun a moment after the one before it, or at once when that failed; where the first TLS handshake ends,
  // there alone goes the request. None for a Unix socket.
  std::vector<Endpoint> addresses;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                // a POST when not empty, else a GET
  base::Duration connect_limit{};  // TCP, CONNECT and TLS handshake
  base::Duration limit{};          // the whole exchange
  bool fresh_connection = false;
  bool plain_to_this_machine = false;    // an http URL is taken too, where every address is loopback
  std::size_t answer_limit = 1U << 20U;  // octets of the body
};

struct HttpAnswer {
  HttpEnd end{};
  std::string detail;  // for the log: the library's and TLS's words
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  bool connection_was_reused = false;
  bool tunnel_opened = false;  // by the proxy, for this exchange or an earlier one
  bool request_left = false;   // the request's octets were given to an established TLS session
  // The last second of the server's certificate, when it was trusted, or would have been in time. Zero: none.
  std::chrono::sys_seconds certificate_ends{};
  std::string remote_address;  // "192.0.2.1" once connected; the proxy's where there is one
  Endpoint tried{};            // where it went, or was to go
  base::Duration connected_after{}, ended_after{};
  std::vector<HttpAnswer> others{};  // how it ended at the other addresses, where it was connected at none
};

class HttpClient {
 public:
  using Done = std::move_only_function<void(HttpAnswer)>;
  struct Options {
    TlsClient tls;
    std::optional<HttpProxy> proxy;
    std::string unix_path{};  // all goes to this Unix socket, by http URLs whose host leads nowhere else
    base::Duration idle_limit = std::chrono::seconds(30);  // of a kept connection
    base::Duration life_limit = std::chrono::minutes(10);
    std::size_t kept_connections = 256;  // at rest, to one host
    std::size_t making_limit = 64;  // connections to one host that are being made: more would slow each other
    std::string user_agent = "sallyport";
  };
  static base::Result<std::unique_ptr<HttpClient>> make(Loop&, Options);
  virtual ~HttpClient() = default;  // ends what is under way; `done` is not called any more

  // `done` is called exactly once, in the loop, never from inside start().
  virtual void start(HttpRequest, Done done) = 0;
  [[nodiscard]] virtual std::size_t in_flight() const = 0;
};

}  // namespace sallyport::net
