// TCP and TLS. The connecting and TLS are `net`'s; here are octet counting and the line that is half sent.
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "net/link.h"
#include "telemetry/syslog_wire.h"

namespace sallyport::telemetry {
namespace {

constexpr auto connect_limit = std::chrono::seconds(5);

class StreamWire : public SyslogWire {
 public:
  StreamWire(net::Loop& loop, const settings::Syslog& syslog) : loop_(loop), syslog_(syslog) {}
  StreamWire(const StreamWire&) = delete;
  StreamWire& operator=(const StreamWire&) = delete;
  ~StreamWire() override { close(""); }

  void open(const net::Endpoint&, Opened) override;
  [[nodiscard]] bool is_open() const override { return descriptor_ >= 0; }
  bool send(std::string_view line) override;
  [[nodiscard]] bool is_sending() const override { return !frame_.empty(); }
  [[nodiscard]] std::string closed_because() const override { return closed_because_; }

 private:
  base::Result<std::shared_ptr<net::LinkTls>> tls();
  void close(std::string because);
  bool push();

  net::Loop& loop_;
  settings::Syslog syslog_;
  std::unique_ptr<net::Link> link_;
  int descriptor_ = -1;
  std::string frame_;  // what is left of the line under way
  std::string closed_because_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

base::Result<std::shared_ptr<net::LinkTls>> StreamWire::tls() {
  if (syslog_.transport != settings::SyslogTransport::tls) return std::shared_ptr<net::LinkTls>();
  return net::LinkTls::make({.ca_file = syslog_.ca_file, .identity = {}, .verify_name = true});
}

void StreamWire::open(const net::Endpoint& to, Opened opened) {
  close("");
  auto made = tls();
  if (!made) return opened(std::unexpected(made.error()));
  const bool at_once = *made != nullptr;
  net::Link::open(loop_,
                  {.address = to, .host_name = syslog_.host, .tls = std::move(*made), .tls_at_once = at_once},
                  connect_limit, [this, opened = std::move(opened), alive = std::weak_ptr(alive_)](auto link) {
                    if (alive.expired()) return;
                    if (!link) return opened(base::failure(link.error().detail));
                    link_ = std::move(*link);
                    descriptor_ = link_->take_descriptor();
                    opened({});
                  });
}

void StreamWire::close(std::string because) {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  link_.reset();
  frame_.clear();
  closed_because_ = std::move(because);
}

bool StreamWire::push() {
  char octet = 0;
  if (::recv(descriptor_, &octet, 1, MSG_DONTWAIT) == 0) {  // a syslog server says nothing: it has hung up
    close("the server closed the connection");
    return false;
  }
  while (!frame_.empty()) {
    const auto sent = ::send(descriptor_, frame_.data(), frame_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      frame_.erase(0, static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return false;
    } else if (errno != EINTR) {
      close(std::generic_category().message(errno));
      return false;
    }
  }
  return true;
}

bool StreamWire::send(std::string_view line) {
  if (!push()) return false;
  if (line.empty()) return true;
  frame_ = fmt::format("{} {}", line.size(), line);  // MSG-LEN SP SYSLOG-MSG
  push();
  return is_open();
}

}  // namespace

std::unique_ptr<SyslogWire> make_stream_wire(net::Loop& loop, const settings::Syslog& syslog) {
  return std::make_unique<StreamWire>(loop, syslog);
}

}  // namespace sallyport::telemetry
