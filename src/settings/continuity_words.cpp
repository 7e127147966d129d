// What business continuity grants, and to whom, in plain words.
#include <fmt/format.h>

#include <algorithm>

#include "settings/sections.h"

namespace sallyport::settings {
namespace {

bool has(const std::vector<Rung>& ladder, Rung rung) { return std::ranges::find(ladder, rung) != ladder.end(); }

std::string_view first_factor(const ValidationServer& server) {
  if (has_password(server)) return "a user's password";
  if (server.look_up_user) return "a user's name (no password)";
  return "what the RADIUS client asks for by itself";
}

// The most that a ladder lets in: who passes any_code needs no recent success.
std::string needed(const ValidationServer& server, const std::vector<Rung>& ladder) {
  auto words = fmt::format("{} and any {} digits", first_factor(server), server.code_digits);
  if (!has(ladder, Rung::any_code))
    words += fmt::format(
        ", of a user who has signed in with both factors in the last {} days through the same RADIUS client "
        "and "
        "from the same Calling-Station-Id",
        server.recent_days.count());
  return words;
}

bool lets_in(const std::vector<Rung>& ladder) {
  return has(ladder, Rung::any_code) || has(ladder, Rung::recent_success);
}

std::string outcome(const ValidationServer& server, const std::vector<Rung>& ladder) {
  if (lets_in(ladder)) return "let in with " + needed(server, ladder);
  return has(ladder, Rung::silent) ? "left without an answer" : "rejected";
}

std::string whom(const LadderFor& ladder) {
  return ladder.group.empty() ? fmt::format("users with {} = {}", ladder.attribute, ladder.value)
                              : "members of " + ladder.group;
}

// Who is not looked up is in no group.
bool could_keep_some_out(const ValidationServer& server) {
  if (!looks_up_users(server)) return false;
  return server.continuity_excluded_groups.empty() &&
         std::ranges::none_of(server.ladders, [](const auto& one) { return !lets_in(one.ladder); });
}

void warn_of_ladder(const ValidationServer& server, const std::vector<Rung>& ladder, const std::string& key,
                    std::vector<Warning>& out) {
  const bool recent_only = !has(ladder, Rung::any_code);
  if (!lets_in(ladder) || (recent_only && !could_keep_some_out(server))) return;
  auto what = fmt::format("who can cut every path from every gateway to the service needs only {}",
                          needed(server, ladder));
  if (!recent_only)
    what += "; better is \"recent_success\", which asks for a login with both factors before the outage";
  if (could_keep_some_out(server))
    what += fmt::format(
        "; {}deny administrators: [[validation_server.ladder_for]] with their group and "
        "ladder = [\"deny\"]",
        recent_only ? "" : "then ");
  out.push_back({key, std::move(what)});
}

void warn_of_server(const ValidationServer& server, const std::string& key, std::vector<Warning>& out) {
  if (server.continuity == ContinuityMode::enabled)
    out.push_back({key + ".continuity",
                   "no second factor is asked for as long as \"enabled\" stands here, whether the service "
                   "answers or not; \"automatic\" finds out by itself"});
  warn_of_ladder(server, server.ladder, key + ".ladder", out);
  for (std::size_t i = 0; i < server.ladders.size(); ++i)
    warn_of_ladder(server, server.ladders[i].ladder, fmt::format("{}.ladder_for[{}].ladder", key, i), out);
  if (server.first_factor_elsewhere && lets_in(server.ladder))
    out.push_back({key + ".first_factor_elsewhere",
                   "this gateway checks nothing itself while the service is lost: a RADIUS client that asks "
                   "before it has checked a password lets in anybody"});
}

}  // namespace

std::vector<std::string> continuity_words(const ValidationServer& server) {
  std::vector<std::string> all;
  all.reserve(server.continuity_excluded_groups.size() + server.ladders.size() + 1);
  for (const auto& group : server.continuity_excluded_groups)
    all.push_back("members of " + group + ": rejected");
  for (const auto& each : server.ladders)
    all.push_back(fmt::format("{}: {}", whom(each), outcome(server, each.ladder)));
  all.push_back(
      fmt::format("{}: {}", all.empty() ? "everybody" : "everybody else", outcome(server, server.ladder)));
  return all;
}

void warn_of_continuity(const Gateway& gateway, std::vector<Warning>& out) {
  bool used = false;
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto& server = gateway.validation_servers[i];
    if (server.continuity == ContinuityMode::disabled) continue;
    used = true;
    warn_of_server(server, fmt::format("validation_server[{}]", i), out);
  }
  if (!used) return;
  if (gateway.continuity.notices.empty())
    out.push_back({"continuity.notice",
                   "nobody is told when continuity begins: name a program, a webhook or a "
                   "mail server in [[continuity.notice]]"});
  if (gateway.continuity.auditor_certificate_file.empty())
    out.push_back({"continuity.auditor_certificate_file",
                   "without an auditor's certificate root of this machine could rewrite the record of who was "
                   "let in"});
}

}  // namespace sallyport::settings
