#include "net/udp_batch.h"

#include <algorithm>
#include <cstring>

namespace sallyport::net {

UdpBatch::UdpBatch(std::size_t receive_limit)
    : receive_limit_(receive_limit), octets_(receive_limit * udp_batch) {}

int UdpBatch::receive(int descriptor) {
  for (std::size_t i = 0; i < udp_batch; ++i) {
    vectors_[i] = {octets_.data() + i * receive_limit_, receive_limit_};
    auto& header = messages_[i].msg_hdr;
    header.msg_name = &peers_[i];
    header.msg_namelen = sizeof peers_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].octets.data();
    header.msg_controllen = control_size;
    header.msg_flags = 0;
  }
  return recvmmsg(descriptor, messages_.data(), udp_batch, MSG_DONTWAIT, nullptr);
}

UdpBatch::Received UdpBatch::received(std::size_t index) const {
  const auto& message = messages_[index];
  Received got;
  got.bytes = {octets_.data() + index * receive_limit_, std::min<std::size_t>(message.msg_len, receive_limit_)};
  got.truncated = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  got.peer = Endpoint::from(peers_[index]);
  auto header = message.msg_hdr;
  for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    sockaddr_storage local{};
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      in_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(control), sizeof packet);
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_addr = packet.ipi_spec_dst;  // of a broadcast, an address of ours
      std::memcpy(&local, &v4, sizeof v4);
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(control), sizeof packet);
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_addr = packet.ipi6_addr;
      if (IN6_IS_ADDR_LINKLOCAL(&packet.ipi6_addr)) v6.sin6_scope_id = packet.ipi6_ifindex;
      std::memcpy(&local, &v6, sizeof v6);
    } else {
      continue;
    }
    got.local = Endpoint::from(local).address;
  }
  return got;
}

void UdpBatch::address_control(std::size_t index, const Endpoint& local) {
  auto& header = messages_[index].msg_hdr;
  header.msg_control = nullptr;
  header.msg_controllen = 0;
  if (local.port == 0) return;
  const auto put = [&](int level, int type, const auto& packet) {
    header.msg_control = controls_[index].octets.data();
    header.msg_controllen = CMSG_SPACE(sizeof packet);
    auto* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = level;
    control->cmsg_type = type;
    control->cmsg_len = CMSG_LEN(sizeof packet);
    std::memcpy(CMSG_DATA(control), &packet, sizeof packet);
  };
  sockaddr_storage address{};
  local.to(address);
  if (local.address.is_v4()) {
    in_pktinfo packet{};
    packet.ipi_spec_dst = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    put(IPPROTO_IP, IP_PKTINFO, packet);
  } else {
    in6_pktinfo packet{};
    packet.ipi6_addr = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    packet.ipi6_ifindex = local.address.scope_id;
    put(IPPROTO_IPV6, IPV6_PKTINFO, packet);
  }
}

void UdpBatch::fill(std::size_t index, const Endpoint& to, const Endpoint& local, base::ByteView octets) {
  auto& header = messages_[index].msg_hdr;
  header.msg_namelen = to.to(peers_[index]);
  header.msg_name = &peers_[index];
  vectors_[index] = {const_cast<std::uint8_t*>(octets.data()), octets.size()};  // sendmmsg only reads
  header.msg_iov = &vectors_[index];
  header.msg_iovlen = 1;
  header.msg_flags = 0;
  address_control(index, local);
}

int UdpBatch::send(int descriptor, std::size_t first, std::size_t count) {
  return sendmmsg(descriptor, messages_.data() + first, static_cast<unsigned>(count),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace sallyport::net
