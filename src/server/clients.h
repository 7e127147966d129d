#pragma once
// The RADIUS clients of one validation server: who may ask, found by the longest address prefix that holds the
// source address. Built once from the settings and never changed, so that all workers read it without a lock.
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "radius/authenticator.h"
#include "server/join_rules.h"
#include "settings/gateway.h"
#include "validation/login.h"

namespace sallyport::server {

// What has been said about a client to the operator, shared by the workers: so that each is said once an
// interval.
struct SaidOf {
  std::atomic<std::int64_t> would_break_at{0};  // steady seconds; 0: never
};

struct Client {
  explicit Client(const settings::RadiusClient&);

  std::string name;
  std::size_t number = 0;  // its place among the validation server's clients
  radius::SharedSecret secret;
  bool require_message_authenticator = true;
  std::string observe_until;  // YYYY-MM-DD, with observe
  JoinRule join;
  std::uint16_t disconnect_port = 0;                      // RFC 5176
  std::optional<radius::SharedSecret> disconnect_secret;  // none: `secret` is for Disconnect-Requests too
  validation::Policy policy;  // the validation server's, with this client's patience
  std::shared_ptr<SaidOf> said = std::make_shared<SaidOf>();
};

class Clients {
 public:
  // `policy` is the validation server's; each client's own part is put into a copy of it.
  static base::Result<Clients> make(const std::vector<settings::RadiusClient>&, const validation::Policy&);

  [[nodiscard]] const Client* find(const net::Address& source) const;
  [[nodiscard]] const std::vector<std::shared_ptr<const Client>>& all() const { return clients_; }

 private:
  struct Place {
    net::Prefix prefix;
    const Client* client;
  };
  using Octets = std::array<std::uint8_t, 16>;
  struct Length {
    unsigned bits;
    std::map<Octets, Place> places;
  };
  std::vector<std::shared_ptr<const Client>> clients_;
  std::vector<Length> lengths_;  // the longest first
};

}  // namespace sallyport::server
