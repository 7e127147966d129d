// [[validation_server]] and its clients.
#include <fmt/format.h>

#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

Rule<RadiusClient> observe_until_rule() {
  return {"date", [](RadiusClient& client, const Node& node, const Spot& spot) {
            if (auto date = read_date(node, spot)) client.observe_until = std::move(*date);
          }};
}

Rule<ValidationServer> code_digits_rule() {
  return {"6 or 8", [](ValidationServer& server, const Node& node, const Spot& spot) {
            if (node.kind == NodeKind::integer && (node.integer == 6 || node.integer == 8))
              server.code_digits = static_cast<int>(node.integer);
            else
              spot.wrong("expected 6 or 8");
          }};
}

Rule<ValidationServer> accounting_rule() {
  return {"one of \"acknowledge\", \"ignore\"",
          [](ValidationServer& server, const Node& node, const Spot& spot) {
            if (node.kind != NodeKind::text || (node.text != "acknowledge" && node.text != "ignore"))
              return spot.wrong("expected one of \"acknowledge\", \"ignore\"");
            server.accounting_acknowledge = node.text == "acknowledge";
          }};
}

void check_client(RadiusClient& client, const Node& table, const Spot& spot) {
  const bool observe = client.message_authenticator == MessageAuthenticatorPolicy::observe;
  if (observe && !table.has("observe_until"))
    spot.key("observe_until", table.line_of("message_authenticator"))
        .wrong(
            "expected a date with message_authenticator = \"observe\": until when this client may go without");
  if (!observe && table.has("observe_until"))
    spot.key("observe_until", table.line_of("observe_until"))
        .wrong("expected only with message_authenticator = \"observe\"");
  if (client.patience() < milliseconds(500))
    spot.key("timeout", table.line_of("timeout"))
        .wrong(fmt::format("expected timeout x tries of at least 1s, found {}",
                           duration_text(client.timeout * client.tries)));
}

std::vector<Key<ValidationServer>> login_keys() {
  return {
      {.name = "name",
       .rule = text(&ValidationServer::name, "name", name_text),
       .example = "\"vpn\"",
       .doc = "How logs and metrics call it.",
       .required = true},
      {.name = "listen",
       .rule = texts(&ValidationServer::listen, "list of addresses with ports", listen_text),
       .example = "[\"0.0.0.0:1812\", \"[::]:1812\"]",
       .doc = "Where RADIUS clients send to, IPv4 and IPv6.",
       .required = true},
      {.name = "mode",
       .rule = choice(&ValidationServer::mode, {{"code", Mode::code},
                                                {"password_code", Mode::password_code},
                                                {"pin_code", Mode::pin_code},
                                                {"challenge", Mode::challenge}}),
       .default_toml = "\"password_code\"",
       .example = "\"code\"",
       .doc = "What the password field holds: the code alone; the password directly followed by the code; the "
              "access PIN, which the service checks, followed by the code; or the password, and the second "
              "factor is asked for in an Access-Challenge."},
      {.name = "code_digits",
       .rule = code_digits_rule(),
       .unit = "digits",
       .default_toml = "6",
       .example = "8",
       .doc = "The length of codes."},
      {.name = "look_up_user",
       .rule = boolean(&ValidationServer::look_up_user),
       .default_toml = "true",
       .example = "false",
       .doc = "In modes code and pin_code: find the user in the user stores first; without it its "
              "prepared form goes to the service."},
      {.name = "user_stores",
       .rule = texts(&ValidationServer::user_stores, "list of names", name_text),
       .default_words = "all, in the file's order",
       .example = "[\"corp\", \"contractors\"]",
       .doc = "Which user stores, in this order."}};
}

std::vector<Key<ValidationServer>> answer_keys() {
  const std::vector<std::pair<std::string, WhenUnreachable>> answers{{"reject", WhenUnreachable::reject},
                                                                     {"silent", WhenUnreachable::silent}};
  return {{.name = "reject_delay",
           .rule = duration(&ValidationServer::reject_delay, milliseconds(0), milliseconds(10'000)),
           .default_toml = "\"1s\"",
           .example = "\"500ms\"",
           .doc = "An Access-Reject leaves no sooner than this after its request came."},
          {.name = "max_logins",
           .rule = integer(&ValidationServer::max_logins, 1, 1'000'000),
           .unit = "logins",
           .default_toml = "20000",
           .example = "5000",
           .doc = "Logins in flight at the same time; at the limit new ones are dropped and counted."},
          {.name = "when_user_store_unreachable",
           .rule = choice(&ValidationServer::when_user_store_unreachable, answers),
           .default_toml = "\"reject\"",
           .example = "\"silent\"",
           .doc = "What a login gets when a user store that has to be asked cannot be. Silence makes many "
                  "clients turn "
                  "away from the whole server."},
          {.name = "when_service_unreachable",
           .rule = choice(&ValidationServer::when_service_unreachable, answers),
           .default_toml = "\"reject\"",
           .example = "\"silent\"",
           .doc = "The same for the authentication service."},
          {.name = "accounting",
           .rule = accounting_rule(),
           .default_toml = "\"ignore\"",
           .example = "\"acknowledge\"",
           .doc = "Answer Accounting-Requests on the port after each listen port, and keep nothing of them."}};
}

std::vector<Key<RadiusClient>> client_keys() {
  return {
      {.name = "name",
       .rule = text(&RadiusClient::name, "name", name_text),
       .example = "\"vpn-gate-1\"",
       .doc = "How logs and metrics call it.",
       .required = true},
      {.name = "addresses",
       .rule = texts(&RadiusClient::addresses, "list of addresses and prefixes", prefix_text),
       .example = "[\"192.0.2.7\", \"2001:db8:7::/48\"]",
       .doc = "Where its packets come from.",
       .required = true},
      {.name = "secret",
       .rule = secret(&RadiusClient::secret, 8),
       .unit = "octets",
       .example = "\"env:VPN_SECRET\"",
       .doc = "The RADIUS shared secret; 16 octets or more are recommended, random ones.",
       .required = true},
      {.name = "message_authenticator",
       .rule = choice(&RadiusClient::message_authenticator, {{"require", MessageAuthenticatorPolicy::require},
                                                             {"observe", MessageAuthenticatorPolicy::observe}}),
       .default_toml = "\"require\"",
       .example = "\"observe\"",
       .doc = "Drop requests without a Message-Authenticator (CVE-2024-3596), or let them in and name them "
              "until a date."},
      {.name = "observe_until",
       .rule = observe_until_rule(),
       .default_words = "required with observe",
       .example = "2027-03-31",
       .doc = "After that day observing is reported as a fault, every day; it never becomes require by "
              "itself."}};
}

std::vector<Key<RadiusClient>> client_habit_keys() {
  return {
      {.name = "join_retries",
       .rule = choice(&RadiusClient::join_retries, {{"same_packet", JoinRetries::same_packet},
                                                    {"same_station", JoinRetries::same_station},
                                                    {"same_login", JoinRetries::same_login}}),
       .default_toml = "\"same_station\"",
       .example = "\"same_login\"",
       .doc = "What counts as another try of a login in flight: the same packet; also the same user, "
              "password "
              "field and Calling-Station-Id; or also without a Calling-Station-Id."},
      {.name = "timeout",
       .rule = duration(&RadiusClient::timeout, milliseconds(100), minutes(2)),
       .default_toml = "\"3s\"",
       .example = "\"5s\"",
       .doc = "How long the client waits for one try: copy it from the client's own settings."},
      {.name = "tries",
       .rule = integer(&RadiusClient::tries, 1, 20),
       .unit = "packets",
       .default_toml = "3",
       .example = "2",
       .doc = "How often the client sends in all. A login is answered within timeout x tries - 500ms."},
      {.name = "shows_challenges",
       .rule = {"true or false", [](RadiusClient& client, const Node& node,
                                    const Spot& spot) { client.shows_challenges = read_boolean(node, spot); }},
       .default_words = "true in mode challenge, else false",
       .example = "true",
       .doc = "Whether the client shows an Access-Challenge to the user and sends the answer."}};
}

std::vector<Key<RadiusClient>> client_disconnect_keys() {
  return {{.name = "disconnect_port",
           .rule = integer(&RadiusClient::disconnect_port, 1, 65'535),
           .unit = "port",
           .default_toml = "3799",
           .example = "1700",
           .doc = "Where the client takes Disconnect-Requests (RFC 5176) of `sallyport continuity review "
                  "--disconnect`."},
          {.name = "disconnect_secret",
           .rule = secret(&RadiusClient::disconnect_secret, 8),
           .unit = "octets",
           .default_words = "secret",
           .example = "\"env:VPN_DISCONNECT_SECRET\"",
           .doc = "The shared secret for Disconnect-Requests, where the client has another one for them."}};
}

}  // namespace

Section<RadiusClient> radius_client_section() {
  auto keys = client_keys();
  for (auto& key : client_habit_keys()) keys.push_back(std::move(key));
  for (auto& key : client_disconnect_keys()) keys.push_back(std::move(key));
  return {
      .doc =
          "Who may ask this validation server. The longest prefix that holds the packet's source address wins.",
      .keys = std::move(keys),
      .children = {},
      .check = check_client};
}

Section<ValidationServer> validation_server_section() {
  auto keys = login_keys();
  for (auto& key : second_factor_keys()) keys.push_back(std::move(key));
  for (auto& key : answer_keys()) keys.push_back(std::move(key));
  for (auto& key : continuity_keys()) keys.push_back(std::move(key));
  return {
      .doc = "A RADIUS server with one way of signing in.",
      .keys = std::move(keys),
      .children = {table("prompts", &ValidationServer::prompts, prompts_section()),
                   tables("reply_attribute", &ValidationServer::reply_attributes, reply_attribute_section()),
                   tables("ladder_for", &ValidationServer::ladders, ladder_for_section()),
                   tables("client", &ValidationServer::clients, radius_client_section())},
      .check = check_validation_server};
}

}  // namespace sallyport::settings
