#pragma once
// The settings of a gateway as values: what one TOML file says after parsing, defaults and checks. The schema
// (gateway_schema.cpp) is the one place that names keys, types, units, defaults and examples; it parses, checks
// and writes docs/settings.md. Secrets are resolved (`env:`, `file:` or in the file) before they stand here.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "settings/continuity.h"

namespace sallyport::settings {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

enum class LogFormat { json, text };
enum class LogLevel { debug, info, warning, error };
enum class SyslogTransport { udp, tcp, tls };

struct Syslog {  // RFC 5424; [[log.syslog]]
  SyslogTransport transport = SyslogTransport::udp;
  std::string host;
  std::uint16_t port = 514;  // 6514 for tls
  int facility = 10;         // authpriv
  std::string ca_file;       // tls only
  std::string host_name;     // HOSTNAME of the header; empty: this host's
};

struct Log {               // [log]
  std::string file = "-";  // "-": standard error
  LogFormat format = LogFormat::json;
  LogLevel level = LogLevel::info;
  std::string audit_file;  // one audit line a login also here; empty: only among the log lines
  std::vector<Syslog> syslog;
};

struct Metrics {                          // [metrics]: /metrics, /healthz, /readyz
  std::string listen = "127.0.0.1:9464";  // empty: none
};

enum class WhenUnreachable { reject, silent };
enum class MessageAuthenticatorPolicy { require, observe };
enum class JoinRetries { same_packet, same_station, same_login };

struct RadiusClient {  // [[validation_server.client]]
  std::string name;
  std::vector<std::string> addresses;  // prefixes, IPv4 and IPv6; longest match wins
  base::Secret secret;
  MessageAuthenticatorPolicy message_authenticator = MessageAuthenticatorPolicy::require;
  std::string observe_until;  // YYYY-MM-DD, needed with observe
  JoinRetries join_retries = JoinRetries::same_station;
  milliseconds timeout{3000};  // the client's own, for one try
  int tries = 3;
  std::optional<bool> shows_challenges;  // not said: in mode challenge only
  int disconnect_port = 3799;            // where it takes Disconnect-Requests (RFC 5176)
  base::Secret disconnect_secret;        // for them; empty: `secret`
  [[nodiscard]] milliseconds patience() const { return timeout * tries - milliseconds(500); }
};

enum class Mode { code, password_code, pin_code, challenge };
enum class Method { code, push, sms, voice, email };
enum class Told {  // causes that a user may see a reason of its own for
  password_expired,
  password_must_change,
  account_disabled,
  account_locked,
  account_expired,
};

struct Prompts {  // [validation_server.prompts]; {words} in braces are filled in
  std::string code, sent, choice, push, number;
  std::string push_title, push_text;
};

enum class ReplyKind { text, integer, ipv4, ipv6, octets };

struct ReplyAttribute {  // [[validation_server.reply_attribute]]: into every Access-Accept
  std::string name;      // "Filter-Id"; or, of a vendor:
  int vendor = 0, number = 0;
  ReplyKind kind = ReplyKind::text;  // of a vendor's attribute
  std::string value;                 // fixed
  std::string from;                  // or an LDAP attribute's values
  std::string group;                 // only for members of this group
};

struct ValidationServer {  // [[validation_server]]
  std::string name;
  std::vector<std::string> listen;  // "0.0.0.0:1812", "[::]:1812"
  Mode mode = Mode::password_code;
  int code_digits = 6;                   // 6 or 8
  bool look_up_user = true;              // mode code
  std::vector<std::string> user_stores;  // names; empty: all, in the file's order
  milliseconds reject_delay{1000};
  int max_logins = 20000;  // in flight
  WhenUnreachable when_user_store_unreachable = WhenUnreachable::reject;
  WhenUnreachable when_service_unreachable = WhenUnreachable::reject;
  std::vector<Method> methods;  // besides a code in the password field, in this order
  bool asks_which = true;       // when_several = "ask" | "first"
  bool second_factor_first = false;
  seconds push_life{60};
  minutes challenge_life{5};
  std::vector<std::string> required_groups;  // DNs
  std::vector<Told> tell_user;
  ContinuityMode continuity = ContinuityMode::disabled;
  std::vector<Rung> ladder{Rung::any_code};             // not said: deny where any_code would stand alone
  std::vector<LadderFor> ladders;                       // before `ladder`
  std::vector<std::string> continuity_excluded_groups;  // DNs; before all: their members get `deny`
  std::chrono::days recent_days{7};                     // of recent_success
  bool first_factor_elsewhere = false;                  // mode code without look-up: the client has checked
  minutes continuity_limit{0};                          // 0: none; then `deny`
  int continuity_logins_per_user = 0;                   // 0: none; then `deny`
  int continuity_logins_alarm = 0;                      // 0: none
  bool continuity_class = false;                        // the rung in Class
  seconds continuity_session_timeout{0};                // 0: none
  Prompts prompts;
  std::vector<ReplyAttribute> reply_attributes;
  bool accounting_acknowledge = false;  // accounting = "acknowledge" | "ignore": port + 1
  std::vector<RadiusClient> clients;
};

enum class UserStoreKind { ldap, file };
enum class DirectoryTls { none, start_tls, ldaps };
enum class GroupsBy { search, member_of, nested_ad };  // how membership is found out

struct DirectoryConnection {  // one of [user_store] urls, in order of preference
  std::string host;
  std::uint16_t port = 389;
  DirectoryTls tls = DirectoryTls::none;
};

struct UserStore {  // [[user_store]]
  std::string name;
  UserStoreKind kind = UserStoreKind::ldap;
  bool skip_when_unreachable = false;
  std::string user_name_attribute = "uid";  // the canonical user, sent to the service
  // kind = "ldap"
  std::vector<DirectoryConnection> connections;  // urls = ["ldaps://dc1.example.com", ...], start_tls = true
  std::string ca_file;
  std::string bind_dn;  // empty: anonymous
  base::Secret bind_password;
  std::string base_dn;
  std::string filter = "(&(objectClass=person)(uid=%s))";  // %s: without a domain; %u: as typed
  std::vector<std::string> domains;  // "EX\\alice" and "alice@ex.test" are this store's alice
  std::string bind_name;             // "%s@ex.test": users bind first, and search for themselves
  bool refuse_unusable = true;       // look-ups of disabled, locked and expired accounts
  GroupsBy groups = GroupsBy::search;
  std::string group_base_dn;  // empty: the dc= parts of base_dn
  std::vector<std::string> group_member_attributes{"member", "uniqueMember", "memberUid"};
  milliseconds connect_timeout{2000};
  milliseconds request_timeout{3000};
  int pool = 8;            // bind connections per worker and directory connection, at most
  seconds remember_dn{0};  // 0: searched each time
  seconds probe_interval{10};
  bool allow_clear_text = false;  // binds without TLS to an address that is not loopback
  // kind = "file"
  std::string file;  // lines "user:hash", hashes of crypt(5): $y$ (yescrypt) or $7$ (scrypt)
};

enum class ProxyAuthentication { any, basic, digest, ntlm };

struct ServiceProxy {  // [service.proxy]
  std::string host;    // url = "http://proxy.example.com:3128"
  std::uint16_t port = 0;
  std::string user;  // empty: it asks for none
  base::Secret password;
  ProxyAuthentication authentication = ProxyAuthentication::any;
};

struct Service {            // [service]
  std::string url;          // ".../vipuserservices/": the three services' names are appended
  std::string api = "1.8";  // or "1.10"
  std::string certificate_file, key_file;
  base::Secret certificate_password;
  std::string ca_file;  // empty: the system's
  milliseconds connect_timeout{2000};
  milliseconds request_timeout{5000};  // of one exchange
  int max_in_flight = 4096;
  milliseconds push_poll_interval{3000};
  std::optional<ServiceProxy> proxy;
};

// Whether a password is checked against a user store.
bool has_password(const ValidationServer&);
// Whether a user store knows the user before the service is asked.
bool looks_up_users(const ValidationServer&);
// Whether challenges reach the user: as the client's settings say, else in mode challenge.
bool shows_challenges(const ValidationServer&, const RadiusClient&);

struct Guard {  // [guard]
  int user_failures = 20, client_failures = 0;
  seconds user_time{600}, client_time{60};
  int in_a_row = 100;
  seconds pause_after_row{86400};
};

struct Cluster {     // [cluster]
  base::Secret key;  // seals what a RADIUS client carries from a challenge to its answer
  std::vector<base::Secret> old_keys;
};

struct Gateway {
  int workers = 0;          // 0: the number of cores
  seconds drain_limit{15};  // SIGTERM: logins in flight may take this long
  Log log;
  Metrics metrics;
  Guard guard;
  Cluster cluster;
  Continuity continuity;
  std::optional<Service> service;
  std::vector<UserStore> user_stores;
  std::vector<ValidationServer> validation_servers;
};

}  // namespace sallyport::settings
