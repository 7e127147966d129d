#pragma once
// The memory of one recvmmsg or sendmmsg call, laid out once and used again and again, and the control messages
// that carry a datagram's local address (IP_PKTINFO, RFC 3542 IPV6_PKTINFO).
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "net/endpoint.h"

namespace sallyport::net {

inline constexpr std::size_t udp_batch = 64;

class UdpBatch {
 public:
  explicit UdpBatch(std::size_t receive_limit);
  UdpBatch(const UdpBatch&) = delete;
  UdpBatch& operator=(const UdpBatch&) = delete;

  struct Received {
    base::ByteView bytes;
    bool truncated = false;
    Endpoint peer;
    std::optional<Address> local;
  };
  int receive(int descriptor);  // recvmmsg's result
  [[nodiscard]] Received received(std::size_t index) const;

  // `local` with a port of 0 leaves the choice to the kernel.
  void fill(std::size_t index, const Endpoint& to, const Endpoint& local, base::ByteView octets);
  int send(int descriptor, std::size_t first, std::size_t count);  // sendmmsg's result

 private:
  static constexpr std::size_t control_size = CMSG_SPACE(sizeof(in6_pktinfo));
  struct alignas(cmsghdr) Control {
    std::array<std::byte, control_size> octets;
  };
  void address_control(std::size_t index, const Endpoint& local);

  std::size_t receive_limit_;
  std::vector<std::uint8_t> octets_;
  std::array<mmsghdr, udp_batch> messages_{};
  std::array<iovec, udp_batch> vectors_{};
  std::array<sockaddr_storage, udp_batch> peers_{};
  std::array<Control, udp_batch> controls_{};
};

}  // namespace sallyport::net
