#pragma once
// Source ports with 256 packet ids each, sent and received in batches. A slot (port and id) that was given back
// is the last to be used again, so that a server that keeps answers for duplicates never meets an id that it
// still holds.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace sallyport::load {

struct Slot {
  std::uint16_t port = 0;
  std::uint8_t id = 0;
  [[nodiscard]] std::size_t index() const { return std::size_t{port} * 256 + id; }
};

class Ports {
 public:
  using Receive = std::function<void(Slot, base::ByteView)>;  // the id is the packet's own

  static base::Result<Ports> open(const sockaddr_storage& server, socklen_t length, std::size_t count);
  Ports(Ports&&) noexcept = default;
  Ports& operator=(Ports&&) = delete;
  ~Ports();

  std::optional<Slot> take();
  void give_back(Slot slot) { free_.push_back(slot); }
  void queue(Slot slot, base::ByteView packet);  // stays the caller's until flush()
  void flush();
  void wait(base::Duration at_most, const Receive&);

 private:
  static constexpr std::size_t batch = 64;
  static constexpr std::size_t side_by_side = 8;  // ports in use at a time: as the NAS devices of a site
  Ports() = default;
  void receive_all(std::uint16_t port, const Receive&);
  void send(int descriptor, std::span<const base::ByteView> packets);

  int epoll_ = -1;
  std::vector<int> sockets_;
  std::vector<std::vector<base::ByteView>> queued_;
  std::vector<std::uint16_t> with_queue_;
  std::deque<Slot> free_;

  // What one recvmmsg(2) fills and one sendmmsg(2) reads; made once, for making it costs as much as a packet
  // does.
  struct Batch {
    Batch();
    std::array<std::array<std::uint8_t, 4096>, batch> buffers;
    std::array<iovec, batch> incoming_parts, outgoing_parts;
    std::array<mmsghdr, batch> incoming{}, outgoing{};
  };
  std::unique_ptr<Batch> batch_ = std::make_unique<Batch>();
};

}  // namespace sallyport::load
