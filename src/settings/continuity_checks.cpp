// A ladder never stands alone: something that this gateway checks itself, or that its client has checked, comes
// before any rung that lets somebody in.
#include <fmt/format.h>

#include <algorithm>

#include "settings/items.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

bool lets_in(const std::vector<Rung>& ladder) {
  return std::ranges::any_of(ladder,
                             [](Rung rung) { return rung == Rung::any_code || rung == Rung::recent_success; });
}

void check_pin_ladder(const std::vector<Rung>& ladder, const Spot& spot) {
  if (lets_in(ladder))
    spot.wrong(
        "expected only \"deny\" or \"silent\" with mode = \"pin_code\": the PIN is checked by the service, so "
        "nothing would be while it is lost");
}

void check_pin_ladders(ValidationServer& server, const Node& table, const Spot& spot) {
  if (!table.has("ladder"))
    server.ladder = {Rung::deny};
  else
    check_pin_ladder(server.ladder, spot.key("ladder", table.line_of("ladder")));
  for (std::size_t i = 0; i < server.ladders.size(); ++i) {
    const auto& node = item_of(table, "ladder_for", i);
    check_pin_ladder(server.ladders[i].ladder,
                     spot.key("ladder_for", 0).item(i, node.line).key("ladder", node.line_of("ladder")));
  }
}

// Neither a password nor a user is looked at here.
void check_ladder_alone(ValidationServer& server, const Node& table, const Spot& spot) {
  if (!table.has("ladder") && server.continuity == ContinuityMode::disabled) {
    server.ladder = {Rung::deny};  // it may be switched on by hand
    return;
  }
  if (lets_in(server.ladder))
    spot.key("ladder", table.line_of(table.has("ladder") ? "ladder" : "continuity"))
        .wrong(
            "expected a list of \"deny\" or \"silent\", or first_factor_elsewhere = true if the RADIUS client "
            "has checked a password before it asks: with look_up_user = false nothing else is checked here, "
            "and any digits would let in anybody");
}

}  // namespace

void check_ladders(ValidationServer& server, const Node& table, const Spot& spot) {
  const bool alone = server.mode == Mode::code && !server.look_up_user;
  const auto refuse = [&](std::string_view key, std::string_view expected) {
    if (table.has(key)) spot.key(key, table.line_of(key)).wrong(std::string(expected));
  };
  if (!alone && server.first_factor_elsewhere)
    refuse("first_factor_elsewhere", "expected only with mode = \"code\" and look_up_user = false");
  if (!looks_up_users(server))
    for (const auto* key : {"ladder_for", "continuity_excluded_groups"})
      refuse(key, "expected only where users are looked up");
  if (server.mode == Mode::pin_code) return check_pin_ladders(server, table, spot);
  if (alone && !server.first_factor_elsewhere) check_ladder_alone(server, table, spot);
}

void check_continuity(Gateway& gateway, const Node& table, const Spot& spot) {
  if (!gateway.continuity.folder.empty()) return;
  for (std::size_t i = 0; i < gateway.validation_servers.size(); ++i) {
    const auto mode = gateway.validation_servers[i].continuity;
    if (mode == ContinuityMode::disabled) continue;
    const auto line = table.has("continuity") ? table.line_of("continuity")
                                              : item_of(table, "validation_server", i).line_of("continuity");
    if (const auto* own = table.find("continuity"); own != nullptr && own->has("folder"))
      return;  // it is wrong
    return spot.key("continuity", line)
        .key("folder", line)
        .wrong(fmt::format("expected this key: state and record lie there, and validation_server[{}] has "
                           "continuity = \"{}\"",
                           i, to_string(mode)));
  }
}

}  // namespace sallyport::settings
