#include "app/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "app/listing.h"

namespace sallyport::app {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string joined(std::string_view first, std::string_view between, const std::string& second) {
  if (second.empty()) return std::string(first);
  return first.empty() ? second : fmt::format("{}{}{}", first, between, second);
}

std::string milliseconds_text(const boost::json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  if (value == nullptr || !value->is_number()) return {};
  return fmt::format("{:.1f} s", value->to_number<double>() / 1000);
}

bool is_true(const boost::json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// An old cause is none while all is well.
std::string cause(const boost::json::object& answer) {
  if (member_text(answer, "state") == "normal") return {};
  return joined(member_text(answer, "cause"), ": ", member_text(answer, "detail"));
}

std::string last_probe(const boost::json::object& answer) {
  const auto* probe = answer.if_contains("last_probe");
  if (probe == nullptr || !probe->is_object()) return {};
  return joined(member_text(probe->get_object(), "evidence"), " after ",
                milliseconds_text(probe->get_object(), "took_ms"));
}

// What never opens business continuity leaves the state `normal`.
std::string alarm(const boost::json::object& answer) {
  const auto* probe = answer.if_contains("last_probe");
  if (member_text(answer, "state") != "normal" || probe == nullptr || !probe->is_object()) return {};
  const auto evidence = member_text(probe->get_object(), "evidence");
  if (evidence.empty() || evidence == "answered") return {};
  return fmt::format(
      "the last probe was not answered ({}): no outage that opens the ladder, but both factors may "
      "fail",
      evidence);
}

std::string next_probe(const boost::json::object& answer) {
  const auto left = milliseconds_text(answer, "next_probe_ms");
  return left.empty() ? left : "in " + left;
}

// "any_code 12, recent_success 3"
std::string let_in(const boost::json::object& server) {
  const auto* rungs = server.if_contains("let_in");
  if (rungs == nullptr || !rungs->is_object()) return {};
  std::string out;
  for (const auto& [rung, count] : rungs->get_object())
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", visible({rung.data(), rung.size()}),
                       member_text(rungs->get_object(), {rung.data(), rung.size()}));
  return out;
}

// "by root until 2027-01-02T11:00:00Z"; empty where the settings hold.
std::string by_hand(const boost::json::object& server) {
  if (!is_true(server, "by_hand")) return {};
  const auto by = member_text(server, "by"), until = member_text(server, "by_hand_until");
  return joined(by.empty() ? by : "by " + by, until.empty() ? ", " : " ",
                until.empty() ? "no end" : "until " + until);
}

void add_servers(Rows& rows, const boost::json::object& answer) {
  const auto* servers = answer.if_contains("servers");
  if (servers == nullptr || !servers->is_array()) return;
  for (const auto& one : servers->get_array())
    if (const auto* server = one.if_object(); server != nullptr)
      rows.push_back({member_text(*server, "name"), member_text(*server, "mode"), by_hand(*server),
                      let_in(*server), is_true(*server, "rehearsal") ? "goes on" : ""});
}

bool has_disconnect(const boost::json::value& login) {
  return login.is_object() && login.get_object().contains("disconnect");
}

}  // namespace

std::string status_text(const boost::json::object& answer) {
  const auto said = [&](std::string_view name) { return member_text(answer, name); };
  const Rows facts{
      {"state", joined(said("state"), " since ", said("since"))},
      {"armed", is_true(answer, "armed") ? "yes" : "no: the service has not answered yet with these settings"},
      {"cause", cause(answer)},
      {"alarm", alarm(answer)},
      {"last probe", last_probe(answer)},
      {"next probe", next_probe(answer)},
      {"record",
       is_true(answer, "record_fails") ? "cannot be written: nobody is let in by business continuity" : ""},
      {"state files", said("unread")}};
  Rows shown;
  for (const auto& fact : facts)
    if (!fact[1].empty()) shown.push_back(fact);
  Rows servers{{"SERVER", "MODE", "BY HAND", "LET IN SINCE START", "REHEARSAL"}};
  add_servers(servers, answer);
  return table_text(shown) + "\n" + table_text(servers);
}

// A line for each rehearsal, what came of how many logins, and who it was.
std::string rehearsal_text(const boost::json::object& answer) {
  const auto* all = answer.if_contains("rehearsals");
  if (all == nullptr || !all->is_array() || all->get_array().empty())
    return "nothing was rehearsed; `sallyport rehearse start` begins it\n";
  std::string out;
  for (const auto& one : all->get_array()) {
    const auto* rehearsal = one.if_object();
    if (rehearsal == nullptr) continue;
    const auto said = [&](std::string_view name) { return member_text(*rehearsal, name); };
    out += fmt::format("{}{}: {} logins from {} to {}\n", out.empty() ? "" : "\n", said("server"),
                       said("logins"), said("began"), said("ended").empty() ? "now" : said("ended"));
    if (said("left_out") != "0")
      out += fmt::format("{} logins are in no row: too many users\n", said("left_out"));
    std::map<std::string, std::int64_t> by_word;
    Rows rows{{"USER", "CLIENT", "OUTCOME", "LOGINS", "LAST"}};
    if (const auto* given = rehearsal->if_contains("rows"); given != nullptr && given->is_array())
      for (const auto& each : given->get_array())
        if (const auto* row = each.if_object(); row != nullptr) {
          const auto text = [&](std::string_view name) { return member_text(*row, name); };
          if (const auto* logins = row->if_contains("logins"); logins != nullptr && logins->is_int64())
            by_word[text("word")] += logins->get_int64();
          rows.push_back({text("user"), text("client"), text("word"), text("logins"), text("last")});
        }
    for (const auto& [word, logins] : by_word) out += fmt::format("  {} {}\n", logins, word);
    if (rows.size() > 1) out += "\n" + table_text(rows);
  }
  return out;
}

std::string review_text(const boost::json::object& review, std::string_view nobody) {
  std::vector<std::string_view> columns{"time", "server", "user", "client", "rung", "cause", "late"};
  const auto* logins = review.if_contains("logins");
  const bool any = logins != nullptr && logins->is_array();
  if (any && std::ranges::any_of(logins->get_array(), has_disconnect)) {
    columns.emplace_back("disconnect");
    columns.emplace_back("why");
  }
  Rows rows{{}};
  for (const auto column : columns) {
    rows[0].emplace_back(column);
    std::ranges::transform(rows[0].back(), rows[0].back().begin(),
                           [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  }
  if (any)
    for (const auto& one : logins->get_array()) {
      const auto* login = one.if_object();
      if (login == nullptr) continue;
      auto& row = rows.emplace_back();
      for (const auto column : columns) row.push_back(member_text(*login, column));
    }
  auto shown = rows.size() == 1 ? fmt::format("{}\n", nobody) : table_text(rows);
  const auto left_out = member_text(review, "left_out");
  if (left_out.empty() || left_out == "0") return shown;
  return shown + fmt::format("{} older ones are left out: --from and --until show them\n", left_out);
}

}  // namespace sallyport::app
