// [continuity], and of [[validation_server]] what is let in while the authentication service is lost.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "settings/items.h"
#include "settings/rules.h"
#include "settings/sections.h"
#include "settings/user_store_texts.h"

namespace sallyport::settings {
namespace {

using std::chrono::hours;

constexpr std::array rung_words{std::pair{"any_code", Rung::any_code},
                                std::pair{"recent_success", Rung::recent_success},
                                std::pair{"deny", Rung::deny}, std::pair{"silent", Rung::silent}};
constexpr std::array mode_words{std::pair{"disabled", ContinuityMode::disabled},
                                std::pair{"automatic", ContinuityMode::automatic},
                                std::pair{"enabled", ContinuityMode::enabled}};
constexpr std::size_t socket_path_limit = 107;  // octets; of sockaddr_un, without the NUL

base::Result<void> rung_text(std::string_view word) {
  if (word == "verified_code")
    return base::failure("another rung: verified_code needs codes that no service hands out yet");
  const auto known = [&](const auto& one) { return one.first == word; };
  if (std::ranges::any_of(rung_words, known)) return {};
  return base::failure(R"(one of "any_code", "recent_success", "deny", "silent")");
}

base::Result<void> canary_text(std::string_view id) {
  const bool good =
      !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!good) return base::failure("a user id of 1 to 128 letters, digits and signs without spaces");
  return {};
}

bool decides_all(Rung rung) { return rung == Rung::deny || rung == Rung::silent; }

// A rung that is never reached looks like a check that is made.
void add_rung(std::vector<Rung>& ladder, Rung rung, const Spot& spot) {
  for (const auto before : ladder) {
    if (before == rung) return spot.wrong(fmt::format("expected \"{}\" only once", to_string(rung)));
    if (decides_all(before) || (before == Rung::any_code && rung == Rung::recent_success))
      return spot.wrong(fmt::format("expected \"{}\" before \"{}\", behind which it is never reached",
                                    to_string(rung), to_string(before)));
  }
  ladder.push_back(rung);
}

template <class T>
Rule<T> ladder_rule(std::vector<Rung> T::* member) {
  return {R"(list of "any_code", "recent_success", "deny", "silent")",
          [=](T& into, const Node& node, const Spot& spot) {
            std::vector<Rung> ladder;
            for (const auto& word : read_texts(node, spot, rung_text, false))
              for (const auto& [text, rung] : rung_words)
                if (word == text) add_rung(ladder, rung, spot);
            into.*member = std::move(ladder);
          }};
}

std::vector<Key<ValidationServer>> ladder_keys() {
  return {
      {.name = "continuity",
       .rule = choice(&ValidationServer::continuity, {mode_words.begin(), mode_words.end()}),
       .default_toml = "\"disabled\"",
       .example = "\"automatic\"",
       .doc =
           "Business continuity: whether the ladder stands in for the second factor while the authentication "
           "service is lost. `automatic`: the gateway finds out by itself when that is so. `enabled`: "
           "always, whether the service answers or not. `sallyport continuity` overrides it for a time."},
      {.name = "ladder",
       .rule = ladder_rule(&ValidationServer::ladder),
       .default_words = "`[\"any_code\"]`; `[\"deny\"]` in mode pin_code; see the last sentence",
       .example = "[\"recent_success\", \"deny\"]",
       .doc = "What stands in for the second factor, beside a good first factor; the first rung that can "
              "decide does. `any_code`: any digits of a code's length. `recent_success`: the same, for a user "
              "who has signed in with both factors in the last `recent_days` through the same RADIUS client "
              "and with the same Calling-Station-Id. `deny`: reject. `silent`: no answer, so that the client "
              "asks another gateway. Mode pin_code: only deny and silent, for the PIN is the service's. Mode "
              "code with look_up_user = false: these two only, unless first_factor_elsewhere is true; one must "
              "be given there, or is deny while `continuity` is disabled."},
      {.name = "recent_days",
       .rule = {"whole number, 1 to 90",
                [](ValidationServer& server, const Node& node, const Spot& spot) {
                  if (const auto value = read_integer(node, spot, 1, 90))
                    server.recent_days = std::chrono::days(*value);
                }},
       .unit = "days",
       .default_toml = "7",
       .example = "14",
       .doc = "How long a login with both factors counts as recent."},
      {.name = "continuity_excluded_groups",
       .rule = texts(&ValidationServer::continuity_excluded_groups, "list of DNs", filled_text, true),
       .default_words = "none",
       .example = "[\"cn=admins,ou=groups,dc=example,dc=com\"]",
       .doc = "Members get `deny`, whatever the ladders say; members of groups in them count. Whether a "
              "group is there is not checked: one that is misspelt excludes nobody. `sallyport rehearse` shows "
              "who gets `deny`."},
      {.name = "first_factor_elsewhere",
       .rule = boolean(&ValidationServer::first_factor_elsewhere),
       .default_toml = "false",
       .example = "true",
       .doc = "In mode code with look_up_user = false: the RADIUS client itself has checked a password before "
              "it asks. Without this, any_code and recent_success are refused there: they would let in "
              "whoever types digits."}};
}

std::vector<Key<ValidationServer>> limit_keys() {
  return {
      {.name = "continuity_limit",
       .rule = duration(&ValidationServer::continuity_limit, milliseconds(0), hours(24 * 7)),
       .default_toml = "\"0s\"",
       .example = "\"4h\"",
       .doc = "How long one outage may be bridged, from its first `continuity` to the next `normal`; then no "
              "rung lets anybody in. 0s for no limit. It does not hold where `continuity` is enabled, by hand "
              "or here."},
      {.name = "continuity_logins_per_user",
       .rule = integer(&ValidationServer::continuity_logins_per_user, 0, 1'000'000),
       .unit = "logins",
       .default_toml = "0",
       .example = "20",
       .doc = "How often one user gets in during one outage; then no rung lets them in. 0 for no limit."},
      {.name = "continuity_logins_alarm",
       .rule = integer(&ValidationServer::continuity_logins_alarm, 0, 1'000'000'000),
       .unit = "logins",
       .default_toml = "0",
       .example = "1000",
       .doc = "How many logins of one outage raise an alarm; none is refused for it. 0 for no alarm."},
      {.name = "continuity_class",
       .rule = boolean(&ValidationServer::continuity_class),
       .default_toml = "false",
       .example = "true",
       .doc = "Say the rung in a Class attribute of the Access-Accept (`sallyport-continuity:any_code`), so "
              "that it "
              "stands in the client's accounting."},
      {.name = "continuity_session_timeout",
       .rule = duration(&ValidationServer::continuity_session_timeout, milliseconds(0), hours(24 * 7)),
       .default_toml = "\"0s\"",
       .example = "\"2h\"",
       .doc = "The longest Session-Timeout of an Access-Accept by a rung: the user signs in again after it. "
              "0s for none of its own."}};
}

void check_ladder_for(LadderFor& ladder, const Node& table, const Spot& spot) {
  if (table.has("group") == (table.has("attribute") || table.has("value")) ||
      table.has("attribute") != table.has("value"))
    spot.wrong("expected either group, or attribute and value");
  (void)ladder;
}

std::vector<Key<Continuity>> monitor_keys() {
  return {
      {.name = "profile",
       .rule = choice(&Continuity::profile, {{"article", Continuity::article}, {"strict", Continuity::strict}}),
       .default_toml = "\"article\"",
       .example = "\"strict\"",
       .doc = "Whether an expired certificate, ours or the service's, counts as an outage (`article`) or only "
              "raises an alarm (`strict`). [continuity.causes] says more."},
      {.name = "worry",
       .rule = duration(&Continuity::worry, milliseconds(100), milliseconds(4000)),
       .default_toml = "\"1s\"",
       .example = "\"1500ms\"",
       .doc =
           "A login that has waited so long for the service makes the gateway probe it at once; one that asked "
           "before the last answer, so long after that answer. Where answers are slow anyway, it is four "
           "times what most of them take, at most 4s."},
      {.name = "threshold",
       .rule = duration(&Continuity::threshold, milliseconds(1000), milliseconds(12'000)),
       .default_toml = "\"5s\"",
       .example = "\"8s\"",
       .doc = "For how long every probe must have failed before continuity begins."},
      {.name = "probe_interval",
       .rule = duration(&Continuity::probe_interval, milliseconds(1000), std::chrono::minutes(5)),
       .default_toml = "\"10s\"",
       .example = "\"30s\"",
       .doc =
           "How often the service is probed while all is well; a gateway without traffic knows of an outage "
           "by these. In doubt it is every second, and at most that often while logins fail that asked before "
           "others were answered."},
      {.name = "canary_user",
       .rule = text(&Continuity::canary_user, "user id", canary_text),
       .default_words = "none",
       .example = "\"sallyport-canary\"",
       .doc =
           "A user id that must not exist at the service. Its code is verified with each probe, and must be "
           "refused (6003 is usual, any refusal will do): it shows that the service really verifies, and that "
           "nothing says yes to everything."}};
}

std::vector<Key<Continuity>> place_keys() {
  return {{.name = "folder",
           .rule = path(&Continuity::folder),
           .default_words = "required as soon as a server's `continuity` is automatic or enabled",
           .example = "\"/var/lib/sallyport/continuity\"",
           .doc = "An existing folder that belongs to the gateway's user and nobody else may enter (0700): "
                  "what is known of the service, recent successes, and the record of all who were let in."},
          {.name = "control_socket",
           .rule = path(&Continuity::control_socket),
           .default_words = "`control` in `folder`",
           .example = "\"/run/sallyport/control\"",
           .doc = "The Unix socket by which `sallyport continuity` and `sallyport status` reach the gateway; "
                  "only its user and root may."},
          {.name = "auditor_certificate_file",
           .rule = path(&Continuity::auditor_certificate_file),
           .default_words = "none",
           .example = "\"auditor.pem\"",
           .doc = "PEM. The record's first keys are sealed to it, so that not even root of this machine can "
                  "rewrite what is recorded without being found out. Without it they lie beside the record."}};
}

void check_monitor(Continuity& continuity, const Node& table, const Spot& spot) {
  const auto here = [&](std::string_view key) { return spot.key(key, table.line_of(key)); };
  if (continuity.worry >= continuity.threshold)
    here(table.has("worry") ? "worry" : "threshold")
        .wrong(fmt::format("expected worry ({}) below threshold ({})", duration_text(continuity.worry),
                           duration_text(continuity.threshold)));
  if (const auto path = control_socket_of(continuity); path.size() > socket_path_limit)
    here(table.has("control_socket") ? "control_socket" : "folder")
        .wrong(fmt::format("expected a path of the control socket of at most {} octets, found {}: {}",
                           socket_path_limit, path.size(), path));
  refuse_names_twice(continuity.notices, table, "notice", spot);
}

}  // namespace

std::string_view to_string(ContinuityMode mode) {
  return std::ranges::find(mode_words, mode, [](const auto& one) { return one.second; })->first;
}

std::string_view to_string(Rung rung) {
  return std::ranges::find(rung_words, rung, [](const auto& one) { return one.second; })->first;
}

std::string control_socket_of(const Continuity& continuity) {
  if (!continuity.control_socket.empty() || continuity.folder.empty()) return continuity.control_socket;
  return continuity.folder + (continuity.folder.ends_with('/') ? "control" : "/control");
}

std::vector<Key<ValidationServer>> continuity_keys() {
  auto keys = ladder_keys();
  for (auto& key : limit_keys()) keys.push_back(std::move(key));
  return keys;
}

Section<LadderFor> ladder_for_section() {
  return {.doc =
              "Another ladder for some users: the first table that fits, in the file's order, wins over "
              "`ladder`. Where it cannot be told whether one fits, the strictest ladder of the server "
              "decides.",
          .keys = {{.name = "group",
                    .rule = text(&LadderFor::group, "DN", filled_text),
                    .default_words = "or attribute and value",
                    .example = "\"cn=admins,ou=groups,dc=example,dc=com\"",
                    .doc = "For members of this group; members of groups in it count. One that is "
                           "misspelt fits nobody."},
                   {.name = "attribute",
                    .rule = text(&LadderFor::attribute, "attribute", attribute_text),
                    .default_words = "or group",
                    .example = "\"employeeType\"",
                    .doc = "For users whose entry has this attribute with this value, in whatever case."},
                   {.name = "value",
                    .rule = text(&LadderFor::value, "text", filled_text),
                    .default_words = "with attribute",
                    .example = "\"contractor\"",
                    .doc = "That value."},
                   {.name = "ladder",
                    .rule = ladder_rule(&LadderFor::ladder),
                    .example = "[\"deny\"]",
                    .doc = "Their ladder, as `ladder` of the server.",
                    .required = true}},
          .children = {},
          .check = check_ladder_for};
}

Section<Continuity> continuity_section() {
  auto keys = monitor_keys();
  for (auto& key : place_keys()) keys.push_back(std::move(key));
  return {.doc =
              "How the loss of the authentication service is found out, and where that is kept. Which logins "
              "get in then is a matter of each validation server.",
          .keys = std::move(keys),
          .children = {causes_table(), tables("notice", &Continuity::notices, notice_section())},
          .check = check_monitor};
}

}  // namespace sallyport::settings
