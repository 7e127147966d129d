#include "server/reception.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/planted.h"
#include "radius/reply.h"
#include "server/operator_lines.h"

namespace sallyport::server {
namespace {

using radius::Code;
using radius::Port;
using radius::Proof;

constexpr base::Duration would_break_interval = std::chrono::hours(1);

base::Bytes copy(base::ByteView octets) { return {octets.begin(), octets.end()}; }

}  // namespace

std::uint64_t owner_hash(const crypto::KeyedHash& hash, const Client& client,
                         const radius::PacketView& packet) {
  std::array<std::uint8_t, sizeof(std::uint64_t) + radius::max_attribute_value> octets;
  auto name = hash(base::as_bytes(client.name));
  for (std::size_t i = 0; i < sizeof name; ++i, name >>= 8U) octets[i] = static_cast<std::uint8_t>(name);
  const auto user = packet.find(radius::AttributeType::user_name).value_or(base::ByteView{});
  std::ranges::copy(user, octets.begin() + sizeof name);
  return hash(base::ByteView(octets).first(sizeof name + user.size()));
}

template <class Reason>
void Reception::drop(Reason reason, const net::Datagram& datagram, const ValidationServer* server,
                     const Client* client) {
  outside_.tally.dropped(reason);
  DroppedPacket packet{datagram.peer, datagram.arrival, server, client};
  if (!datagram.bytes.empty()) packet.code = static_cast<radius::Code>(datagram.bytes[0]);
  tell_dropped(outside_.logger, reason, packet);
}

void Reception::receive(int socket, const net::Datagram& datagram) {
  const auto found = listenings_.find(socket);
  if (found == listenings_.end()) return drop(Drop::no_validation_server, datagram);
  const auto& [server, port] = found->second;
  const auto* client = server->clients.find(datagram.peer.address);
  if (client == nullptr) return drop(Drop::unknown_client, datagram);
  if (datagram.truncated) return drop(radius::DropReason::too_long, datagram, server.get(), client);
  const auto packet = radius::decode_request(datagram.bytes, port);
  if (!packet) return drop(packet.error(), datagram, server.get(), client);
  const auto proof = radius::authenticate_request(*packet, client->secret);
  if (!proof) return drop(proof.error(), datagram, server.get(), client);
  sort({socket, datagram, server, *client, *packet}, *proof, port);
}

void Reception::sort(const Arrived& arrived, Proof proof, Port port) {
  switch (arrived.packet.code()) {
    case Code::status_server:
      return answer_status(arrived, port);
    case Code::accounting_request:
      return acknowledge(arrived);
    case Code::access_request:
      break;
    default:
      return drop(radius::DropReason::unexpected_code, arrived);
  }
  outside_.tally.of(*arrived.server).requests->add();
  if (proof == Proof::message_authenticator) return pass_on(arrived, true);
  if (arrived.client.require_message_authenticator)
    return drop(radius::DropReason::message_authenticator_missing, arrived);
  observe(arrived);
  pass_on(arrived, false);
}

// Not while leaving and not while deliberately silent: a client that asks shall go to another server (RFC
// 5997).
void Reception::answer_status(const Arrived& arrived, Port port) {
  if (leaving_) return drop(Drop::leaving, arrived);
  const auto now = arrived.datagram.arrival.steady.time_since_epoch().count();
  if (now < arrived.server->shared->mute_until.load(std::memory_order_relaxed))
    return drop(Drop::deliberately_silent, arrived);
  radius::PacketBuffer buffer;
  const auto head = radius::head_of(arrived.packet);
  const auto reply = radius::build_status_reply(buffer, port, head, arrived.client.secret);
  if (reply.empty()) return;
  outside_.tally.of(*arrived.server).status_requests->add();
  outside_.send(arrived.socket, arrived.datagram.peer, arrived.datagram.local, copy(reply));
}

void Reception::acknowledge(const Arrived& arrived) {
  radius::PacketBuffer buffer;
  const auto head = radius::head_of(arrived.packet);
  const auto reply =
      radius::ReplyBuilder(buffer, Code::accounting_response, head, arrived.client.secret).finish();
  if (reply.empty()) return;
  outside_.tally.of(*arrived.server).accounting_requests->add();
  outside_.send(arrived.socket, arrived.datagram.peer, arrived.datagram.local, copy(reply));
}

// Counts and names who would break with "require": each client once an interval, whichever worker sees it.
void Reception::observe(const Arrived& arrived) {
  outside_.tally.of(*arrived.server).would_break.at(arrived.client.name)->add();
  const auto now = arrived.datagram.arrival.steady.time_since_epoch().count();
  auto& said = arrived.client.said->would_break_at;
  auto last = said.load(std::memory_order_relaxed);
  if (last != 0 && now - last < would_break_interval.count()) return;
  if (!said.compare_exchange_strong(last, now, std::memory_order_relaxed)) return;
  outside_.logger.log(telemetry::messages::observed_without_message_authenticator,
                      arrived.datagram.arrival.wall,
                      {{"validation_server", arrived.server->name},
                       {"client", arrived.client.name},
                       {"peer", arrived.datagram.peer.to_string()},
                       {"observe_until", arrived.client.observe_until}});
}

void Reception::pass_on(const Arrived& arrived, bool authentic) {
  auto owner = owner_hash(outside_.hash, arrived.client, arrived.packet) % outside_.workers;
  if (base::planted("a_second_push_on_a_retry")) owner = outside_.worker;
  const auto& datagram = arrived.datagram;
  Request request{arrived.server, &arrived.client,  arrived.socket, datagram.peer,
                  datagram.local, datagram.arrival, authentic,      copy(arrived.packet.octets())};
  if (owner == outside_.worker) return own_(std::move(request));
  if (!outside_.hand_over(owner, std::move(request))) drop(Drop::worker_busy, arrived);
}

}  // namespace sallyport::server
