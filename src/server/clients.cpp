#include "server/clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sallyport::server {
namespace {

std::array<std::uint8_t, 16> masked(const net::Address& address, unsigned bits) {
  std::array<std::uint8_t, 16> out{};
  const auto whole = bits / 8;
  std::copy_n(address.octets, whole, out.begin());
  if (bits % 8 != 0) out[whole] = static_cast<std::uint8_t>(address.octets[whole] & (0xFFU << (8 - bits % 8)));
  return out;
}

}  // namespace

Client::Client(const settings::RadiusClient& from)
    : name(from.name),
      secret(from.secret),
      require_message_authenticator(from.message_authenticator ==
                                    settings::MessageAuthenticatorPolicy::require),
      observe_until(from.observe_until),
      join{from.join_retries, from.timeout, from.tries},
      disconnect_port(static_cast<std::uint16_t>(from.disconnect_port)) {
  if (!from.disconnect_secret.empty()) disconnect_secret.emplace(from.disconnect_secret);
}

base::Result<Clients> Clients::make(const std::vector<settings::RadiusClient>& all,
                                    const validation::Policy& policy) {
  Clients out;
  for (const auto& from : all) {
    if (from.secret.empty()) return base::failure(fmt::format("client {} has no secret", from.name));
    auto client = std::make_shared<Client>(from);
    client->number = out.clients_.size();
    client->policy = policy;
    client->policy.patience = from.patience();
    client->policy.shows_challenges = from.shows_challenges.value_or(policy.shows_challenges);
    for (const auto& text : from.addresses) {
      const auto prefix = net::Prefix::parse(text);
      if (!prefix) return std::unexpected(prefix.error());
      auto at = std::ranges::find(out.lengths_, prefix->length, &Length::bits);
      if (at == out.lengths_.end()) at = out.lengths_.insert(at, Length{prefix->length, {}});
      const auto [place, is_new] =
          at->places.try_emplace(masked(prefix->address, prefix->length), *prefix, client.get());
      if (!is_new && place->second.client != client.get())
        return base::failure(fmt::format("clients {} and {} both have the addresses {}",
                                         place->second.client->name, client->name, prefix->to_string()));
    }
    out.clients_.push_back(std::move(client));
  }
  std::ranges::sort(out.lengths_, std::ranges::greater{}, &Length::bits);
  return out;
}

const Client* Clients::find(const net::Address& source) const {
  for (const auto& length : lengths_) {
    const auto found = length.places.find(masked(source, length.bits));
    if (found == length.places.end()) continue;
    const auto& zone = found->second.prefix.address.scope_id;
    if (zone == 0 || zone == source.scope_id) return found->second.client;
  }
  return nullptr;
}

}  // namespace sallyport::server
