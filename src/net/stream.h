#pragma once
// A connected, non-blocking TCP socket, plain or under TLS, for .cpp files of this room only. Every call does
// what can be done now and says what to wait for; waiting, time limits and turns are the caller's.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "net/descriptor.h"
#include "net/endpoint.h"
#include "net/tls_context.h"

namespace sallyport::net {

enum class Progress { done, want_read, want_write, ended, failed };  // ended: by the peer, in order

struct Moved {
  Progress progress = Progress::done;
  std::size_t octets = 0;  // > 0 when done
};

class Stream {
 public:
  explicit Stream(Descriptor socket) : socket_(std::move(socket)) {}

  // From now on octets go through TLS, once handshake() is done.
  void accept_tls(SSL_CTX*);
  void connect_tls(SSL_CTX*, const std::string& server_name);
  Progress handshake();

  Moved read(std::span<std::uint8_t>);
  Moved write(std::span<const std::uint8_t>);
  [[nodiscard]] bool holds_octets() const;  // a read may give something though the socket is not readable
  void free_buffers();                      // of TLS, which makes them anew for the next record
  void end_writing();                       // close_notify where it fits into the socket's buffer, then FIN

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] SSL* tls() const { return ssl_.get(); }
  [[nodiscard]] int system_error() const { return system_error_; }       // 0 when TLS failed
  [[nodiscard]] const std::string& failure() const { return failure_; }  // after `failed`, in words

 private:
  Progress judge(int result);
  Progress judge_system();

  Descriptor socket_;
  SslOwner ssl_;
  int system_error_ = 0;
  std::string failure_;
};

// A new socket whose connection is under way; SO_ERROR tells its end.
base::Result<Descriptor, int> begin_connecting(const Endpoint&);
int socket_error(int descriptor);

}  // namespace sallyport::net
