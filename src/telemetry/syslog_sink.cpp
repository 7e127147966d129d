#include "telemetry/syslog_sink.h"

#include <unistd.h>

#include <array>
#include <deque>

#include "net/resolver.h"
#include "telemetry/syslog_wire.h"

namespace sallyport::telemetry {
namespace {

constexpr std::size_t pending_limit = 4U << 20U;  // octets
constexpr auto try_again_after = std::chrono::seconds(5);
constexpr auto come_back_after = std::chrono::seconds(1);  // to a server that took lines before
constexpr auto name_limit = std::chrono::seconds(5);

std::string own_host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "";
}

class SyslogSink : public Sink {
 public:
  SyslogSink(net::Loop& loop, const settings::Syslog& syslog, Say say)
      : loop_(loop),
        syslog_(syslog),
        say_(std::move(say)),
        header_{syslog.facility, syslog.host_name.empty() ? own_host_name() : syslog.host_name, "sallyport",
                ::getpid()},
        wire_(syslog.transport == settings::SyslogTransport::udp ? make_udp_wire(loop)
                                                                 : make_stream_wire(loop, syslog)) {}

  void write(std::span<const Line> lines, base::SteadyTime now) override;
  void retry(base::SteadyTime now) override { pump(now); }
  [[nodiscard]] bool unfinished() const override { return !pending_.empty() || wire_->is_sending(); }

 private:
  void pump(base::SteadyTime now);
  void connect(base::SteadyTime now);
  void connected(base::Result<void> result);
  void in_trouble(const std::string& detail);

  net::Loop& loop_;
  settings::Syslog syslog_;
  Say say_;
  SyslogHeader header_;
  net::Resolver resolver_;
  std::unique_ptr<SyslogWire> wire_;
  std::deque<std::string> pending_;
  std::size_t pending_octets_ = 0;
  std::uint64_t lost_ = 0;
  bool connecting_ = false, was_open_ = false, troubled_ = false;
  base::SteadyTime next_try_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

void SyslogSink::write(std::span<const Line> lines, base::SteadyTime now) {
  for (const auto& line : lines) {
    if (pending_octets_ > pending_limit) {
      ++lost_;
      continue;
    }
    append_syslog(pending_.emplace_back(), line, header_);
    pending_octets_ += pending_.back().size();
  }
  pump(now);
}

void SyslogSink::pump(base::SteadyTime now) {
  if (was_open_ && wire_->is_open() && pending_.empty()) wire_->send("");  // the rest of a line under way
  while (wire_->is_open() && !pending_.empty() && wire_->send(pending_.front())) {
    pending_octets_ -= pending_.front().size();
    pending_.pop_front();
  }
  if (wire_->is_open()) return;
  if (was_open_) {
    was_open_ = false;
    next_try_ = now + come_back_after;
    in_trouble(wire_->closed_because());
  }
  if (!connecting_ && now >= next_try_) connect(now);
}

void SyslogSink::connect(base::SteadyTime now) {
  connecting_ = true;
  next_try_ = now + try_again_after;
  resolver_.resolve(
      loop_, syslog_.host, syslog_.port, name_limit, [this, alive = std::weak_ptr(alive_)](auto answer) {
        if (alive.expired()) return;
        if (!answer || answer->empty())
          return connected(base::failure(answer ? "the name has no address" : answer.error().what));
        wire_->open(answer->front(), [this](base::Result<void> opened) { connected(std::move(opened)); });
      });
}

void SyslogSink::connected(base::Result<void> result) {
  connecting_ = false;
  if (!result) return in_trouble(result.error().what);
  was_open_ = true;
  if (troubled_ || lost_ > 0)
    say_(messages::syslog_back, {{"host", syslog_.host}, {"count", static_cast<std::int64_t>(lost_)}});
  troubled_ = false;
  lost_ = 0;
  pump(loop_.now().steady);
}

void SyslogSink::in_trouble(const std::string& detail) {
  if (!std::exchange(troubled_, true))
    say_(messages::syslog_down, {{"host", syslog_.host}, {"detail", detail}});
}

}  // namespace

std::unique_ptr<Sink> make_syslog_sink(net::Loop& loop, const settings::Syslog& syslog, Sink::Say say) {
  return std::make_unique<SyslogSink>(loop, syslog, std::move(say));
}

}  // namespace sallyport::telemetry
