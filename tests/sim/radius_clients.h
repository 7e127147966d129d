#pragma once
// RADIUS clients as they are: they send again after three seconds, three times in all, every second one under a
// new id, every third from a new socket; and the links between them and the gateway, which lose, double, delay
// and so reorder datagrams.
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/endpoint.h"
#include "oracle.h"
#include "radius/authenticator.h"
#include "timeline.h"

namespace sallyport::sim {

struct LinkWeather {
  double loses = 0, doubles = 0, delays = 0;  // probabilities
};

class RadiusClients {
 public:
  static constexpr std::size_t devices = 24;
  struct Place {
    Timeline& timeline;
    Oracle& oracle;
    std::function<void(int socket, const net::Endpoint& peer, const base::Bytes&)> to_gateway;
    std::function<void(const LoginCase&)> over;  // answered, or given up
  };
  RadiusClients(Place place, Chance chance);

  void begin(const LoginCase&);
  // At the gateway.
  void leaves_gateway(std::size_t worker, int socket, const net::Endpoint& to, base::Bytes octets);
  void arrives_at_gateway(int socket, const net::Endpoint& peer, const base::Bytes& octets, bool check_silence);
  void link_becomes(const LinkWeather& weather) { link_ = weather; }
  [[nodiscard]] std::size_t waiting() const { return logins_.size(); }

 private:
  struct Login {
    LoginCase truth;
    int tries = 0;
    SlotSeen slot;
    radius::Authenticator authenticator{};
    base::Bytes request;
  };
  struct Device {
    std::uint8_t next_id = 0;
    std::uint16_t next_port = 20000;
  };
  void send(Login&);
  void build(Login&);
  void again(std::uint32_t number, int tries);
  void arrives_at_client(const SlotSeen&, const base::Bytes&);
  void end(std::uint32_t number);
  void carry(std::uint32_t number, std::function<void()> deliver);
  [[nodiscard]] net::Endpoint endpoint_of(const SlotSeen&) const;
  [[nodiscard]] SlotSeen slot_of(int socket, const net::Endpoint&, std::uint8_t id) const;

  Place place_;
  Chance chance_;
  LinkWeather link_;
  radius::SharedSecret secret_;
  std::array<Device, devices> devices_;
  std::array<net::Address, devices> addresses_;
  std::unordered_map<std::uint32_t, Login> logins_;
  std::map<SlotSeen, std::uint32_t> by_slot_;
};

}  // namespace sallyport::sim
