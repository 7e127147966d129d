#include "net/udp.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "net/descriptor.h"
#include "net/udp_batch.h"

namespace sallyport::net {
namespace {

constexpr std::size_t send_queue_limit = 8'192;  // datagrams; what does not fit is dropped, as a network would
constexpr int batches_a_turn = 4;                // then others get their turn

struct Outgoing {
  Endpoint to;
  Endpoint local;
  base::Bytes octets;
};

class Socket final : public UdpSocket {
 public:
  Socket(Loop& loop, Descriptor descriptor, Endpoint local, const Options& options, Receive receive)
      : core_(std::make_shared<Core>(loop, std::move(descriptor), local, options, std::move(receive))) {
    core_->start();
  }
  ~Socket() override { core_->close(); }
  void send(const Endpoint& to, const Endpoint& local, base::Bytes datagram) override {
    core_->send({to, local, std::move(datagram)});
  }
  [[nodiscard]] Endpoint local() const override { return core_->bound; }
  [[nodiscard]] int descriptor() const override { return core_->descriptor.get(); }
  [[nodiscard]] std::uint64_t send_failures() const override { return core_->failures; }

 private:
  // Outlives the socket for as long as one of its callbacks runs or waits.
  struct Core : std::enable_shared_from_this<Core> {
    Core(Loop& l, Descriptor d, Endpoint b, const Options& options, Receive r)
        : loop(l), descriptor(std::move(d)), bound(b), receive(std::move(r)), in(options.receive_limit) {
      datagrams.reserve(udp_batch);
      watch.emplace(loop, descriptor.get());
    }
    void start();
    void close();
    void read();
    void send(Outgoing);
    void flush();
    bool send_batch();

    Loop& loop;
    Descriptor descriptor;
    Endpoint bound;
    Receive receive;
    UdpBatch in;
    UdpBatch out{0};
    std::vector<Datagram> datagrams;
    std::deque<Outgoing> queue;
    bool flush_due = false;
    std::uint64_t failures = 0;
    std::optional<Watch> watch;
  };

  std::shared_ptr<Core> core_;
};

void Socket::Core::start() {
  watch->on_readable([core = weak_from_this()] {
    if (const auto self = core.lock()) self->read();
  });
}

void Socket::Core::close() {
  flush();
  watch.reset();
  descriptor.reset();
  queue.clear();
}

void Socket::Core::read() {
  for (int batch = 0; batch < batches_a_turn && watch; ++batch) {
    const int count = in.receive(descriptor.get());
    if (count <= 0)
      return;  // nothing there, or an error of an earlier send, which the next call no longer reports
    const auto arrival = loop.now();
    datagrams.clear();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto got = in.received(i);
      const Endpoint local{got.local.value_or(bound.address), bound.port};
      datagrams.push_back({got.bytes, got.truncated, got.peer, local, arrival});
    }
    receive(datagrams);
    if (static_cast<std::size_t>(count) < udp_batch) return;
  }
}

void Socket::Core::send(Outgoing outgoing) {
  if (queue.size() >= send_queue_limit || outgoing.to.address.is_v4() != bound.address.is_v4()) {
    ++failures;
    return;
  }
  queue.push_back(std::move(outgoing));
  if (flush_due) return;
  flush_due = true;
  loop.at_end_of_turn([core = weak_from_this()] {
    if (const auto self = core.lock()) self->flush();
  });
}

void Socket::Core::flush() {
  flush_due = false;
  while (!queue.empty() && watch) {
    if (send_batch()) continue;
    flush_due = true;  // by the watch
    watch->on_writable([core = weak_from_this()] {
      if (const auto self = core.lock(); self && self->watch) {
        self->watch->on_writable({});
        self->flush();
      }
    });
    return;
  }
}

// False when the kernel has no room now.
bool Socket::Core::send_batch() {
  const auto count = std::min(queue.size(), udp_batch);
  for (std::size_t i = 0; i < count; ++i) out.fill(i, queue[i].to, queue[i].local, queue[i].octets);
  std::size_t gone = 0;
  bool room = true;
  while (gone < count && room) {
    const int sent = out.send(descriptor.get(), gone, count - gone);
    if (sent > 0) {
      gone += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      room = false;
    } else if (errno != EINTR) {
      ++failures;
      ++gone;  // the error is the first datagram's: the others go on
    }
  }
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(gone));
  return room;
}

bool set(int descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

base::Result<Descriptor> bound_socket(const Endpoint& local, const UdpSocket::Options& options) {
  const bool v4 = local.address.is_v4();
  const auto wrong = [&](const char* step) {
    return base::failure(fmt::format("UDP {}: {}: {}", local.to_string(), step, system_words(errno)));
  };
  Descriptor descriptor(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor) return wrong("socket");
  const int native = descriptor.get();
  const bool address_known =
      v4 ? set(native, IPPROTO_IP, IP_PKTINFO, 1)
         : set(native, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(native, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  if (!address_known) return wrong("setsockopt");
  if (options.reuse_port && !set(native, SOL_SOCKET, SO_REUSEPORT, 1)) return wrong("SO_REUSEPORT");
  // Beyond net.core.rmem_max with CAP_NET_ADMIN only; a smaller buffer is no error.
  if (!set(native, SOL_SOCKET, SO_RCVBUFFORCE, options.receive_buffer)) {
    set(native, SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  }
  sockaddr_storage address{};
  const auto length = local.to(address);
  if (::bind(native, reinterpret_cast<const sockaddr*>(&address), length) != 0) return wrong("bind");
  return descriptor;
}

}  // namespace

base::Result<std::unique_ptr<UdpSocket>> UdpSocket::open(Loop& loop, const Endpoint& local,
                                                         const Options& options, Receive receive) {
  auto descriptor = bound_socket(local, options);
  if (!descriptor) return std::unexpected(descriptor.error());
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(descriptor->get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return base::failure(fmt::format("UDP {}: getsockname: {}", local.to_string(), system_words(errno)));
  }
  return std::make_unique<Socket>(loop, std::move(*descriptor), Endpoint::from(address), options,
                                  std::move(receive));
}

}  // namespace sallyport::net
