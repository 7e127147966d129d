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

Ports::Batch::Batch() {
  for (std::size_t i = 0; i < batch; ++i) {
    incoming_parts[i] = {buffers[i].data(), buffers[i].size()};
    incoming[i].msg_hdr.msg_iov = &incoming_parts[i];
    outgoing[i].msg_hdr.msg_iov = &outgoing_parts[i];
    incoming[i].msg_hdr.msg_iovlen = outgoing[i].msg_hdr.msg_iovlen = 1;
  }
}

void Ports::flush() {
  for (const auto port : with_queue_) {
    std::span<const base::ByteView> packets = queued_[port];
    for (; !packets.empty(); packets = packets.subspan(std::min(batch, packets.size())))
      send(sockets_[port], packets.first(std::min(batch, packets.size())));
    queued_[port].clear();
  }
  with_queue_.clear();
}

// What the kernel refuses (a full buffer, an ICMP answer) is lost on the way, as on any network.
void Ports::send(int descriptor, std::span<const base::ByteView> packets) {
  for (std::size_t i = 0; i < packets.size(); ++i)
    batch_->outgoing_parts[i] = {const_cast<std::uint8_t*>(packets[i].data()), packets[i].size()};
  sendmmsg(descriptor, batch_->outgoing.data(), static_cast<unsigned>(packets.size()), 0);
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
  const int count = recvmmsg(sockets_[port], batch_->incoming.data(), batch, MSG_DONTWAIT, nullptr);
  for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
    const auto packet = base::ByteView(batch_->buffers[i]).first(batch_->incoming[i].msg_len);
    if (packet.size() >= 2) receive({port, packet[1]}, packet);
  }
}

}  // namespace sallyport::load
