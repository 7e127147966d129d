#include "address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sallyport::gate {
namespace {

int socket_for(const Address& address, int kind = SOCK_STREAM) {
  return socket(address.octets.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

using Join = int (*)(int, const sockaddr*, socklen_t);  // bind(2), connect(2)

int datagram_socket(const Address& address, Join join) {
  const int descriptor = socket_for(address, SOCK_DGRAM), octets = 1 << 20;
  if (descriptor < 0) return -1;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  if (join(descriptor, reinterpret_cast<const sockaddr*>(&address.octets), address.size) == 0)
    return descriptor;
  const int why = errno;
  close(descriptor);
  errno = why;
  return -1;
}

int closed(int descriptor) {
  const int why = errno;
  if (descriptor >= 0) close(descriptor);
  errno = why;
  return -1;
}

}  // namespace

std::optional<Address> address_of(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo wish{};
  wish.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), text.c_str() + colon + 1, &wish, &found) != 0) return std::nullopt;
  Address address;
  address.size = found->ai_addrlen;
  std::memcpy(&address.octets, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return address;
}

int listening_at(const Address& address) {
  const int descriptor = socket_for(address), on = 1;
  if (descriptor < 0) return -1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address.octets), address.size) != 0 ||
      listen(descriptor, 4096) != 0)
    return closed(descriptor);
  return descriptor;
}

int connecting_to(const Address& address) {
  const int descriptor = socket_for(address);
  if (descriptor < 0) return -1;
  send_at_once(descriptor);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address.octets), address.size) != 0 &&
      errno != EINPROGRESS)
    return closed(descriptor);
  return descriptor;
}

int datagrams_at(const Address& address) { return datagram_socket(address, bind); }
int datagrams_to(const Address& address) { return datagram_socket(address, connect); }

void send_at_once(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace sallyport::gate
