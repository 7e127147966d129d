#include "endpoint.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace sallyport::clients {

std::optional<Endpoint> Endpoint::open(const sockaddr_in& server, const std::optional<sockaddr_in>& source) {
  const auto raw = [](const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); };
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), octets = 1 << 20;
  if (descriptor < 0) return std::nullopt;
  Endpoint made(descriptor);
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  if (source && bind(descriptor, raw(*source), sizeof *source) != 0) return std::nullopt;
  if (connect(descriptor, raw(server), sizeof server) != 0) return std::nullopt;
  return made;
}

Endpoint::Endpoint(Endpoint&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      asked_(other.asked_),
      next_(other.next_),
      taken_(other.taken_) {}

Endpoint::~Endpoint() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::optional<std::uint8_t> Endpoint::take_id(const Asked& what) {
  for (int tried = 0; tried < 256; ++tried) {
    const auto id = next_++;
    if (asked_[id]) continue;
    asked_[id] = what;
    ++taken_;
    return id;
  }
  return std::nullopt;
}

void Endpoint::give_back(std::uint8_t id) {
  if (asked_[id]) --taken_;
  asked_[id].reset();
}

void Endpoint::send(base::ByteView packet) const {
  [[maybe_unused]] const auto sent = ::send(descriptor_, packet.data(), packet.size(), 0);
}

}  // namespace sallyport::clients
