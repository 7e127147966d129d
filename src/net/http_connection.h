#pragma once
// One connection of an HTTP server, for .cpp files of this room only.
//
//   handshaking ──▶ idle ◀───────────────────────────┐
//                    │ first octet                   │ kept
//                    ▼                               │
//                 receiving ──▶ answering ──▶ writing ┴─▶ lingering ──▶ gone
//                    └─ malformed, too large ──▶ writing (and close)
//
// Each state has its time limit; all but `answering` end in a closed connection when it is over.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/beast.h"
#include "net/http_server.h"
#include "net/stream.h"

namespace sallyport::net {

class HttpConnection;

struct HttpPeer {
  Endpoint address;
  std::optional<std::uint32_t> user;  // over a Unix socket
  [[nodiscard]] std::string text() const { return user ? "uid " + std::to_string(*user) : address.to_string(); }
};

// What the connections of one server share, and what they tell it.
class HttpConnections {
 public:
  virtual ~HttpConnections() = default;
  virtual Loop& loop() = 0;
  virtual const HttpServer::Options& options() const = 0;
  virtual const HttpServer::Serve& serve() const = 0;
  virtual bool stopping() const = 0;
  virtual std::string_view date() = 0;                   // for the Date field, now
  virtual std::vector<std::uint8_t>& read_buffer() = 0;  // of the thread, filled and used up within one call
  virtual void gone(HttpConnection&) = 0;                // the server lets go of it
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(HttpConnections&, Descriptor, HttpPeer, SSL_CTX*);
  void start();
  void close();              // at once; nothing is called afterwards
  void close_when_served();  // at once when nothing is being served

 private:
  enum class State { handshaking, idle, receiving, answering, writing, lingering, gone };

  void enter(State);
  void arm(base::SteadyTime now);
  void on_timer();
  base::Duration limit_of(State) const;
  void on_time_limit();
  void advance();  // does all that can be done now, then waits
  bool step();     // false: wait
  bool shake_hands();
  bool receive();
  bool parse();  // what lies in in_
  bool refuse(const boost::system::error_code&);
  void hand_over();
  void respond(std::uint64_t number, HttpServerAnswer);
  void queue(const HttpServerAnswer&);
  bool send();
  bool linger();
  bool wait_for(Progress);

  HttpConnections& server_;
  Stream stream_;
  HttpPeer peer_;
  std::string peer_text_;
  std::shared_ptr<const CertificateFacts> certificate_;
  State state_;
  std::string in_;   // octets not parsed yet
  std::string out_;  // octets not written yet, from out_at_
  std::size_t out_at_ = 0;
  std::size_t lingered_ = 0;
  std::optional<HttpReading<true>> reading_;
  std::uint64_t number_ = 0;  // of the request being served
  bool continued_ = false;    // "100 Continue" was sent for it
  bool head_ = false;
  bool keep_ = true;
  bool advancing_ = false;
  base::SteadyTime entered_{}, limit_{};  // of the state
  base::SteadyTime due_{};                // of the timer
  bool buffers_held_ = false;             // by TLS, for the next record
  Timer timer_;                           // due at the limit or before
  std::optional<Watch> watch_;
};

}  // namespace sallyport::net
