// What is allowed and unwise.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "settings/address.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

constexpr milliseconds enough_patience{7000};
constexpr std::size_t enough_secret = 16;

void warn_of_observing(const RadiusClient& client, const std::string& key, base::WallTime now,
                       std::vector<Warning>& out) {
  const bool past = fmt::format("{:%F}", std::chrono::floor<std::chrono::days>(now)) > client.observe_until;
  out.push_back(
      {key + ".message_authenticator",
       past ? fmt::format(
                  "client \"{}\" may leave out the Message-Authenticator, though observe_until = {} is past: "
                  "its answers can be forged (CVE-2024-3596); set \"require\"",
                  client.name, client.observe_until)
            : fmt::format("client \"{}\" may leave out the Message-Authenticator until {}: its answers can be "
                          "forged (CVE-2024-3596)",
                          client.name, client.observe_until)});
}

void warn_of_client(const RadiusClient& client, const std::string& key, base::WallTime now,
                    std::vector<Warning>& out) {
  if (client.patience() < enough_patience) {
    const auto whole = (enough_patience + milliseconds(500)).count();
    const auto divisor = std::int64_t{client.tries} * 1000;  // into whole seconds of one try
    const auto needed = (whole + divisor - 1) / divisor;
    out.push_back({key + ".timeout", fmt::format("client \"{}\" waits {} in all, too short for a slow answer "
                                                 "of the service: on the client itself set its time-out for "
                                                 "one try to {}s (with {} tries) or more, then the same here",
                                                 client.name, duration_text(client.timeout * client.tries),
                                                 needed, client.tries)});
  }
  if (client.secret.size() < enough_secret)
    out.push_back(
        {key + ".secret", fmt::format("the secret of client \"{}\" has {} octets: use {} or more, random ones",
                                      client.name, client.secret.size(), enough_secret)});
  if (client.message_authenticator == MessageAuthenticatorPolicy::observe)
    warn_of_observing(client, key, now, out);
}

void warn_of_server(const ValidationServer& server, const std::string& key, base::WallTime now,
                    std::vector<Warning>& out) {
  if (server.when_user_store_unreachable == WhenUnreachable::silent)
    out.push_back(
        {key + ".when_user_store_unreachable", "silence makes many clients take the whole server for dead"});
  if (server.when_service_unreachable == WhenUnreachable::silent)
    out.push_back(
        {key + ".when_service_unreachable", "silence makes many clients take the whole server for dead"});
  for (std::size_t i = 0; i < server.clients.size(); ++i)
    warn_of_client(server.clients[i], fmt::format("{}.client[{}]", key, i), now, out);
}

void warn_of_store(const UserStore& store, const std::string& key, std::vector<Warning>& out) {
  const auto some = [&](auto&& which) {
    return std::any_of(store.connections.begin(), store.connections.end(), which);
  };
  if (some([](const auto& c) { return c.tls == DirectoryTls::none && !is_loopback(c.host); }))
    out.push_back(
        {key + ".allow_clear_text",
         fmt::format("users' passwords cross the network in clear text to user store \"{}\"", store.name)});
  if (store.ca_file.empty() && some([](const auto& c) { return c.tls != DirectoryTls::none; }))
    out.push_back(
        {key + ".ca_file",
         fmt::format("any authority that this system trusts can vouch for user store \"{}\": name your own",
                     store.name)});
  if (store.skip_when_unreachable)
    out.push_back(
        {key + ".skip_when_unreachable",
         fmt::format(
             "while user store \"{}\" is down, a user of the same name in a later store is taken for its user",
             store.name)});
}

void warn_of_service(const Service& service, std::vector<Warning>& out) {
  if (service.ca_file.empty())
    out.push_back(
        {"service.ca_file", "any authority that this system trusts can vouch for the service: name its own"});
  const auto& proxy = service.proxy;
  if (proxy && proxy->authentication == ProxyAuthentication::basic && !proxy->user.empty() &&
      !is_loopback(proxy->host))
    out.push_back({"service.proxy.authentication", "the proxy's password crosses the network in clear text"});
}

void warn_of_metrics(const Metrics& metrics, std::vector<Warning>& out) {
  if (const auto address = parse_listen_address(metrics.listen); address && !is_loopback(*address))
    out.push_back({"metrics.listen", "metrics are open to everybody who reaches this address"});
}

void warn_of_delivery(const Delivery& delivery, std::vector<Warning>& out) {
  for (const auto kind : {DeliveryKind::push, DeliveryKind::sms, DeliveryKind::voice, DeliveryKind::email}) {
    const auto carrying = std::ranges::count_if(delivery.channels, [kind](const auto& channel) {
      return std::ranges::find(channel.kinds, kind) != channel.kinds.end();
    });
    if (carrying > 1)
      out.push_back({"delivery.channel", fmt::format("{} channels carry {}: a user gets each of them {} times",
                                                     carrying, to_string(kind), carrying)});
  }
}

}  // namespace

std::vector<Warning> warnings(const Gateway& gateway, base::WallTime now) {
  std::vector<Warning> out;
  warn_of_metrics(gateway.metrics, out);
  if (gateway.service) warn_of_service(*gateway.service, out);
  for (std::size_t i = 0; i < gateway.user_stores.size(); ++i)
    warn_of_store(gateway.user_stores[i], fmt::format("user_store[{}]", i), out);
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i)
    warn_of_server(gateway.validation_servers[i], fmt::format("validation_server[{}]", i), now, out);
  warn_of_continuity(gateway, out);
  return out;
}

std::vector<Warning> warnings(const AuthService& service) {
  std::vector<Warning> out;
  warn_of_metrics(service.metrics, out);
  warn_of_delivery(service.delivery, out);
  for (std::size_t i = 0; i < service.accounts.size(); ++i)
    if (const int failures = service.accounts[i].lockout_failures; failures == 0)
      out.push_back(
          {fmt::format("account[{}].lockout_failures", i), "codes of this account can be guessed without end"});
    else if (failures < 10)
      out.push_back(
          {fmt::format("account[{}].lockout_failures", i), "below 10 people lock themselves out by mistyping"});
  return out;
}

}  // namespace sallyport::settings
