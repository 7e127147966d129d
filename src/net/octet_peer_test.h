#pragma once
// For this room's tests: a peer of octets, plain or under TLS, on a thread of its own.
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string_view>
#include <thread>

#include "net/endpoint.h"
#include "net/test_peer_test.h"
#include "net/tls_context.h"

namespace sallyport::net {

// A peer of octets: accepts on a thread of its own and does as told with each connection.
class Peer {
 public:
  explicit Peer(std::function<void(int)> serve) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_storage address{};
    socklen_t length = Endpoint::parse("127.0.0.1:0")->to(address);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(socket_, 16), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    local = Endpoint::from(address);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      for (int connection = 0; (connection = ::accept(socket_, nullptr, nullptr)) >= 0;) {
        const timeval limit{5, 0};
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        serve(connection);
        ::close(connection);
      }
    });
  }
  ~Peer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  Endpoint local;

 private:
  int socket_;
  std::jthread thread_;
};

// The same, with TLS established.
inline std::function<void(int)> over_tls(std::function<void(SSL*, int)> serve) {
  auto context = std::make_shared<ContextOwner>(server_context({identity("server"), ""}).value());
  return [context, serve = std::move(serve)](int connection) {
    const SslOwner ssl(SSL_new(context->get()));
    SSL_set_fd(ssl.get(), connection);
    if (SSL_accept(ssl.get()) == 1) serve(ssl.get(), connection);
  };
}

inline void hear(SSL* ssl) {
  char buffer[4'096];
  SSL_read(ssl, buffer, sizeof buffer);
}

inline void say(SSL* ssl, std::string_view octets) {
  while (!octets.empty()) {
    const int put = SSL_write(ssl, octets.data(), static_cast<int>(octets.size()));
    if (put <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(put));
  }
}

inline void wait_for_end(int connection) {
  char buffer[4'096];
  while (::recv(connection, buffer, sizeof buffer, 0) > 0) {
  }
}

}  // namespace sallyport::net
