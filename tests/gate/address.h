#pragma once
// An IPv4 or IPv6 address with its port, and non-blocking sockets that are bound or connected to it.
#include <sys/socket.h>

#include <optional>
#include <string>

namespace sallyport::gate {

struct Address {
  sockaddr_storage octets{};
  socklen_t size = 0;
};

std::optional<Address> address_of(const std::string& text);  // 127.0.0.1:389, [::1]:389; no names
int listening_at(const Address&);                            // a descriptor, or -1 and errno
int connecting_to(const Address&);                           // the same; the connection may still be under way

int datagrams_at(const Address&);  // UDP, bound
int datagrams_to(const Address&);  // UDP, connected

void send_at_once(int descriptor);  // TCP_NODELAY: a relay adds no wait of its own

}  // namespace sallyport::gate
