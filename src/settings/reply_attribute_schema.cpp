// [[validation_server.reply_attribute]]: what an Access-Accept carries besides its reason.
#include <fmt/format.h>

#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

// Whether RADIUS knows the name, and whether a reply may carry it, is for room `server` to say.
void check(ReplyAttribute& attribute, const Node& table, const Spot& spot) {
  const bool named = table.has("name"), by_number = table.has("vendor") || table.has("number");
  if (named == by_number || table.has("vendor") != table.has("number"))
    spot.wrong("expected either name, or vendor and number");
  if (named && table.has("type"))
    spot.key("type", table.line_of("type")).wrong("expected only with vendor and number: a name has its type");
  if (table.has("value") == table.has("from")) spot.wrong("expected either value or from");
  (void)attribute;
}

}  // namespace

Section<ReplyAttribute> reply_attribute_section() {
  return {
      .doc =
          "An attribute of every Access-Accept: a fixed value, or the values of an LDAP attribute of the user; "
          "for all, or for members of a group.",
      .keys = {{.name = "name",
                .rule = text(&ReplyAttribute::name, "name of the standard", filled_text),
                .default_words = "or vendor and number",
                .example = "\"Filter-Id\"",
                .doc = "A standard attribute: User-Name, Service-Type, Framed-Protocol, Framed-IP-Address, "
                       "Framed-IP-Netmask, Filter-Id, Framed-MTU, Login-IP-Host, Login-Service, Framed-Route, "
                       "Class, Session-Timeout, Idle-Timeout, Termination-Action, Port-Limit, Tunnel-Type, "
                       "Tunnel-Medium-Type, Tunnel-Private-Group-ID, Acct-Interim-Interval, Framed-Pool, "
                       "Framed-IPv6-Route, Framed-IPv6-Pool, Framed-IPv6-Address. Others by vendor and "
                       "number. Those of a tunnel are sent without a tag."},
               {.name = "vendor",
                .rule = integer(&ReplyAttribute::vendor, 1, 16'777'215),
                .unit = "enterprise number",
                .default_words = "none",
                .example = "9",
                .doc = "A vendor's attribute (RFC 2865 section 5.26), with number."},
               {.name = "number",
                .rule = integer(&ReplyAttribute::number, 1, 255),
                .default_words = "none",
                .example = "1",
                .doc = "Its number in the vendor's list."},
               {.name = "type",
                .rule = choice(&ReplyAttribute::kind, {{"text", ReplyKind::text},
                                                       {"integer", ReplyKind::integer},
                                                       {"ipv4", ReplyKind::ipv4},
                                                       {"ipv6", ReplyKind::ipv6},
                                                       {"octets", ReplyKind::octets}}),
                .default_toml = "\"text\"",
                .example = "\"integer\"",
                .doc = "What a vendor's attribute holds; octets are written in hexadecimal."},
               {.name = "value",
                .rule = text(&ReplyAttribute::value, "text", filled_text),
                .default_words = "or from",
                .example = "\"staff\"",
                .doc = "A fixed value."},
               {.name = "from",
                .rule = text(&ReplyAttribute::from, "LDAP attribute", name_text),
                .default_words = "or value",
                .example = "\"department\"",
                .doc = "The values of this attribute of the user's entry, one each, in the directory's order."},
               {.name = "group",
                .rule = text(&ReplyAttribute::group, "DN", filled_text),
                .default_words = "for everybody",
                .example = "\"cn=staff,ou=groups,dc=example,dc=com\"",
                .doc = "Only for members of this group; members of groups in it count."}},
      .children = {},
      .check = check};
}

}  // namespace sallyport::settings
