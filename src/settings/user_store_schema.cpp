// [[user_store]]: a directory, or a file of users with password hashes.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "settings/address.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

base::Result<DirectoryConnection> parse_ldap_url(std::string_view url) {
  const auto wrong = [] {
    return base::failure("\"ldap://host\", \"ldap://host:port\" or \"ldaps://host:port\", without a path");
  };
  DirectoryConnection connection;
  if (url.starts_with("ldaps://")) {
    connection.tls = DirectoryTls::ldaps;
    connection.port = 636;
    url.remove_prefix(8);
  } else if (url.starts_with("ldap://")) {
    url.remove_prefix(7);
  } else {
    return wrong();
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  const auto parsed = parse_host_port(url);
  if (!parsed) return wrong();
  connection.host = parsed->host;
  if (parsed->port != 0) connection.port = parsed->port;
  return connection;
}

Rule<UserStore> urls_rule() {
  return {"list of ldap URLs", [](UserStore& store, const Node& node, const Spot& spot) {
            const auto check = [](std::string_view url) -> base::Result<void> {
              if (auto parsed = parse_ldap_url(url); !parsed) return std::unexpected(parsed.error());
              return {};
            };
            for (const auto& url : read_texts(node, spot, check, false))
              store.connections.push_back(*parse_ldap_url(url));
          }};
}

Rule<UserStore> start_tls_rule() {  // stands after urls in the schema
  return {"true or false", [](UserStore& store, const Node& node, const Spot& spot) {
            const auto value = read_boolean(node, spot);
            if (!value || !*value) return;
            for (auto& connection : store.connections) {
              if (connection.tls == DirectoryTls::ldaps)
                spot.wrong(
                    fmt::format("expected only ldap:// among the urls: ldaps://{} is TLS from its first octet",
                                connection.host));
              else
                connection.tls = DirectoryTls::start_tls;
            }
          }};
}

base::Result<void> filter_text(std::string_view filter) {
  int depth = 0;
  bool balanced = filter.starts_with('(') && filter.ends_with(')');
  for (char c : filter) {
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) balanced = false;
  }
  if (!balanced || depth != 0)
    return base::failure("an LDAP filter of RFC 4515 with its brackets in pairs, like \"(uid=%s)\"");
  for (auto at = filter.find('%'); at != std::string_view::npos; at = filter.find('%', at + 1))
    if (filter.substr(at, 2) != "%s")
      return base::failure("no other \"%\" than in \"%s\" in the filter; \\25 stands for one");
  if (filter.find("%s") == std::string_view::npos)
    return base::failure("\"%s\" in the filter, where the user name goes");
  return {};
}

base::Result<void> attribute_text(std::string_view name) {  // RFC 4512 section 1.4: descr or numericoid
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool good =
      !name.empty() && name.size() <= 128 &&
      ((letter(name.front()) &&
        std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c) || c == '-'; })) ||
       (digit(name.front()) &&
        std::all_of(name.begin(), name.end(), [&](char c) { return digit(c) || c == '.'; })));
  if (!good) return base::failure("the name of an attribute, like \"uid\" or \"sAMAccountName\"");
  return {};
}

constexpr std::array ldap_keys{
    "urls",        "start_tls",      "ca_file",         "bind_dn",         "bind_password",
    "base_dn",     "filter",         "connect_timeout", "request_timeout", "pool",
    "remember_dn", "probe_interval", "allow_clear_text"};

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
  if (store.allow_clear_text) return;
  for (const auto& connection : store.connections)
    if (connection.tls == DirectoryTls::none && !is_loopback(connection.host))
      spot.key("urls", table.line_of("urls"))
          .wrong(fmt::format(
              "expected ldaps:// or start_tls = true for {}: users' passwords would cross the network in "
              "clear text (allow_clear_text = true if that is what you want)",
              connection.host));
}

namespace {

std::vector<Key<UserStore>> store_keys() {
  return {{.name = "name",
           .rule = text(&UserStore::name, "name", name_text),
           .example = "\"corp\"",
           .doc = "How validation servers, logs and metrics call it.",
           .required = true},
          {.name = "kind",
           .rule = choice(&UserStore::kind, {{"ldap", UserStoreKind::ldap}, {"file", UserStoreKind::file}}),
           .default_toml = "\"ldap\"",
           .example = "\"file\"",
           .doc = "A directory, or a file of users for small sites."},
          {.name = "skip_when_unreachable",
           .rule = boolean(&UserStore::skip_when_unreachable),
           .default_toml = "false",
           .example = "true",
           .doc = "When it cannot be asked, go on to the next store instead of ending the login."},
          {.name = "user_name_attribute",
           .rule = text(&UserStore::user_name_attribute, "attribute", attribute_text),
           .default_toml = "\"uid\"",
           .example = "\"sAMAccountName\"",
           .doc = "Its value in the entry found is the user that the service is asked about."},
          {.name = "file",
           .rule = path(&UserStore::file),
           .default_words = "required with kind file",
           .example = "\"users.txt\"",
           .doc = "Lines `user:hash` with hashes of crypt(5), yescrypt or scrypt; kind file."}};
}

std::vector<Key<UserStore>> ldap_access_keys() {
  return {{.name = "urls",
           .rule = urls_rule(),
           .default_words = "required with kind ldap",
           .example = "[\"ldaps://dc1.example.com\", \"ldaps://dc2.example.com:636\"]",
           .doc = "Connections to the same directory in order of preference; the first that lives is used."},
          {.name = "start_tls",
           .rule = start_tls_rule(),
           .default_toml = "false",
           .example = "true",
           .doc = "StartTLS on each ldap:// connection; never without it then."},
          {.name = "ca_file",
           .rule = path(&UserStore::ca_file),
           .default_words = "the system's",
           .example = "\"corp-ca.pem\"",
           .doc = "Who may have signed the directory's certificate."},
          {.name = "bind_dn",
           .rule = text(&UserStore::bind_dn, "DN", filled_text),
           .default_words = "anonymous",
           .example = "\"cn=sallyport,ou=services,dc=example,dc=com\"",
           .doc = "The service account that searches."},
          {.name = "bind_password",
           .rule = secret(&UserStore::bind_password),
           .default_words = "none",
           .example = "\"file:corp.password\"",
           .doc = "Its password."},
          {.name = "base_dn",
           .rule = text(&UserStore::base_dn, "DN", filled_text),
           .default_words = "required with kind ldap",
           .example = "\"ou=people,dc=example,dc=com\"",
           .doc = "Where the search for users begins; the whole subtree."},
          {.name = "filter",
           .rule = text(&UserStore::filter, "LDAP filter with %s", filter_text),
           .default_toml = "\"(&(objectClass=person)(uid=%s))\"",
           .example = "\"(&(objectClass=user)(sAMAccountName=%s))\"",
           .doc = "Which entry is the user's; `%s` is the user name, escaped."}};
}

std::vector<Key<UserStore>> ldap_limit_keys() {
  return {{.name = "connect_timeout",
           .rule = duration(&UserStore::connect_timeout, milliseconds(100), minutes(1)),
           .default_toml = "\"2s\"",
           .example = "\"1s\"",
           .doc = "For TCP and the TLS handshake of one connection."},
          {.name = "request_timeout",
           .rule = duration(&UserStore::request_timeout, milliseconds(100), minutes(1)),
           .default_toml = "\"3s\"",
           .example = "\"2s\"",
           .doc = "For one search or bind."},
          {.name = "pool",
           .rule = integer(&UserStore::pool, 1, 256),
           .unit = "connections",
           .default_toml = "8",
           .example = "16",
           .doc = "Connections for users' binds, at most, per worker and URL."},
          {.name = "remember_dn",
           .rule = duration(&UserStore::remember_dn, milliseconds(0), hours(24)),
           .default_toml = "\"0s\"",
           .example = "\"60s\"",
           .doc = "How long the entry found for a user name is used again without a search; 0s for never."},
          {.name = "probe_interval",
           .rule = duration(&UserStore::probe_interval, milliseconds(1000), hours(1)),
           .default_toml = "\"10s\"",
           .example = "\"5s\"",
           .doc = "How often a connection that is down is tried in the background."},
          {.name = "allow_clear_text",
           .rule = boolean(&UserStore::allow_clear_text),
           .default_toml = "false",
           .example = "true",
           .doc = "Let passwords cross the network without TLS to a host that is not loopback. Do not."}};
}

}  // namespace

Section<UserStore> user_store_section() {
  auto keys = store_keys();
  for (auto& key : ldap_access_keys()) keys.push_back(std::move(key));
  for (auto& key : ldap_limit_keys()) keys.push_back(std::move(key));
  return {
      .doc =
          "Where users and their passwords are. Stores are asked in the file's order until one knows the user.",
      .keys = std::move(keys),
      .children = {},
      .check = check_user_store};
}

}  // namespace sallyport::settings
