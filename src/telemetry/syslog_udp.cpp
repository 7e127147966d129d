#include "net/udp.h"
#include "telemetry/syslog_wire.h"

namespace sallyport::telemetry {
namespace {

// RFC 5426 section 3.2: receivers take 480 octets, should take 2,048; 8 KiB fit into a datagram everywhere.
constexpr std::size_t datagram_limit = 8192;

class UdpWire : public SyslogWire {
 public:
  explicit UdpWire(net::Loop& loop) : loop_(loop) {}

  void open(const net::Endpoint& to, Opened opened) override {
    const auto any = net::Address::parse(to.address.is_v4() ? "0.0.0.0" : "::");
    auto socket = net::UdpSocket::open(loop_, {*any, 0}, {.receive_buffer = 1 << 12},
                                       [](std::span<const net::Datagram>) {});
    if (!socket) return opened(std::unexpected(socket.error()));
    socket_ = std::move(*socket);
    to_ = to;
    opened({});
  }
  [[nodiscard]] bool is_open() const override { return socket_ != nullptr; }
  bool send(std::string_view line) override {
    const auto octets = base::as_bytes(line.substr(0, datagram_limit));
    socket_->send(to_, {}, base::Bytes(octets.begin(), octets.end()));
    return true;
  }
  [[nodiscard]] bool is_sending() const override { return false; }
  [[nodiscard]] std::string closed_because() const override { return ""; }

 private:
  net::Loop& loop_;
  std::unique_ptr<net::UdpSocket> socket_;
  net::Endpoint to_;
};

}  // namespace

std::unique_ptr<SyslogWire> make_udp_wire(net::Loop& loop) { return std::make_unique<UdpWire>(loop); }

}  // namespace sallyport::telemetry
