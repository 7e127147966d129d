#include "radius_clients.h"

#include <fmt/format.h>

#include "radius/request_builder.h"
#include "secrets.h"

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
using radius::AttributeType;

constexpr base::Duration try_takes = 3s;
constexpr int most_tries = 3;

bool takes_new_id(std::size_t device) { return device % 2 == 1; }
bool takes_new_socket(std::size_t device) { return device % 3 == 2; }

std::string field_of(const LoginCase& login) {
  if (!login.kind().asks_password) return login.code;
  const std::string password(login.right_password ? right_password : wrong_password);
  return login.second == Second::push ? password : password + login.code;
}

}  // namespace

RadiusClients::RadiusClients(Place place, Chance chance)
    : place_(std::move(place)), chance_(chance), secret_(base::Secret(radius_secret)) {
  for (std::size_t i = 0; i < devices; ++i)
    addresses_[i] = net::Address::parse(fmt::format("10.0.{}.{}", i % radius_clients, 10 + i)).value();
}

void RadiusClients::begin(const LoginCase& truth) {
  auto& login = logins_[truth.number];
  login.truth = truth;
  place_.oracle.logins.begins(truth);
  send(login);
}

void RadiusClients::send(Login& login) {
  auto& device = devices_[login.truth.device];
  const bool is_first = login.tries++ == 0;
  const bool new_id = is_first || takes_new_id(login.truth.device);
  const bool new_socket = is_first || takes_new_socket(login.truth.device);
  if (new_socket && takes_new_socket(login.truth.device)) ++device.next_port;
  login.slot.device = login.truth.device;
  login.slot.server = login.truth.server;
  login.slot.port = device.next_port;
  if (new_id) login.slot.id = device.next_id++;
  if (new_id || new_socket) {
    for (auto& octet : login.authenticator) octet = static_cast<std::uint8_t>(chance_.draw());
    build(login);
  }
  by_slot_[login.slot] = login.truth.number;
  place_.oracle.logins.sends(login.slot, login.truth.number, base::ByteReader(login.authenticator).u64());
  carry(login.truth.number, [this, slot = login.slot, octets = login.request] {
    place_.to_gateway(static_cast<int>(slot.server), endpoint_of(slot), octets);
  });
  place_.timeline.after(try_takes,
                        [this, number = login.truth.number, tries = login.tries] { again(number, tries); });
}

void RadiusClients::build(Login& login) {
  radius::PacketBuffer buffer;
  radius::RequestBuilder builder(buffer, radius::Code::access_request, login.slot.id, login.authenticator,
                                 secret_);
  builder.add(AttributeType::user_name, name_of_user(login.truth.user));
  builder.add_user_password(base::Secret(field_of(login.truth)));
  builder.add(AttributeType::calling_station_id, login.truth.station);
  builder.add(AttributeType::nas_port, login.truth.number);
  const auto octets = builder.finish();
  login.request.assign(octets.begin(), octets.end());
}

void RadiusClients::again(std::uint32_t number, int tries) {
  const auto found = logins_.find(number);
  if (found == logins_.end() || found->second.tries != tries) return;
  if (tries < most_tries) return send(found->second);
  place_.oracle.note(place_.oracle.logins.gives_up(number));
  end(number);
}

void RadiusClients::end(std::uint32_t number) {
  const auto found = logins_.find(number);
  const auto truth = found->second.truth;
  by_slot_.erase(found->second.slot);
  logins_.erase(found);
  place_.over(truth);
}

void RadiusClients::carry(std::uint32_t number, std::function<void()> deliver) {
  const bool is_lost = chance_.happens(link_.loses);
  const bool is_late = chance_.happens(link_.delays);
  if (is_lost || is_late) place_.oracle.logins.is_disturbed(number);
  const auto takes = [&] { return chance_.between(200us, 3ms); };
  if (chance_.happens(link_.doubles)) place_.timeline.after(takes() + chance_.between(0ms, 700ms), deliver);
  if (is_lost) return;
  place_.timeline.after(takes() + (is_late ? chance_.between(50ms, 1500ms) : 0ms), std::move(deliver));
}

net::Endpoint RadiusClients::endpoint_of(const SlotSeen& slot) const {
  return {addresses_[slot.device], slot.port};
}

SlotSeen RadiusClients::slot_of(int socket, const net::Endpoint& peer, std::uint8_t id) const {
  return {static_cast<std::size_t>(peer.address.octets[15]) - 10, peer.port, id,
          static_cast<std::size_t>(socket)};
}

void RadiusClients::arrives_at_gateway(int socket, const net::Endpoint& peer, const base::Bytes& octets,
                                       bool check_silence) {
  const auto slot = slot_of(socket, peer, octets[1]);
  const auto now = place_.timeline.steady();
  place_.oracle.logins.arrives(slot, now);
  if (!check_silence) return;
  if (!place_.oracle.logins.is_to_be_repeated(slot, now)) return;
  place_.timeline.after(10ms, [this, slot, now] {
    if (place_.oracle.logins.is_to_be_repeated(slot, now))
      place_.oracle.note("a request that was answered came again, and got no answer");
  });
}

void RadiusClients::leaves_gateway(std::size_t worker, int socket, const net::Endpoint& to,
                                   base::Bytes octets) {
  const auto slot = slot_of(socket, to, octets[1]);
  const auto reply = octets[0] == 2 ? Reply::accept : Reply::reject;
  place_.oracle.note(place_.oracle.logins.replies(worker, slot, reply, octets, place_.timeline.steady()));
  const auto number = place_.oracle.logins.number_of(slot);
  carry(number, [this, slot, octets = std::move(octets)] { arrives_at_client(slot, octets); });
}

void RadiusClients::arrives_at_client(const SlotSeen& slot, const base::Bytes& octets) {
  const auto found = by_slot_.find(slot);
  if (found == by_slot_.end()) return;
  const auto number = found->second;
  const auto waiting = logins_.find(number);
  if (waiting == logins_.end() || waiting->second.slot != slot) return;  // it has moved on to another id
  const auto& login = waiting->second;
  const auto reply = radius::decode(octets);
  if (!reply || !radius::verify_reply(*reply, slot.id, login.authenticator, secret_, true)) return;
  const bool is_accept = reply->code() == radius::Code::access_accept;
  place_.oracle.note(place_.oracle.logins.answered(number, is_accept ? Reply::accept : Reply::reject));
  end(number);
}

}  // namespace sallyport::sim
