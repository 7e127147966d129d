// [[continuity.notice]]: the channels of [delivery], with nothing to choose about what they carry.
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

void check_notice(Notice& notice, const Node& table, const Spot& spot) {
  notice.kinds = {DeliveryKind::notice};
  notice.subject = "Sallyport: {headline}";
  notice.body = "{text}";
  check_delivery_channel(notice, table, spot);
  const bool mail = notice.kind == DeliveryChannelKind::smtp;
  if (mail && !table.has("to"))
    spot.key("to", spot.line()).wrong("expected this key: the receivers' mail addresses");
  if (!mail && table.has("to"))
    spot.key("to", table.line_of("to")).wrong("expected only with another kind of channel");
}

std::string_view example_of(const Key<DeliveryChannel>& key) {
  if (key.name == "name") return "\"on-call\"";
  if (key.name == "argv") return "[\"/usr/local/bin/tell-on-call\", \"--now\"]";
  return key.example;
}

}  // namespace

Section<Notice> notice_section() {
  std::vector<Key<Notice>> keys;
  for (auto& key : delivery_way_keys())
    keys.push_back({.name = key.name,
                    .rule = {std::move(key.rule.type), std::move(key.rule.set)},
                    .unit = key.unit,
                    .default_toml = key.default_toml,
                    .default_words = key.default_words,
                    .example = example_of(key),
                    .doc = key.doc,
                    .required = key.required});
  keys.push_back({.name = "to",
                  .rule = texts(&Notice::to, "list of mail addresses", mail_address),
                  .default_words = "required with kind smtp",
                  .example = "[\"security@example.com\"]",
                  .doc = "Who gets the mail."});
  return {.doc =
              "Who is told when business continuity begins and ends, and of its alarms: a program, a webhook "
              "or mail. Any number of them.",
          .keys = std::move(keys),
          .children = {},
          .check = check_notice};
}

}  // namespace sallyport::settings
