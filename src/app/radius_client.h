#pragma once
// One RADIUS exchange from a process that has nothing else to do: a connected UDP socket, the same packet sent
// again after each time-out (RFC 5080 section 2.2.1), and every reply's authenticators checked.
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "radius/authenticator.h"

namespace sallyport::app {

struct RadiusServer {
  std::string host, port;
  bool ipv6_only = false;
};
// "HOST:PORT", "[IPV6]:PORT"; without a port 1812.
base::Result<RadiusServer> parse_radius_server(const std::string& text);

enum class NoReply { silence, refused, forged };  // forged: every answer had a wrong authenticator

struct RadiusReply {
  base::Bytes octets;
  int milliseconds = 0;
  int tries = 0;
};

class RadiusClient {
 public:
  static base::Result<RadiusClient> connect(const RadiusServer&);
  RadiusClient(RadiusClient&&) noexcept;
  RadiusClient& operator=(RadiusClient&&) = delete;
  ~RadiusClient();

  base::Result<RadiusReply, NoReply> exchange(base::ByteView request, const radius::SharedSecret&,
                                              int timeout_milliseconds, int tries);
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] const std::string& last_fault() const { return last_fault_; }  // of a forged reply

 private:
  RadiusClient(int descriptor, std::string peer) : descriptor_(descriptor), peer_(std::move(peer)) {}
  int descriptor_;
  std::string peer_;
  std::string last_fault_;
};

}  // namespace sallyport::app
