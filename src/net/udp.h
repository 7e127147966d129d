#pragma once
// A UDP socket that receives and sends in batches (recvmmsg, sendmmsg). Answers leave from the address that the
// request came to, also when the socket is bound to a wildcard address (IP_PKTINFO, IPV6_PKTINFO).
#include <functional>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/loop.h"

namespace sallyport::net {

struct Datagram {
  base::ByteView bytes;    // valid until the callback returns
  bool truncated = false;  // longer than `receive_limit`
  Endpoint peer;
  Endpoint local;  // where it was sent to
  base::Time arrival;
};

class UdpSocket {
 public:
  struct Options {
    bool reuse_port = false;           // several workers on one address
    int receive_buffer = 4 << 20;      // octets asked from the kernel
    std::size_t receive_limit = 4097;  // octets of one datagram kept: one more than any RADIUS packet may have
  };
  using Receive = std::function<void(std::span<const Datagram>)>;

  // IPv6 sockets are IPV6_V6ONLY. A port of 0 gets a free one: see local().
  static base::Result<std::unique_ptr<UdpSocket>> open(Loop&, const Endpoint& local, const Options&, Receive);
  virtual ~UdpSocket() = default;

  // Queued, and sent with everything else of this turn of the loop. What the kernel refuses is counted and
  // dropped. From `local`'s address when the socket is bound to a wildcard; `local` may be default for a
  // client's socket.
  virtual void send(const Endpoint& to, const Endpoint& local, base::Bytes datagram) = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual int descriptor() const = 0;
  [[nodiscard]] virtual std::uint64_t send_failures() const = 0;
};

}  // namespace sallyport::net
