// [delivery] and [[delivery.channel]].
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "settings/address.h"
#include "settings/items.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using std::chrono::minutes;

// What a channel of the authentication service may carry; notices have channels of their own.
constexpr std::array kind_words{std::pair{"push", DeliveryKind::push}, std::pair{"sms", DeliveryKind::sms},
                                std::pair{"voice", DeliveryKind::voice},
                                std::pair{"email", DeliveryKind::email}};

Rule<DeliveryChannel> kinds_rule() {
  return {"list of \"push\", \"sms\", \"voice\", \"email\"",
          [](DeliveryChannel& channel, const Node& node, const Spot& spot) {
            const auto known = [](std::string_view word) {
              if (std::ranges::find(kind_words, word, [](const auto& k) {
                    return std::string_view(k.first);
                  }) == kind_words.end())
                return base::Result<void>(base::failure("one of \"push\", \"sms\", \"voice\", \"email\""));
              return base::Result<void>();
            };
            for (const auto& word : read_texts(node, spot, known, false))
              for (const auto& [name, kind] : kind_words)
                if (word == name && std::ranges::find(channel.kinds, kind) == channel.kinds.end())
                  channel.kinds.push_back(kind);
          }};
}

base::Result<void> webhook_url(std::string_view text) {
  if (auto parsed = parse_webhook_url(text); !parsed) return std::unexpected(parsed.error());
  return {};
}

base::Result<void> known_braces(std::string_view text) {
  return words_in_braces(text, {"code", "minutes", "user", "text"});
}

// Of several lines, as TOML's """ gives them.
Rule<DeliveryChannel> body_rule() {
  return {"text of any number of lines", [](DeliveryChannel& channel, const Node& node, const Spot& spot) {
            auto lines = node;
            std::ranges::replace_if(lines.text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
            if (!read_checked_text(lines, spot, known_braces)) return;
            channel.body = node.text;
          }};
}

std::vector<Key<DeliveryChannel>> channel_keys() {
  return {
      {.name = "name",
       .rule = text(&DeliveryChannel::name, "name", name_text),
       .example = "\"sms-gateway\"",
       .doc = "What log lines and metrics call it.",
       .required = true},
      {.name = "kind",
       .rule = choice(&DeliveryChannel::kind, {{"command", DeliveryChannelKind::command},
                                               {"webhook", DeliveryChannelKind::webhook},
                                               {"smtp", DeliveryChannelKind::smtp}}),
       .example = "\"webhook\"",
       .doc = "A program of yours that gets JSON on its standard input, a URL that it is posted to, or mail.",
       .required = true},
      {.name = "kinds",
       .rule = kinds_rule(),
       .example = "[\"sms\", \"voice\"]",
       .doc = "What it carries. Where two channels carry one kind, each of them gets it. smtp: only email.",
       .required = true},
      {.name = "time_limit",
       .rule = duration(&DeliveryChannel::time_limit, milliseconds(1000), minutes(2)),
       .default_toml = "\"10s\"",
       .example = "\"5s\"",
       .doc = "For one attempt; a program that runs longer is killed with all it started."},
      {.name = "at_once",
       .rule = integer(&DeliveryChannel::at_once, 1, 256),
       .unit = "attempts",
       .default_toml = "8",
       .example = "32",
       .doc = "How many attempts may run at the same time."}};
}

std::vector<Key<DeliveryChannel>> hook_keys() {
  return {
      {.name = "argv",
       .rule = texts(&DeliveryChannel::argv, "list of texts, the first an absolute path", any_text),
       .default_words = "required with kind command",
       .example = "[\"/usr/local/bin/send-sms\", \"--fast\"]",
       .doc =
           "The program and its arguments; no shell. Exit code 0: delivered; 65 or 67: refused for good; any "
           "other: tried again."},
      {.name = "url",
       .rule = text(&DeliveryChannel::url, "https URL, or http to loopback", webhook_url),
       .default_words = "required with kind webhook",
       .example = "\"https://hooks.example.com/sallyport\"",
       .doc = "Where each delivery is posted to. 2xx: delivered; 4xx but 408 and 429: refused for good; any "
              "other: "
              "tried again."},
      {.name = "bearer_token",
       .rule = secret(&DeliveryChannel::bearer_token),
       .default_words = "none",
       .example = "\"env:HOOK_TOKEN\"",
       .doc = "Sent as `Authorization: Bearer …`; kind webhook."},
      {.name = "signature_key",
       .rule = secret(&DeliveryChannel::signature_key, 16),
       .default_words = "none",
       .example = "\"file:hook.key\"",
       .doc = "Makes the field `Sallyport-Signature: sha256=…`, HMAC-SHA256 of the body in hexadecimal; kind "
              "webhook."},
      {.name = "ca_file",
       .rule = path(&DeliveryChannel::ca_file),
       .default_words = "the system's",
       .example = "\"hooks-ca.pem\"",
       .doc = "Who may have signed the server's certificate; kinds webhook and smtp."}};
}

std::vector<Key<DeliveryChannel>> mail_keys() {
  return {{.name = "host",
           .rule = text(&DeliveryChannel::host, "host name or address", host_text),
           .default_words = "required with kind smtp",
           .example = "\"mail.example.com\"",
           .doc = "The mail server."},
          {.name = "port",
           .rule = integer(&DeliveryChannel::port, 1, 65535),
           .default_toml = "587",
           .default_words = "`587`; `465` for tls, `25` for none",
           .example = "2525",
           .doc = "Its port."},
          {.name = "security",
           .rule = choice(&DeliveryChannel::security, {{"starttls", MailSecurity::starttls},
                                                       {"tls", MailSecurity::tls},
                                                       {"none", MailSecurity::none}}),
           .default_toml = "\"starttls\"",
           .example = "\"tls\"",
           .doc = "starttls: nothing is sent to a server that has none. none: to a host on loopback only."},
          {.name = "user",
           .rule = text(&DeliveryChannel::user, "text", filled_text),
           .default_words = "none",
           .example = "\"sallyport\"",
           .doc = "Who signs in to the mail server; kind smtp."},
          {.name = "password",
           .rule = secret(&DeliveryChannel::password),
           .default_words = "none",
           .example = "\"env:MAIL_PASSWORD\"",
           .doc = "The password for that."},
          {.name = "from",
           .rule = text(&DeliveryChannel::from, "mail address", mail_address),
           .default_words = "required with kind smtp",
           .example = "\"sallyport@example.com\"",
           .doc = "The sender."},
          {.name = "subject",
           .rule = text(&DeliveryChannel::subject, "text", known_braces),
           .default_toml = "\"Your security code\"",
           .example = "\"Code for {user}\"",
           .doc = "The subject; {code}, {minutes}, {user} and {text} are filled in."},
          {.name = "body",
           .rule = body_rule(),
           .default_toml = "\"Your security code is {code}. It is good for {minutes} minutes.\"",
           .example = "\"{code}\"",
           .doc = "The words of the message, filled in the same way."}};
}

// Keys of another kind in a table are a mistake that would go unnoticed.
void refuse_keys_of_others(DeliveryChannelKind kind, const Node& table, const Spot& spot) {
  struct Owned {
    std::string_view key;
    bool command, webhook, smtp;
  };
  constexpr std::array<Owned, 13> owned{{{"argv", true, false, false},
                                         {"url", false, true, false},
                                         {"bearer_token", false, true, false},
                                         {"signature_key", false, true, false},
                                         {"ca_file", false, true, true},
                                         {"host", false, false, true},
                                         {"port", false, false, true},
                                         {"security", false, false, true},
                                         {"user", false, false, true},
                                         {"password", false, false, true},
                                         {"from", false, false, true},
                                         {"subject", false, false, true},
                                         {"body", false, false, true}}};
  for (const auto& each : owned) {
    const bool mine = kind == DeliveryChannelKind::command   ? each.command
                      : kind == DeliveryChannelKind::webhook ? each.webhook
                                                             : each.smtp;
    if (!mine && table.has(each.key))
      spot.key(each.key, table.line_of(each.key)).wrong("expected only with another kind of channel");
  }
}

void need(const Node& table, const Spot& spot, std::string_view key, std::string_view what) {
  if (!table.has(key)) spot.key(key, spot.line()).wrong(fmt::format("expected this key: {}", what));
}

void check_mail(DeliveryChannel& channel, const Node& table, const Spot& spot) {
  need(table, spot, "host", "the mail server");
  need(table, spot, "from", "the sender's mail address");
  if (!table.has("port") && channel.security != MailSecurity::starttls)
    channel.port = channel.security == MailSecurity::tls ? 465 : 25;
  if (std::ranges::any_of(
          channel.kinds, [](auto kind) { return kind != DeliveryKind::email && kind != DeliveryKind::notice; }))
    spot.key("kinds", table.line_of("kinds")).wrong("expected [\"email\"] for a channel of kind smtp");
  if (channel.security == MailSecurity::none && !is_loopback(channel.host))
    spot.key("security", table.line_of("security"))
        .wrong("expected \"starttls\" or \"tls\": it would all cross the network in clear text");
  if (table.has("user") != table.has("password"))
    spot.key("password", table.line_of("password")).wrong("expected user and password together");
}

void check_delivery(Delivery& delivery, const Node& table, const Spot& spot) {
  if (delivery.retry_most < delivery.retry_first)
    spot.key("retry_most", table.line_of("retry_most"))
        .wrong(fmt::format("expected at least retry_first ({})", duration_text(delivery.retry_first)));
  refuse_names_twice(delivery.channels, table, "channel", spot);
}

Section<DeliveryChannel> channel_section() {
  auto keys = channel_keys();
  for (auto& key : hook_keys()) keys.push_back(std::move(key));
  for (auto& key : mail_keys()) keys.push_back(std::move(key));
  return {.doc =
              "One way out: a program, a webhook or a mail server. What waits already at a reload goes on as "
              "it began, with the "
              "channel's earlier settings.",
          .keys = std::move(keys),
          .children = {},
          .check = check_delivery_channel};
}

}  // namespace

base::Result<void> mail_address(std::string_view text) {
  const auto at = text.rfind('@');
  const bool good = at != std::string_view::npos && at > 0 && text.size() <= 254 &&
                    text.find_first_of(" <>(),;:\\\"[]") == std::string_view::npos &&
                    std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }) &&
                    host_text(text.substr(at + 1)).has_value();
  if (!good) return base::failure("a mail address, like \"sallyport@example.com\"");
  return {};
}

void check_delivery_channel(DeliveryChannel& channel, const Node& table, const Spot& spot) {
  refuse_keys_of_others(channel.kind, table, spot);
  if (channel.kind == DeliveryChannelKind::smtp) check_mail(channel, table, spot);
  if (channel.kind == DeliveryChannelKind::webhook) need(table, spot, "url", "where deliveries are posted to");
  if (channel.kind != DeliveryChannelKind::command) return;
  need(table, spot, "argv", "the program and its arguments");
  if (!channel.argv.empty() && !channel.argv.front().starts_with('/'))
    spot.key("argv", table.line_of("argv")).wrong("expected the absolute path of a program first");
}

std::vector<Key<DeliveryChannel>> delivery_way_keys() {
  auto keys = channel_keys();
  for (auto& key : hook_keys()) keys.push_back(std::move(key));
  for (auto& key : mail_keys()) keys.push_back(std::move(key));
  std::erase_if(keys, [](const auto& key) {
    return key.name == "kinds" || key.name == "at_once" || key.name == "subject" || key.name == "body";
  });
  return keys;
}

std::string_view to_string(DeliveryKind kind) {
  for (const auto& [word, each] : kind_words)
    if (each == kind) return word;
  return "notice";
}

base::Result<WebhookUrl> parse_webhook_url(std::string_view text) {
  const auto wrong = [] {
    return base::failure(
        "a URL like \"https://hooks.example.com/sallyport\" (https, or http to localhost; no user, no "
        "fragment)");
  };
  constexpr std::string_view secure = "https://", plain = "http://", foreign = "#@\\\"<>^`{|}";
  WebhookUrl url;
  url.tls = text.starts_with(secure);
  if (!url.tls && !text.starts_with(plain)) return wrong();
  for (const char c : text)
    if (c <= 0x20 || c >= 0x7f || foreign.find(c) != std::string_view::npos) return wrong();
  text.remove_prefix(url.tls ? secure.size() : plain.size());
  const auto host = parse_host_port(text.substr(0, text.find_first_of("/?")));
  if (!host || (!url.tls && !is_loopback(host->host))) return wrong();
  url.host = host->host;
  url.port = host->port != 0 ? host->port : static_cast<std::uint16_t>(url.tls ? 443 : 80);
  return url;
}

Section<Delivery> delivery_section() {
  return {
      .doc =
          "How codes and pushes leave the service. They wait in memory only, no longer than they are good for.",
      .keys = {{.name = "queue_limit",
                .rule = integer(&Delivery::queue_limit, 1, 1'000'000),
                .unit = "deliveries a channel",
                .default_toml = "10000",
                .example = "1000",
                .doc = "How many may wait; when more come, those go first whose time is over first."},
               {.name = "retry_first",
                .rule = duration(&Delivery::retry_first, milliseconds(100), minutes(10)),
                .default_toml = "\"1s\"",
                .example = "\"500ms\"",
                .doc = "The pause after a first failure; it doubles with each further one."},
               {.name = "retry_most",
                .rule = duration(&Delivery::retry_most, milliseconds(100), minutes(60)),
                .default_toml = "\"30s\"",
                .example = "\"10s\"",
                .doc = "The longest pause."}},
      .children = {tables("channel", &Delivery::channels, channel_section())},
      .check = check_delivery};
}

}  // namespace sallyport::settings
