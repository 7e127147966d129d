// Of a ContinuityKeeper: the mode that each validation server is in, as the settings say or somebody by hand.
#include <algorithm>
#include <utility>

#include "base/rfc3339.h"
#include "server/continuity_keeper.h"

namespace sallyport::server {

using namespace std::chrono_literals;
namespace messages = telemetry::messages;
using continuity::Mode;

void ContinuityKeeper::stand_by(const Plan& plan) {
  stands_by_ = true;
  take_servers(plan);
  set_modes();
  show_modes();
}

// One that leaves the settings begins anew when it is back. Those that stay have a mode at every moment.
void ContinuityKeeper::take_servers(const Plan& plan) {
  const auto before = std::exchange(servers_, plan.servers);
  sockets_ = plan.sockets;
  for (const auto& one : before) {
    if (std::ranges::any_of(servers_, [&](const auto& other) { return other->shared == one->shared; }))
      continue;
    one->shared->mode = Mode::disabled;
    rehearsing_.erase(one->name);
  }
}

Mode ContinuityKeeper::mode_of(const ValidationServer& server) const {
  if (stands_by_) return server.mode;
  if (folder_.empty()) return Mode::disabled;  // what was set by hand is not known
  const auto found = memory_.by_hand.find(server.name);
  return found == memory_.by_hand.end() ? server.mode : found->second.mode;
}

void ContinuityKeeper::set_modes() {
  const auto now = place_.loop.now();
  bool counts_anew = false;
  std::set<std::string> names;
  for (const auto& server : servers_) {
    const auto mode = mode_of(*server);
    server->shared->mode = mode;
    server->shared->is_by_hand = !stands_by_ && memory_.by_hand.contains(server->name);
    names.insert(server->name);
    if (!folder_.empty()) counts_anew = count_by(*server, mode, now) || counts_anew;
  }
  if (!folder_.empty())
    std::erase_if(memory_.counted, [&](const auto& one) { return !names.contains(one.first); });
  place_.modes_have_changed();
  if (counts_anew) save();
}

void ContinuityKeeper::show_modes() {
  mode_gauges_.clear();
  for (const auto& server : servers_) {
    for (const auto mode : {Mode::disabled, Mode::automatic, Mode::enabled})
      mode_gauges_.push_back(place_.metrics.gauge(
          "sallyport_continuity_mode", "1 for the mode that business continuity of a validation server is in",
          {{"validation_server", server->name}, {"mode", std::string(to_string(mode))}},
          [shared = server->shared, mode] { return shared->mode == mode ? 1.0 : 0.0; }));
    mode_gauges_.push_back(
        place_.metrics.gauge("sallyport_continuity_by_hand", "1 where the mode was set by hand",
                             {{"validation_server", server->name}},
                             [shared = server->shared] { return shared->is_by_hand ? 1.0 : 0.0; }));
  }
}

std::string ContinuityKeeper::change_mode(const std::string& server, continuity::Mode mode,
                                          std::int64_t minutes, const std::string& by) {
  const auto now = place_.loop.now();
  std::vector<std::string> names;
  const auto is_meant = [&](const ValidationServer& one) {
    // Where the settings let nobody in by a rung, nobody is let in by an order that does not name it.
    return server.empty() ? mode == Mode::disabled || one.mode != Mode::disabled : one.name == server;
  };
  for (const auto& one : servers_)
    if (is_meant(*one)) names.push_back(one->name);
  if (names.empty())
    return server.empty() ? "the settings disable it at every validation server; name one with --server"
                          : "no validation server is called " + server;
  if (stands_by_) return "the settings name no folder for business continuity any more";
  if (folder_.empty()) return "what was said by hand before cannot be read; see the log";
  for (const auto& name : names) {
    ByHand hand{mode, {}, now.wall, by};
    const auto before = memory_.by_hand.find(name);
    if (before != memory_.by_hand.end() && before->second.mode == mode) hand.since = before->second.since;
    const auto length = std::chrono::minutes(minutes);
    if (minutes > 0) hand.until = now.steady + length;
    const auto until = hand.until ? base::rfc3339(now.wall + length) : std::string("somebody says otherwise");
    logger_->log(messages::continuity_mode_changed, now.wall,
                 {{"server", name}, {"mode", std::string(to_string(mode))}, {"by", by}, {"until", until}});
    place_.notices.send(mode_by_hand(name, mode, by, until, now.wall));
    memory_.by_hand[name] = std::move(hand);
  }
  next_reminder_ = now.steady + 24h;
  set_modes();
  save();
  return memory_is_dirty_ ? "it holds, but could not be kept for the next start" : "";
}

// As the settings say.
std::string ContinuityKeeper::drop_by_hand(const std::string& server, const std::string& by) {
  const auto now = place_.loop.now();
  const bool is_known =
      server.empty() || std::ranges::any_of(servers_, [&](const auto& one) { return one->name == server; });
  if (!is_known && !memory_.by_hand.contains(server)) return "no validation server is called " + server;
  if (folder_.empty()) return "what was said by hand before cannot be read; see the log";
  std::vector<std::string> dropped;
  std::erase_if(memory_.by_hand, [&](const auto& one) {
    if (!server.empty() && one.first != server) return false;
    dropped.push_back(one.first);
    return true;
  });
  set_modes();
  for (const auto& name : dropped) tell_end_of_hand(name, by, now);
  save();
  return memory_is_dirty_ ? "it holds, but could not be kept for the next start" : "";
}

void ContinuityKeeper::end_what_is_over(base::Time now) {
  std::vector<std::string> ended;
  std::erase_if(memory_.by_hand, [&](const auto& one) {
    if (!one.second.until || now.steady < *one.second.until) return false;
    ended.push_back(one.first);
    return true;
  });
  if (!ended.empty()) {
    set_modes();
    for (const auto& name : ended) tell_end_of_hand(name, "the time that was given", now);
    save();
  }
  if (now.steady < next_reminder_) return;
  next_reminder_ = now.steady + 24h;
  for (const auto& [name, one] : memory_.by_hand)
    if (one.mode != Mode::automatic) {
      logger_->log(messages::continuity_by_hand, now.wall,
                   {{"server", name}, {"mode", std::string(to_string(one.mode))}});
      place_.notices.send(still_by_hand(name, one.mode, now.wall));
    }
}

void ContinuityKeeper::tell_end_of_hand(const std::string& name, const std::string& by, base::Time now) {
  const auto server = std::ranges::find(servers_, name, [](const auto& one) { return one->name; });
  if (server == servers_.end()) return;
  const auto mode = mode_of(**server);
  logger_->log(messages::by_hand_is_over, now.wall,
               {{"server", name}, {"mode", std::string(to_string(mode))}, {"by", by}});
  place_.notices.send(by_hand_is_over(name, mode, by, now.wall));
}

}  // namespace sallyport::server
