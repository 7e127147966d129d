// What no single key of a [[user_store]] can tell.
#include <fmt/format.h>

#include <array>

#include "settings/address.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

constexpr std::array ldap_keys{"urls",
                               "start_tls",
                               "ca_file",
                               "bind_dn",
                               "bind_password",
                               "base_dn",
                               "filter",
                               "connect_timeout",
                               "request_timeout",
                               "pool",
                               "remember_dn",
                               "probe_interval",
                               "allow_clear_text",
                               "refuse_unusable",
                               "domains",
                               "bind_name",
                               "groups",
                               "group_base_dn",
                               "group_member_attributes"};

void check_kind(const UserStore& store, const Node& table, const Spot& spot) {
  const auto refuse = [&](std::string_view key, std::string_view kind) {
    if (table.has(key))
      spot.key(key, table.line_of(key)).wrong(fmt::format("expected only with kind = \"{}\"", kind));
  };
  const auto need = [&](std::string_view key, std::string_view kind) {
    if (!table.has(key))
      spot.key(key, spot.line()).wrong(fmt::format("expected this key with kind = \"{}\"", kind));
  };
  if (store.kind == UserStoreKind::file) {
    for (const auto* key : ldap_keys) refuse(key, "ldap");
    need("file", "file");
  } else {
    refuse("file", "file");
    need("urls", "ldap");
    need("base_dn", "ldap");
  }
}

}  // namespace

void check_user_store(UserStore& store, const Node& table, const Spot& spot) {
  check_kind(store, table, spot);
  if (store.kind == UserStoreKind::file) return;
  if (table.has("bind_dn") && !table.has("bind_password"))
    spot.key("bind_password", table.line_of("bind_dn"))
        .wrong("expected this key beside bind_dn: a bind without a password proves nothing");
  if (table.has("bind_password") && !table.has("bind_dn"))
    spot.key("bind_dn", table.line_of("bind_password")).wrong("expected this key beside bind_password");
  if (table.has("bind_name") && table.has("bind_dn"))
    spot.key("bind_name", table.line_of("bind_name"))
        .wrong("expected only without bind_dn: either a service account searches, or the user who was bound");
  if (store.allow_clear_text) return;
  for (const auto& connection : store.connections)
    if (connection.tls == DirectoryTls::none && !is_loopback(connection.host))
      spot.key("urls", table.line_of("urls"))
          .wrong(fmt::format(
              "expected ldaps:// or start_tls = true for {}: users' passwords would cross the network in "
              "clear text (allow_clear_text = true if that is what you want)",
              connection.host));
}

}  // namespace sallyport::settings
