#include "load/ports.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sallyport::load {

base::Result<Ports> Ports::open(const sockaddr_storage& server, socklen_t length, std::size_t count) {
  Ports ports;
  ports.epoll_ = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < count; ++i) {
    const int descriptor = socket(server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, reinterpret_cast<const sockaddr*>(&server), length) != 0)
      return base::failure(fmt::format("cannot open source port {}: {}", i, std::strerror(errno)));
    const int octets = 1 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    if (epoll_ctl(ports.epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
      return base::failure(std::strerror(errno));
    ports.sockets_.push_back(descriptor);
  }
  ports.queued_.resize(count);
  for (std::size_t group = 0; group < count; group += side_by_side) {
    for (std::size_t id = 0; id < 256; ++id) {
      for (std::size_t port = group; port < std::min(group + side_by_side, count); ++port)
        ports.free_.push_back({static_cast<std::uint16_t>(port), static_cast<std::uint8_t>(id)});
    }
  }
  return ports;
}

Ports::~Ports() {
  for (const int descriptor : sockets_) close(descriptor);
  if (!sockets_.empty()) close(epoll_);
}

std::optional<Slot> Ports::take() {
  if (free_.empty()) return std::nullopt;
  const auto slot = free_.front();
  free_.pop_front();
  return slot;
}

void Ports::queue(Slot slot, base::ByteView packet) {
  auto& of_port = queued_[slot.port];
  if (of_port.empty()) with_queue_.push_back(slot.port);
  of_port.push_back(packet);
}

// What the kernel refuses (a full buffer, an ICMP answer) is lost on the way, as on any network.
void Ports::flush() {
  for (const auto port : with_queue_) {
    auto& packets = queued_[port];
    for (std::size_t first = 0; first < packets.size(); first += batch) {
      const std::size_t count = std::min(batch, packets.size() - first);
      std::array<mmsghdr, batch> messages{};
      std::array<iovec, batch> parts{};
      for (std::size_t i = 0; i < count; ++i) {
        parts[i] = {const_cast<std::uint8_t*>(packets[first + i].data()), packets[first + i].size()};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
      }
      sendmmsg(sockets_[port], messages.data(), static_cast<unsigned>(count), 0);
    }
    packets.clear();
  }
  with_queue_.clear();
}

void Ports::wait(base::Duration at_most, const Receive& receive) {
  const auto nanoseconds = std::max<std::int64_t>(0, at_most.count());
  const timespec limit{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  std::array<epoll_event, 128> events{};
  const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
  for (int i = 0; i < count; ++i)
    receive_all(static_cast<std::uint16_t>(events[static_cast<std::size_t>(i)].data.u64), receive);
}

void Ports::receive_all(std::uint16_t port, const Receive& receive) {
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> parts{};
  for (std::size_t i = 0; i < batch; ++i) {
    parts[i] = {buffers_[i].data(), buffers_[i].size()};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = recvmmsg(sockets_[port], messages.data(), batch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const base::ByteView packet(buffers_[at].data(), messages[at].msg_len);
    if (packet.size() >= 2) receive({port, packet[1]}, packet);
  }
}

}  // namespace sallyport::load
