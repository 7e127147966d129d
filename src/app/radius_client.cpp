#include "app/radius_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>

namespace sallyport::app {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_since(Clock::time_point start) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

std::string numeric(const addrinfo& address) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (::getnameinfo(address.ai_addr, address.ai_addrlen, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "?";
  return address.ai_family == AF_INET6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

base::Result<RadiusServer> parse_radius_server(const std::string& text) {
  RadiusServer server;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string::npos || (end + 1 < text.size() && text[end + 1] != ':'))
      return base::failure(fmt::format("{}: expected [IPV6]:PORT", text));
    server.host = text.substr(1, end - 1);
    if (end + 1 < text.size()) server.port = text.substr(end + 2);
  } else if (std::count(text.begin(), text.end(), ':') > 1) {
    server.host = text;  // an IPv6 address without a port
  } else {
    const auto colon = text.find(':');
    server.host = text.substr(0, colon);
    if (colon != std::string::npos) server.port = text.substr(colon + 1);
  }
  if (server.port.empty()) server.port = "1812";
  if (server.host.empty() || server.port.find_first_not_of("0123456789") != std::string::npos)
    return base::failure(fmt::format("{}: expected HOST:PORT", text));
  return server;
}

base::Result<RadiusClient> RadiusClient::connect(const RadiusServer& server) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_family = server.ipv6_only ? AF_INET6 : AF_UNSPEC;
  addrinfo* raw = nullptr;
  if (const int failed = ::getaddrinfo(server.host.c_str(), server.port.c_str(), &hints, &raw); failed != 0)
    return base::failure(fmt::format("{}: {}", server.host, ::gai_strerror(failed)));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(raw, ::freeaddrinfo);
  int error = 0;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int descriptor = ::socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && ::connect(descriptor, address->ai_addr, address->ai_addrlen) == 0)
      return RadiusClient(descriptor, numeric(*address));
    error = errno;
    if (descriptor >= 0) ::close(descriptor);
  }
  return base::failure(
      fmt::format("{}: {}", server.host, fmt::system_error(error, "no address can be used").what()));
}

RadiusClient::RadiusClient(RadiusClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      peer_(std::move(other.peer_)),
      last_fault_(std::move(other.last_fault_)) {}

RadiusClient::~RadiusClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<RadiusReply, NoReply> RadiusClient::exchange(base::ByteView request,
                                                          const radius::SharedSecret& secret,
                                                          int timeout_milliseconds, int tries) {
  const auto start = Clock::now();
  auto nothing = NoReply::silence;
  radius::Authenticator authenticator{};
  std::copy_n(request.begin() + 4, authenticator.size(), authenticator.begin());
  for (int attempt = 1; attempt <= tries; ++attempt) {
    if (::send(descriptor_, request.data(), request.size(), 0) < 0 && errno == ECONNREFUSED)
      nothing = NoReply::refused;
    const auto sent = Clock::now();
    for (int left = timeout_milliseconds; left > 0; left = timeout_milliseconds - milliseconds_since(sent)) {
      pollfd waiting{descriptor_, POLLIN, 0};
      if (::poll(&waiting, 1, left) <= 0) continue;
      base::Bytes octets(radius::max_packet_size + 1);
      const auto got = ::recv(descriptor_, octets.data(), octets.size(), 0);
      if (got < 0) {
        if (errno == ECONNREFUSED) nothing = NoReply::refused;
        continue;
      }
      octets.resize(static_cast<std::size_t>(got));
      const auto reply = radius::decode(octets);
      if (!reply || reply->id() != request[1]) continue;
      const auto verified = radius::verify_reply(*reply, request[1], authenticator, secret, true);
      if (verified) return RadiusReply{std::move(octets), milliseconds_since(start), attempt};
      nothing = NoReply::forged;
      last_fault_ = to_string(verified.error());
    }
  }
  return std::unexpected(nothing);
}

}  // namespace sallyport::app
