// Of [[validation_server]]: the second factor where no code was typed, and what the user is shown. And the
// gateway's [guard] and [cluster].
#include <fmt/format.h>

#include <algorithm>

#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using std::chrono::hours;

// A list of words out of a few, each once.
template <class E>
Rule<ValidationServer> words_rule(std::vector<E> ValidationServer::* member,
                                  std::vector<std::pair<std::string_view, E>> words, bool may_be_empty) {
  std::string list;
  for (const auto& [word, value] : words) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
  return {"list of " + list,
          [=, words = std::move(words)](ValidationServer& server, const Node& node, const Spot& spot) {
            auto& into = server.*member;
            into.clear();
            const auto known = [&](std::string_view text) -> base::Result<void> {
              if (std::ranges::any_of(words, [&](const auto& one) { return one.first == text; })) return {};
              return base::failure("one of " + list);
            };
            for (const auto& text : read_texts(node, spot, known, may_be_empty)) {
              const auto value =
                  std::ranges::find(words, text, [](const auto& one) { return one.first; })->second;
              if (std::ranges::find(into, value) != into.end())
                spot.wrong(fmt::format("expected \"{}\" only once", text));
              else
                into.push_back(value);
            }
          }};
}

// Into a Reply-Message or a push, beside what is filled in: once, as prompts.cpp of room `server` does it.
base::Result<void> shown_text(std::string_view text, std::size_t most,
                              std::initializer_list<std::string_view> word) {
  if (text.empty() || text.size() > most) return base::failure(fmt::format("a text of 1 to {} octets", most));
  if (auto known = words_in_braces(text, word); !known) return known;
  if (std::ranges::count(text, '{') > 1) return base::failure(fmt::format("{{{}}} only once", *word.begin()));
  return {};
}

enum class Filled { nothing, maybe, always };

Key<Prompts> prompt(std::string_view name, std::string Prompts::* member, std::string_view value,
                    std::string_view doc, Filled filled = Filled::nothing, std::string_view word = "") {
  const auto check = [=](std::string_view text) -> base::Result<void> {
    if (filled == Filled::nothing) return shown_text(text, 200, {});
    if (auto shown = shown_text(text, 200, {word}); !shown) return shown;
    if (filled == Filled::always && text.find('{') == std::string_view::npos)
      return base::failure(fmt::format("{{{}}} in the text: without it nobody can answer", word));
    return {};
  };
  return {
      .name = name, .rule = text(member, "text", check), .default_toml = value, .example = value, .doc = doc};
}

base::Result<void> push_title_text(std::string_view text) { return shown_text(text, 30, {}); }
base::Result<void> push_text_text(std::string_view text) { return shown_text(text, 70, {}); }

Rule<Cluster> old_keys_rule() {
  return {"list of secrets of at least 16 octets", [](Cluster& cluster, const Node& node, const Spot& spot) {
            if (node.kind != NodeKind::array) return spot.wrong("expected a list of secrets");
            for (std::size_t i = 0; i < node.items.size(); ++i) {
              const auto here = spot.item(i, node.items[i].line);
              auto value = read_secret(node.items[i], here);
              if (!value) continue;
              if (value->size() < 16) here.wrong("expected a secret of at least 16 octets");
              cluster.old_keys.push_back(std::move(*value));
            }
          }};
}

Rule<ValidationServer> asks_which_rule() {
  return {"one of \"ask\", \"first\"", [](ValidationServer& server, const Node& node, const Spot& spot) {
            if (node.kind != NodeKind::text || (node.text != "ask" && node.text != "first"))
              return spot.wrong("expected one of \"ask\", \"first\"");
            server.asks_which = node.text == "ask";
          }};
}

constexpr auto required_groups_doc =
    "Only members of one of these groups get in; members of groups in them count. A user of a file is in those "
    "of its `@group:` lines; of a file without such lines nobody gets in.";

}  // namespace

std::vector<Key<ValidationServer>> second_factor_keys() {
  return {
      {.name = "methods",
       .rule = words_rule(&ValidationServer::methods,
                          {{"code", Method::code},
                           {"push", Method::push},
                           {"sms", Method::sms},
                           {"voice", Method::voice},
                           {"email", Method::email}},
                          false),
       .default_toml = "[\"push\", \"code\"]",
       .example = "[\"code\", \"push\", \"sms\"]",
       .doc =
           "How a user may prove the second factor who typed no code with the password (password_code, "
           "challenge), in this order: a push to the phone, a code typed or sent. All but a push need a client "
           "that shows challenges; \"email\" needs `service.api = \"1.10\"`."},
      {.name = "when_several",
       .rule = asks_which_rule(),
       .default_toml = "\"ask\"",
       .example = "\"first\"",
       .doc = "A user who has several methods gets a choice, or the first of `methods` at once."},
      {.name = "second_factor_first",
       .rule = boolean(&ValidationServer::second_factor_first),
       .default_toml = "false",
       .example = "true",
       .doc =
           "In mode password_code: verify the code before the password is tried, so that who sprays passwords "
           "locks nobody out at the directory. Logins without a code are refused then. Wrong codes count at "
           "the "
           "authentication service, as they do in mode code: who knows no more than names can lock credentials "
           "there, after as many as its own limit says."},
      {.name = "push_life",
       .rule = duration(&ValidationServer::push_life, milliseconds(10'000), minutes(5)),
       .default_toml = "\"60s\"",
       .example = "\"90s\"",
       .doc = "How long a push may be answered where the client shows challenges; elsewhere it ends with the "
              "client's patience."},
      {.name = "challenge_life",
       .rule = duration(&ValidationServer::challenge_life, minutes(1), minutes(60)),
       .default_toml = "\"5m\"",
       .example = "\"3m\"",
       .doc = "How long a challenge may be answered."},
      {.name = "required_groups",
       .rule = texts(&ValidationServer::required_groups, "list of DNs", filled_text, true),
       .default_words = "none",
       .example = "[\"cn=vpn,ou=groups,dc=example,dc=com\"]",
       .doc = required_groups_doc},
      {.name = "tell_user",
       .rule = words_rule(&ValidationServer::tell_user,
                          {{"password_expired", Told::password_expired},
                           {"password_must_change", Told::password_must_change},
                           {"account_disabled", Told::account_disabled},
                           {"account_locked", Told::account_locked},
                           {"account_expired", Told::account_expired}},
                          true),
       .default_words = "none",
       .example = "[\"password_expired\", \"password_must_change\"]",
       .doc = "Which of these the user sees a reason of its own for; whoever tries names sees it too."}};
}

Section<Prompts> prompts_section() {
  return {
      .doc = "What the user is shown, as Reply-Message of an Access-Challenge and on the phone.",
      .keys = {prompt("code", &Prompts::code, "\"Enter your security code\"", "Asks for a code."),
               prompt("sent", &Prompts::sent, "\"Enter the code sent to {destination}\"",
                      "Asks for a code that was sent; {destination} is masked.", Filled::maybe, "destination"),
               prompt("choice", &Prompts::choice, "\"Enter a security code, or choose: {choices}\"",
                      "Asks which method; {choices} becomes \"1 push, 2 SMS to ***67\", and must be there.",
                      Filled::always, "choices"),
               prompt("push", &Prompts::push,
                      "\"Approve the request on your phone, then continue; or enter a security code\"",
                      "While a push is waiting."),
               prompt("number", &Prompts::number, "\"Choose {number} on your phone, then continue\"",
                      "While a push with a number is waiting; {number} must be there.", Filled::always,
                      "number"),
               {.name = "push_title",
                .rule = text(&Prompts::push_title, "text of at most 30 octets", push_title_text),
                .default_toml = "\"Sign-in request\"",
                .example = "\"Example VPN\"",
                .doc = "The title on the phone."},
               {.name = "push_text",
                .rule = text(&Prompts::push_text, "text of at most 70 octets", push_text_text),
                .default_toml = "\"Is it you who signs in?\"",
                .example = "\"Sign in to the VPN?\"",
                .doc = "The text on the phone, and in its list of notifications."}},
      .children = {},
      .check = {}};
}

Section<Guard> guard_section() {
  return {
      .doc =
          "The guard against guessing. Wrong passwords, wrong codes and denied pushes count; a user or client "
          "over a limit is refused before anything is asked, with the usual reason.",
      .keys = {{.name = "user_failures",
                .rule = integer(&Guard::user_failures, 0, 100),
                .unit = "failures",
                .default_toml = "20",
                .example = "10",
                .doc =
                    "How often one user may fail in `user_time`, logins under way included; 0 for no limit."},
               {.name = "user_time",
                .rule = duration(&Guard::user_time, milliseconds(1000), hours(24)),
                .default_toml = "\"10m\"",
                .example = "\"30m\"",
                .doc = "One failure is forgotten after each `user_time` / `user_failures`."},
               {.name = "client_failures",
                .rule = integer(&Guard::client_failures, 0, 1'000'000),
                .unit = "failures",
                .default_toml = "0",
                .example = "1000",
                .doc = "The same for one RADIUS client, unknown users included; 0 for no limit. All its users "
                       "are refused while it is over the limit."},
               {.name = "client_time",
                .rule = duration(&Guard::client_time, milliseconds(1000), hours(24)),
                .default_toml = "\"1m\"",
                .example = "\"5m\"",
                .doc = "As `user_time`."},
               {.name = "in_a_row",
                .rule = integer(&Guard::in_a_row, 0, 100),
                .unit = "failures",
                .default_toml = "100",
                .example = "50",
                .doc =
                    "So many failures of a user without a success between block that user, however slow they "
                    "come (NIST SP 800-63B: at most 100); 0 for no limit."},
               {.name = "pause_after_row",
                .rule = duration(&Guard::pause_after_row, minutes(1), hours(24 * 30)),
                .default_toml = "\"1d\"",
                .example = "\"1h\"",
                .doc = "How long, counted from the last failure."}},
      .children = {},
      .check = {}};
}

Section<Cluster> cluster_section() {
  return {
      .doc = "What the gateways of one site have in common.",
      .keys =
          {{.name = "key",
            .rule = secret(&Cluster::key, 16),
            .default_words = "required where a client shows challenges",
            .example = "\"file:cluster.key\"",
            .doc = "Seals what a RADIUS client carries from a challenge to its answer (`openssl rand -hex 32` "
                   "makes one). The same on every gateway, so that any of them can finish what another began."},
           {.name = "old_keys",
            .rule = old_keys_rule(),
            .default_words = "none",
            .example = "[\"file:cluster.key.old\"]",
            .doc = "Earlier keys that still open challenges: keep one for `challenge_life` after a change."}},
      .children = {},
      .check = {}};
}

}  // namespace sallyport::settings
