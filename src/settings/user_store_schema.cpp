// [[user_store]]: a directory, or a file of users with password hashes.
#include <fmt/format.h>

#include "settings/rules.h"
#include "settings/sections.h"
#include "settings/user_store_texts.h"

namespace sallyport::settings {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

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
           .doc = "Lines `user:hash` with hashes of crypt(5), yescrypt or scrypt, and lines `@group: user, "
                  "user`; kind "
                  "file. Read at the start and at SIGHUP."}};
}

std::vector<Key<UserStore>> ldap_access_keys() {
  return {
      {.name = "urls",
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
       .doc = "Which entry is the user's; `%s` is the user name, without a domain of `domains`, `%u` as it was "
              "typed; both escaped."}};
}

std::vector<Key<UserStore>> ldap_name_keys() {
  return {
      {.name = "domains",
       .rule = texts(&UserStore::domains, "list of domains", domain_text, true),
       .default_toml = "[]",
       .example = "[\"EXAMPLE\", \"ad.example.com\"]",
       .doc = "Domains whose users are here: `EXAMPLE\\\\alice` and `alice@ad.example.com` are alice then, and "
              "`OTHER\\\\alice` is nobody of this store. Empty: names are taken as they were typed."},
      {.name = "bind_name",
       .rule = text(&UserStore::bind_name, "name with %s", bind_name_text),
       .default_words = "the DN that was found",
       .example = "\"%s@ad.example.com\"",
       .doc =
           "Instead of bind_dn, where no service account may search: the user is bound by this name, `%s` "
           "being the user name, and the entry searched as that user. No look-ups without a password then."}};
}

std::vector<Key<UserStore>> ldap_limit_keys() {
  return {
      {.name = "connect_timeout",
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
       .doc =
           "How often a connection that is down is tried in the background, and one that is up is looked at."},
      {.name = "allow_clear_text",
       .rule = boolean(&UserStore::allow_clear_text),
       .default_toml = "false",
       .example = "true",
       .doc = "Let passwords cross the network without TLS to a host that is not loopback. Do not."}};
}

std::vector<Key<UserStore>> group_keys() {
  return {
      {.name = "refuse_unusable",
       .rule = boolean(&UserStore::refuse_unusable),
       .default_toml = "true",
       .example = "false",
       .doc = "Refuse a look-up (mode code) of an account that its entry says is disabled, locked or expired; "
              "a bind tells by itself."},
      {.name = "groups",
       .rule = choice(&UserStore::groups, {{"search", GroupsBy::search},
                                           {"member_of", GroupsBy::member_of},
                                           {"nested_ad", GroupsBy::nested_ad}}),
       .default_toml = "\"search\"",
       .example = "\"nested_ad\"",
       .doc = "How it is found out which groups an entry is in, nested ones too: a search for the groups that "
              "name it, and for those that name these; the `memberOf` of the entry, and of these; or one "
              "search by Active Directory's own rule for chains. Nothing is asked where no group is needed."},
      {.name = "group_base_dn",
       .rule = text(&UserStore::group_base_dn, "DN", filled_text),
       .default_words = "the dc= parts of base_dn",
       .example = "\"ou=groups,dc=example,dc=com\"",
       .doc = "Where the search for groups begins; the whole subtree. Not used by member_of."},
      {.name = "group_member_attributes",
       .rule = texts(&UserStore::group_member_attributes, "list of attributes", attribute_text),
       .default_toml = "[\"member\", \"uniqueMember\", \"memberUid\"]",
       .example = "[\"member\"]",
       .doc = "With search: where groups name their members; name only those in use, and index them."}};
}

}  // namespace

Section<UserStore> user_store_section() {
  auto keys = store_keys();
  for (auto& key : ldap_access_keys()) keys.push_back(std::move(key));
  for (auto& key : ldap_name_keys()) keys.push_back(std::move(key));
  for (auto& key : group_keys()) keys.push_back(std::move(key));
  for (auto& key : ldap_limit_keys()) keys.push_back(std::move(key));
  return {
      .doc =
          "Where users and their passwords are. Stores are asked in the file's order until one knows the user.",
      .keys = std::move(keys),
      .children = {},
      .check = check_user_store};
}

}  // namespace sallyport::settings
