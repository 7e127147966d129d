// The authentication service's file.
#include <fmt/format.h>

#include "base/encoding.h"
#include "settings/address.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// XChaCha and AES-256 keys alike: 32 octets.
bool is_key(const base::Secret& secret) {
  auto octets = base::from_base64(secret.reveal());
  const bool good = octets && octets->size() == 32;
  if (octets) base::wipe(*octets);
  return good;
}

constexpr auto key_expected = "expected 32 octets as base 64 (44 characters): openssl rand -base64 32";

Rule<AuthService> secrets_key_rule() {
  return {"secret, 32 octets as base 64", [](AuthService& service, const Node& node, const Spot& spot) {
            auto value = read_secret(node, spot);
            if (!value) return;
            if (!is_key(*value)) return spot.wrong(key_expected);
            service.secrets_key = std::move(*value);
          }};
}

Rule<AuthService> old_secrets_keys_rule() {
  return {"list of secrets, 32 octets as base 64 each",
          [](AuthService& service, const Node& node, const Spot& spot) {
            if (node.kind != NodeKind::array) return spot.wrong("expected a list of secrets");
            for (std::size_t i = 0; i < node.items.size(); ++i) {
              const auto here = spot.item(i, node.items[i].line);
              auto value = read_secret(node.items[i], here);
              if (!value) continue;
              if (is_key(*value))
                service.old_secrets_keys.push_back(std::move(*value));
              else
                here.wrong(key_expected);
            }
          }};
}

base::Result<void> account_id(std::string_view text) {  // AccountId of the VIP schema
  const bool good = text.size() >= 3 && text.size() <= 50 &&
                    text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
                        std::string_view::npos;
  if (!good) return base::failure("3 to 50 letters and digits");
  return {};
}

Rule<Account> lockout_rule() {
  return {
      "0, or whole number, 2 to 64", [](Account& account, const Node& node, const Spot& spot) {
        if (node.kind == NodeKind::integer && (node.integer == 0 || (node.integer >= 2 && node.integer <= 64)))
          account.lockout_failures = static_cast<int>(node.integer);
        else
          spot.wrong("expected 0 (never) or a whole number from 2 to 64");
      }};
}

base::Result<void> issuer_text(
    std::string_view text) {  // the colon parts issuer and account in an otpauth label
  if (text.empty() || text.size() > 64 || text.find(':') != std::string_view::npos)
    return base::failure("a name of 1 to 64 octets without a colon");
  return {};
}

// The ranges are the vendor's own (adapter settings of the management schema), the defaults its "Medium".
std::vector<Key<Account>> account_keys() {
  return {{.name = "id",
           .rule = text(&Account::id, "3 to 50 letters and digits", account_id),
           .example = "\"example\"",
           .doc = "The account's id.",
           .required = true},
          {.name = "lockout_failures",
           .rule = lockout_rule(),
           .unit = "failures",
           .default_toml = "10",
           .example = "5",
           .doc = "Wrong codes in a row that lock; 0 for never."},
          {.name = "lockout_scope",
           .rule = choice(&Account::lockout_scope,
                          {{"credential_type", LockoutScope::credential_type}, {"user", LockoutScope::user}}),
           .default_toml = "\"credential_type\"",
           .example = "\"user\"",
           .doc = "What is counted together and locked together."},
          {.name = "guess_limit",
           .rule = integer(&Account::guess_limit, 0, 1000),
           .unit = "failures",
           .default_toml = "10",
           .example = "5",
           .doc = "Wrong codes in a row that end authenticateCredentials for `guess_time`; 0 for never."},
          {.name = "guess_time",
           .rule = duration(&Account::guess_time, milliseconds(1000), minutes(1440)),
           .default_toml = "\"10m\"",
           .example = "\"1h\"",
           .doc = "From the first of these wrong codes until the credential is checked again."},
          {.name = "totp_window",
           .rule = integer(&Account::totp_window, 2, 64),
           .unit = "time steps each way",
           .default_toml = "10",
           .example = "2",
           .doc = "How far a code's time step may be off."},
          {.name = "totp_sync_window",
           .rule = integer(&Account::totp_sync_window, 16, 256),
           .unit = "time steps each way",
           .default_toml = "64",
           .example = "128",
           .doc = "How far two consecutive codes may be off to set the clock of a credential right."},
          {.name = "hotp_look_ahead",
           .rule = integer(&Account::hotp_look_ahead, 2, 64),
           .unit = "codes",
           .default_toml = "10",
           .example = "20",
           .doc = "How many counter values ahead a code may be."},
          {.name = "hotp_sync_look_ahead",
           .rule = integer(&Account::hotp_sync_look_ahead, 4, 1024),
           .unit = "codes",
           .default_toml = "100",
           .example = "200",
           .doc = "The same for two consecutive codes."}};
}

std::vector<Key<Account>> pin_keys() {
  return {{.name = "pin_enabled",
           .rule = boolean(&Account::pin_enabled),
           .default_toml = "true",
           .example = "false",
           .doc = "Whether users may have a PIN that is checked here."},
          {.name = "pin_min_length",
           .rule = integer(&Account::pin_min_length, 4, 128),
           .unit = "characters",
           .default_toml = "4",
           .example = "6",
           .doc = "The shortest PIN that may be set."},
          {.name = "pin_simple_allowed",
           .rule = boolean(&Account::pin_simple_allowed),
           .default_toml = "true",
           .example = "false",
           .doc = "Whether one character again and again, or a row like 1234 or 9876, may be set as a PIN."},
          {.name = "pin_life",
           .rule = duration(&Account::pin_life, milliseconds(0), hours(24 * 3650)),
           .default_toml = "\"0s\"",
           .example = "\"90d\"",
           .doc = "After how long a PIN counts as expired; 0 for never."}};
}

std::vector<Key<Account>> push_keys() {
  return {{.name = "push_life",
           .rule = duration(&Account::push_life, std::chrono::seconds(10), minutes(10)),
           .default_toml = "\"60s\"",
           .example = "\"90s\"",
           .doc = "How long a push may be answered, where the client does not say (request.timeout)."},
          {.name = "push_life_limit",
           .rule = duration(&Account::push_life_limit, std::chrono::seconds(10), minutes(10)),
           .default_toml = "\"5m\"",
           .example = "\"2m\"",
           .doc = "The longest that a client gets."},
          {.name = "push_limit",
           .rule = integer(&Account::push_limit, 0, 1000),
           .unit = "pushes",
           .default_toml = "5",
           .example = "3",
           .doc = "So many unanswered pushes within an hour and since the last answer, and a user gets no more "
                  "until the hour is over; 0 for no limit."},
          {.name = "push_numbers",
           .rule = choice(
               &Account::push_numbers,
               {{"off", PushNumbers::off}, {"on", PushNumbers::on}, {"required", PushNumbers::required}}),
           .default_toml = "\"off\"",
           .example = "\"on\"",
           .doc = "The number challenge: who approves must give the number that the sign-in page shows. on: "
                  "for clients of version 1.10, which can show it; required: others get no push."}};
}

std::vector<Key<Account>> sent_code_keys() {
  return {
      {.name = "sent_code_life",
       .rule = duration(&Account::sent_code_life, std::chrono::seconds(60), std::chrono::seconds(600)),
       .default_toml = "\"5m\"",
       .example = "\"3m\"",
       .doc = "How long a code that was sent (SMS, voice, e-mail, service) is good."},
      {.name = "sent_code_limit",
       .rule = integer(&Account::sent_code_limit, 0, 1000),
       .unit = "codes",
       .default_toml = "10",
       .example = "5",
       .doc = "Codes to one telephone or address within an hour and since the last success; 0 for no limit."},
      {.name = "temporary_password_life",
       .rule = duration(&Account::temporary_password_life, minutes(1), hours(24 * 30)),
       .default_toml = "\"1d\"",
       .example = "\"4h\"",
       .doc = "How long a temporary password is good, where the client does not say."}};
}

std::vector<Key<Account>> all_account_keys() {
  auto keys = account_keys();
  for (const auto& more : {pin_keys(), push_keys(), sent_code_keys()})
    keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

void check_account(Account& account, const Node& table, const Spot& spot) {
  if (!table.has("certificate"))
    spot.key("certificate", spot.line()).wrong("expected at least one [[account.certificate]]");
  if (account.totp_sync_window < account.totp_window)
    spot.key("totp_sync_window", table.line_of("totp_sync_window"))
        .wrong(fmt::format("expected at least totp_window ({})", account.totp_window));
  if (account.push_life_limit < account.push_life)
    spot.key("push_life_limit", table.line_of("push_life_limit"))
        .wrong(fmt::format("expected at least push_life ({} s)", account.push_life.count()));
  if (account.hotp_sync_look_ahead < account.hotp_look_ahead)
    spot.key("hotp_sync_look_ahead", table.line_of("hotp_sync_look_ahead"))
        .wrong(fmt::format("expected at least hotp_look_ahead ({})", account.hotp_look_ahead));
}

Section<Account> account_section() {
  return {.doc = "An account: its users and credentials are apart from those of all others.",
          .keys = all_account_keys(),
          .children = {tables("certificate", &Account::certificates, client_certificate_section())},
          .check = check_account};
}

bool same_certificate(const ClientCertificate& a, const ClientCertificate& b) {
  return a.fingerprint_sha256 == b.fingerprint_sha256 && a.subject == b.subject &&
         !(a.fingerprint_sha256 + a.subject).empty();
}

void check_accounts(const AuthService& service, const Node& table, const Spot& spot) {
  std::vector<std::pair<const ClientCertificate*, std::size_t>> seen;
  for (std::size_t i = 0; i < service.accounts.size(); ++i) {
    const auto& node = table.find("account")->items[i];
    const auto here = spot.key("account", 0).item(i, node.line);
    for (std::size_t j = 0; j < i; ++j)
      if (!service.accounts[i].id.empty() && service.accounts[i].id == service.accounts[j].id) {
        here.key("id", node.line_of("id"))
            .wrong(fmt::format("expected another id: account[{}] has it already", j));
        break;
      }
    for (std::size_t n = 0; n < service.accounts[i].certificates.size(); ++n) {
      const auto& certificate = service.accounts[i].certificates[n];
      for (const auto& [other, account] : seen)
        if (same_certificate(certificate, *other))
          here.key("certificate", 0)
              .item(n, node.find("certificate")->items[n].line)
              .wrong(fmt::format("expected a certificate of one account and role: account[{}] names it already",
                                 account));
      seen.emplace_back(&certificate, i);
    }
  }
}

void check_metrics(const AuthService& service, const Node& table, const Spot& spot) {
  const auto metrics = parse_listen_address(service.metrics.listen);
  if (!metrics || metrics->port == 0) return;  // none, or called wrong already, or a free one
  const auto* node = table.find("metrics");
  for (const auto& listen : service.listen)
    if (*parse_listen_address(listen) == *metrics)
      spot.key("metrics", 0)
          .key("listen", node != nullptr ? node->line_of("listen") : table.line_of("listen"))
          .wrong(fmt::format("expected an address that nobody else has: the service listens on {} already",
                             listen));
}

void check_authservice(AuthService& service, const Node& table, const Spot& spot) {
  if (!table.has("account")) spot.key("account", 1).wrong("expected at least one [[account]]");
  check_accounts(service, table, spot);
  for (std::size_t i = 0; i < service.listen.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (const auto address = parse_listen_address(service.listen[i]);
          address->port != 0 && *address == *parse_listen_address(service.listen[j]))
        spot.key("listen", table.line_of("listen"))
            .wrong(fmt::format("expected {} only once", service.listen[i]));
  check_metrics(service, table, spot);
}

std::vector<Key<AuthService>> serving_keys() {
  return {{.name = "workers",
           .rule = integer(&AuthService::workers, 0, 256),
           .unit = "threads",
           .default_toml = "0",
           .example = "4",
           .doc = "Threads that serve requests; 0 for as many as there are cores. Changes at a restart."},
          {.name = "listen",
           .rule = texts(&AuthService::listen, "list of addresses with ports", listen_text),
           .example = "[\"127.0.0.1:8443\", \"[::1]:8443\"]",
           .doc = "Where gateways and administrators connect to, by mutual TLS.",
           .required = true},
          {.name = "certificate_file",
           .rule = path(&AuthService::certificate_file),
           .example = "\"service.pem\"",
           .doc = "The server's certificate with its chain: PEM or PKCS#12.",
           .required = true},
          {.name = "key_file",
           .rule = path(&AuthService::key_file),
           .default_words = "in `certificate_file`",
           .example = "\"service.key\"",
           .doc = "Its key, where that lies in a PEM file of its own."},
          {.name = "certificate_password",
           .rule = secret(&AuthService::certificate_password),
           .default_words = "none",
           .example = "\"env:SERVICE_KEY_PASSWORD\"",
           .doc = "The password of the PKCS#12 file or of the key."},
          {.name = "client_ca_file",
           .rule = path(&AuthService::client_ca_file),
           .example = "\"clients-ca.pem\"",
           .doc = "Who may have signed the certificates of clients.",
           .required = true},
          {.name = "drain_limit",
           .rule = duration(&AuthService::drain_limit, milliseconds(0), minutes(5)),
           .default_toml = "\"15s\"",
           .example = "\"10s\"",
           .doc = "How long requests in flight may take after SIGTERM."}};
}

std::vector<Key<AuthService>> keeping_keys() {
  return {{.name = "database",
           .rule = path(&AuthService::database),
           .example = "\"/var/lib/sallyport/credentials.db\"",
           .doc = "The SQLite file of users and credentials, on a local disk. Changes at a restart.",
           .required = true},
          {.name = "secrets_key",
           .rule = secrets_key_rule(),
           .unit = "octets",
           .example = "\"env:SALLYPORT_SECRETS_KEY\"",
           .doc = "Encrypts the credentials' secrets in the database. Changes at a restart.",
           .required = true},
          {.name = "old_secrets_keys",
           .rule = old_secrets_keys_rule(),
           .default_words = "none",
           .example = "[\"env:SALLYPORT_OLD_SECRETS_KEY\"]",
           .doc = "Keys of before: what they encrypted is still read, and encrypted under secrets_key at the "
                  "next start."},
          {.name = "issuer",
           .rule = text(&AuthService::issuer, "text", issuer_text),
           .default_toml = "\"Sallyport\"",
           .example = "\"Example Ltd\"",
           .doc = "What authenticator apps show beside the user's name."}};
}

}  // namespace

const Section<AuthService>& authservice_section() {
  static const Section<AuthService> section = [] {
    auto keys = serving_keys();
    for (auto& key : keeping_keys()) keys.push_back(std::move(key));
    return Section<AuthService>{
        .doc = "Keys at the top of the file, before the first table.",
        .keys = std::move(keys),
        .children = {table("log", &AuthService::log, log_section()),
                     table("metrics", &AuthService::metrics, metrics_section("\"127.0.0.1:9465\"")),
                     table("delivery", &AuthService::delivery, delivery_section()),
                     tables("account", &AuthService::accounts, account_section())},
        .check = check_authservice};
  }();
  return section;
}

}  // namespace sallyport::settings
