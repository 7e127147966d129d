#include <fmt/format.h>

#include <algorithm>

#include "settings/address.h"
#include "settings/items.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

void check_prefixes(const ValidationServer& server, const Node& table, const Spot& spot) {
  std::vector<std::pair<AddressPrefix, std::size_t>> seen;
  for (std::size_t i = 0; i < server.clients.size(); ++i)
    for (const auto& text : server.clients[i].addresses) {
      const auto prefix = *parse_address_prefix(text);
      const auto same =
          std::find_if(seen.begin(), seen.end(), [&](const auto& other) { return other.first == prefix; });
      if (same == seen.end()) {
        seen.emplace_back(prefix, i);
        continue;
      }
      const auto& node = item_of(table, "client", i);
      spot.key("client", 0)
          .item(i, node.line)
          .key("addresses", node.line_of("addresses"))
          .wrong(fmt::format("expected {} only once: client[{}] has it already", text, same->second));
    }
}

void check_listen(const Gateway& gateway, const Node& table, const Spot& spot) {
  std::vector<std::pair<ListenAddress, std::size_t>> seen;
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto& server = gateway.validation_servers[i];
    const auto& node = item_of(table, "validation_server", i);
    const auto here = spot.key("validation_server", 0).item(i, node.line).key("listen", node.line_of("listen"));
    for (const auto& text : server.listen) {
      auto address = *parse_listen_address(text);
      if (server.accounting_acknowledge && address.port == 65535)
        here.wrong("expected a port below 65535 with accounting = \"acknowledge\"");
      for (int port = 0; port <= (server.accounting_acknowledge ? 1 : 0); ++port) {
        if (port == 1) ++address.port;
        const auto same =
            std::find_if(seen.begin(), seen.end(), [&](const auto& other) { return other.first == address; });
        if (address.port != 0 && same != seen.end())
          here.wrong(fmt::format(
              "expected an address that nobody else has: validation_server[{}] listens on {}{} already",
              same->second, text, port == 1 ? " (the accounting port after it)" : ""));
        seen.emplace_back(address, i);
      }
    }
  }
}

bool uses(const ValidationServer& server, Method method) {
  return std::ranges::find(server.methods, method) != server.methods.end();
}

// Where users search for themselves, nobody can be looked up without a password.
void check_look_ups(const Gateway& gateway, const ValidationServer& server, const Spot& spot) {
  const bool looks_up = server.second_factor_first || (!has_password(server) && server.look_up_user);
  if (!looks_up) return;
  for (const auto& store : gateway.user_stores) {
    const bool asked = server.user_stores.empty() ||
                       std::ranges::find(server.user_stores, store.name) != server.user_stores.end();
    if (asked && !store.bind_name.empty())
      spot.wrong(
          fmt::format("expected look_up_user = false, or stores with a service account: nobody can be looked "
                      "up in \"{}\", whose users search for themselves (bind_name)",
                      store.name));
  }
}

void check_user_stores(const Gateway& gateway, const Node& table, const Spot& spot) {
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto& server = gateway.validation_servers[i];
    const auto& node = item_of(table, "validation_server", i);
    const auto here =
        spot.key("validation_server", 0).item(i, node.line).key("user_stores", node.line_of("user_stores"));
    if (looks_up_users(server) && gateway.user_stores.empty() && !table.has("user_store"))
      here.wrong(has_password(server) ? "expected a [[user_store]] in the file: this mode checks passwords"
                                      : "expected a [[user_store]] in the file, or look_up_user = false");
    check_look_ups(gateway, server, here);
    for (std::size_t n = 0; n < server.user_stores.size(); ++n) {
      const auto& name = server.user_stores[n];
      const auto known = [&](const UserStore& store) { return store.name == name; };
      if (std::none_of(gateway.user_stores.begin(), gateway.user_stores.end(), known))
        here.wrong(fmt::format("expected the name of a [[user_store]], found \"{}\"", name));
      if (std::find(server.user_stores.begin(), server.user_stores.begin() + static_cast<std::ptrdiff_t>(n),
                    name) != server.user_stores.begin() + static_cast<std::ptrdiff_t>(n))
        here.wrong(fmt::format("expected each user store once, found \"{}\" twice", name));
    }
  }
}

void check_methods(const ValidationServer& server, const Node& table, const Spot& spot) {
  const auto here = [&](std::string_view key) { return spot.key(key, table.line_of(key)); };
  if (server.second_factor_first && server.mode != Mode::password_code)
    here("second_factor_first").wrong("expected only with mode = \"password_code\"");
  if (!has_password(server)) {
    for (const auto* key : {"methods", "when_several"})
      if (table.has(key)) here(key).wrong("expected only with mode = \"password_code\" or \"challenge\"");
    return;
  }
  for (std::size_t i = 0; i < server.clients.size(); ++i) {
    const auto& client = server.clients[i];
    const auto& node = item_of(table, "client", i);
    const auto at = spot.key("client", 0).item(i, node.line);
    if (server.mode == Mode::challenge && !shows_challenges(server, client) && !uses(server, Method::push))
      at.key("shows_challenges", node.line_of("shows_challenges"))
          .wrong("expected true: without push among the methods nobody could sign in");
    // A client that never sends Calling-Station-Id cannot tell a retry from somebody who knows the password.
    if (client.join_retries == JoinRetries::same_login && uses(server, Method::push) &&
        !server.second_factor_first)
      at.key("join_retries", node.line_of("join_retries"))
          .wrong(
              "expected \"same_station\" or \"same_packet\", or methods without \"push\": who knows the "
              "password could ride on another's push");
  }
}

void check_api(const Gateway& gateway, const Node& table, const Spot& spot) {
  if (!gateway.service || gateway.service->api == "1.10") return;
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto& server = gateway.validation_servers[i];
    const auto& node = item_of(table, "validation_server", i);
    if (has_password(server) && uses(server, Method::email))
      spot.key("validation_server", 0)
          .item(i, node.line)
          .key("methods", node.line_of("methods"))
          .wrong("expected no \"email\", or service.api = \"1.10\": the service sends no mail on 1.8");
  }
}

void check_cluster(const Gateway& gateway, const Node& table, const Spot& spot) {
  if (!gateway.cluster.key.empty()) return;
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto& server = gateway.validation_servers[i];
    for (const auto& client : server.clients)
      if (shows_challenges(server, client))
        return spot.key("cluster", table.line_of("cluster"))
            .key("key", item_of(table, "validation_server", i).line)
            .wrong(fmt::format("expected a key: client \"{}\" of validation_server[{}] shows challenges, whose "
                               "answers it seals (`openssl rand -hex 32` makes one)",
                               client.name, i));
  }
}

}  // namespace

bool has_password(const ValidationServer& server) {
  return server.mode == Mode::password_code || server.mode == Mode::challenge;
}

bool looks_up_users(const ValidationServer& server) { return has_password(server) || server.look_up_user; }

bool shows_challenges(const ValidationServer& server, const RadiusClient& client) {
  return has_password(server) && client.shows_challenges.value_or(server.mode == Mode::challenge);
}

void check_validation_server(ValidationServer& server, const Node& table, const Spot& spot) {
  if (has_password(server) && table.has("look_up_user"))
    spot.key("look_up_user", table.line_of("look_up_user"))
        .wrong("expected only with mode = \"code\" or \"pin_code\"");
  if (!server.required_groups.empty() && !looks_up_users(server))
    spot.key("required_groups", table.line_of("required_groups"))
        .wrong("expected only where users are looked up");
  check_methods(server, table, spot);
  check_ladders(server, table, spot);
  if (!table.has("client"))
    spot.key("client", spot.line()).wrong("expected at least one [[validation_server.client]]");
  refuse_names_twice(server.clients, table, "client", spot);
  check_prefixes(server, table, spot);
}

void check_gateway(Gateway& gateway, const Node& table, const Spot& spot) {
  refuse_names_twice(gateway.user_stores, table, "user_store", spot);
  refuse_names_twice(gateway.validation_servers, table, "validation_server", spot);
  check_listen(gateway, table, spot);
  check_user_stores(gateway, table, spot);
  check_api(gateway, table, spot);
  check_cluster(gateway, table, spot);
  check_continuity(gateway, table, spot);
  if (!table.has("validation_server"))
    spot.key("validation_server", 1).wrong("expected at least one [[validation_server]]");
  if (!gateway.validation_servers.empty() && !table.has("service"))
    spot.key("service", item_of(table, "validation_server", 0).line)
        .wrong("expected a table [service]: every validation server checks codes there");
}

}  // namespace sallyport::settings
