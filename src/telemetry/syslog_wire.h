#pragma once
// How one syslog line gets to its server, once that has an address. Belongs to the log's loop; never waits.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/loop.h"
#include "settings/gateway.h"

namespace sallyport::telemetry {

class SyslogWire {
 public:
  using Opened = std::function<void(base::Result<void>)>;
  virtual ~SyslogWire() = default;
  virtual void open(const net::Endpoint&, Opened) = 0;  // `opened` once, in the loop; not after destruction
  [[nodiscard]] virtual bool is_open() const = 0;
  // False when it cannot take the line now, or is not open any more; the line stays the caller's.
  virtual bool send(std::string_view line) = 0;
  [[nodiscard]] virtual bool is_sending() const = 0;  // part of a line is still here
  [[nodiscard]] virtual std::string closed_because() const = 0;
};

std::unique_ptr<SyslogWire> make_udp_wire(net::Loop&);
std::unique_ptr<SyslogWire> make_stream_wire(net::Loop&, const settings::Syslog&);

}  // namespace sallyport::telemetry
