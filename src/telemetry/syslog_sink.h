#pragma once
// RFC 5424 lines to a syslog server: over UDP (RFC 5426) a datagram a line, over TCP (RFC 6587 section 3.4.1)
// and TLS (RFC 5425) with octet counting.
#include <memory>

#include "net/loop.h"
#include "settings/gateway.h"
#include "telemetry/sink.h"

namespace sallyport::telemetry {

std::unique_ptr<Sink> make_syslog_sink(net::Loop&, const settings::Syslog&, Sink::Say);

}  // namespace sallyport::telemetry
