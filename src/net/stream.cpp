#include "net/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <climits>

namespace sallyport::net {

void Stream::accept_tls(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), socket_.get());
  SSL_set_accept_state(ssl_.get());
}

void Stream::connect_tls(SSL_CTX* context, const std::string& server_name) {
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), socket_.get());
  SSL_set_connect_state(ssl_.get());
  // RFC 6066, 3: no address literals in SNI.
  if (!server_name.empty() && !Address::parse(server_name))
    SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
}

Progress Stream::judge_system() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::want_read;
  system_error_ = errno;
  failure_ = system_words(errno);
  return Progress::failed;
}

Progress Stream::judge(int result) {
  if (result > 0) return Progress::done;
  const int system = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Progress::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::ended;
    case SSL_ERROR_SYSCALL:
      system_error_ = system == 0 ? ECONNRESET : system;
      failure_ = system_words(system_error_);
      ERR_clear_error();
      return Progress::failed;
    default:
      break;
  }
  const auto code = ERR_peek_last_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    system_error_ = ECONNRESET;  // closed without close_notify: may be a truncation
  }
  failure_ = tls_words();
  return Progress::failed;
}

Progress Stream::handshake() {
  ERR_clear_error();
  errno = 0;
  return judge(SSL_do_handshake(ssl_.get()));
}

Moved Stream::read(std::span<std::uint8_t> into) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    const int got =
        SSL_read(ssl_.get(), into.data(), static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX)));
    return {judge(got), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  for (;;) {
    const auto got = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (got > 0) return {Progress::done, static_cast<std::size_t>(got)};
    if (got == 0) return {Progress::ended, 0};
    if (errno != EINTR) return {judge_system(), 0};
  }
}

Moved Stream::write(std::span<const std::uint8_t> octets) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    const int put =
        SSL_write(ssl_.get(), octets.data(), static_cast<int>(std::min<std::size_t>(octets.size(), INT_MAX)));
    return {judge(put), put > 0 ? static_cast<std::size_t>(put) : 0};
  }
  for (;;) {
    const auto put = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (put >= 0) return {Progress::done, static_cast<std::size_t>(put)};
    if (errno == EINTR) continue;
    const auto progress = judge_system();
    return {progress == Progress::want_read ? Progress::want_write : progress, 0};
  }
}

bool Stream::holds_octets() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Stream::free_buffers() {
  if (ssl_) SSL_free_buffers(ssl_.get());  // refuses while there is something in them
}

void Stream::end_writing() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::shutdown(socket_.get(), SHUT_WR);
}

base::Result<Descriptor, int> begin_connecting(const Endpoint& endpoint) {
  sockaddr_storage address{};
  const auto length = endpoint.to(address);
  Descriptor socket(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(errno);
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0 ||
      errno == EINPROGRESS) {
    return socket;
  }
  return std::unexpected(errno);
}

int socket_error(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

}  // namespace sallyport::net
