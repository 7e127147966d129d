#include "server/plan.h"

#include <fmt/format.h>

#include <utility>

#include "server/profile.h"

namespace sallyport::server {

base::Result<Plan> Planner::plan(const settings::Gateway& from) {
  Plan out;
  out.settings = from;
  std::shared_ptr<const StateSeal> seal;
  if (!from.cluster.key.empty()) seal = std::make_shared<StateSeal>(from.cluster.key, from.cluster.old_keys);
  const auto profile = profile_of(from.continuity);
  for (const auto& one : from.validation_servers) {
    auto& shared = shared_[one.name];
    if (!shared) shared = std::make_shared<Shared>();
    auto server = ValidationServer::make(one, from.service ? &*from.service : nullptr, seal, shared, profile);
    if (!server) return std::unexpected(server.error());
    if (auto added = add_sockets(one, *server, out); !added) return std::unexpected(added.error());
    out.servers.push_back(std::move(*server));
  }
  return out;
}

base::Result<void> Planner::add_sockets(const settings::ValidationServer& from,
                                        const std::shared_ptr<const ValidationServer>& server, Plan& plan) {
  for (const auto& listen : from.listen) {
    auto address = net::Endpoint::parse(listen);
    if (!address)
      return base::failure(fmt::format("validation server {}: {}", from.name, address.error().what));
    plan.sockets.push_back(socket(from.name, listen, *address, radius::Port::authentication));
    plan.sockets.back().server = server;
    if (!from.accounting_acknowledge) continue;
    if (address->port == 65535) return base::failure(fmt::format("{}: no port is beside 65535", listen));
    if (address->port != 0) ++address->port;  // RFC 2866: 1813 beside 1812
    plan.sockets.push_back(socket(from.name, listen, *address, radius::Port::accounting));
    plan.sockets.back().server = server;
  }
  return {};
}

PlannedSocket Planner::socket(const std::string& server, const std::string& listen, net::Endpoint address,
                              radius::Port port) {
  const auto* kind = port == radius::Port::accounting ? "accounting" : "authentication";
  const auto next = static_cast<int>(numbers_.size()) + 1;
  const auto number = numbers_.try_emplace(fmt::format("{} {} {}", server, kind, listen), next).first->second;
  if (const auto found = opened_.find(number); found != opened_.end()) address = found->second;
  return {number, address, nullptr, port};
}

}  // namespace sallyport::server
