// Of a ContinuityKeeper: the limits of an outage, across restarts.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "base/json_member.h"
#include "base/rfc3339.h"
#include "server/continuity_keeper.h"
#include "store/record_reader.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
namespace messages = telemetry::messages;
using continuity::Mode;
using Servers = std::vector<std::shared_ptr<const ValidationServer>>;

struct LetIn {  // of a line
  std::string what, time, server, user, login;
};

LetIn read_line(std::string_view text) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(text, wrong);
  if (wrong || !parsed.is_object()) return {};
  const auto& line = parsed.get_object();
  const auto text_of = [&line](std::string_view name) {
    return std::string(base::text_member(line, name).value_or(""));
  };
  return {text_of("what"), text_of("time"), text_of("server"), text_of("user"), text_of("login")};
}

}  // namespace

// The watch has told the servers already; what somebody did by hand meanwhile may have told them otherwise.
void ContinuityKeeper::outage_begins(base::WallTime when) {
  const auto now = place_.loop.now().steady;
  for (const auto& server : servers_)
    if (server->shared->mode != Mode::enabled) server->shared->outage.begins(now);
  if (memory_.outage_since) return;
  memory_.outage_since = when;
  save();
}

void ContinuityKeeper::outage_ends() {
  for (const auto& server : servers_)
    if (server->shared->mode != Mode::enabled) server->shared->outage.ends();
  if (!std::exchange(memory_.outage_since, std::nullopt)) return;
  memory_.counts_since.clear();
  save();
}

// Since when the logins of this server count; nothing: no rung lets anybody in now.
std::optional<base::WallTime> ContinuityKeeper::counted_since(const ValidationServer& server) const {
  const auto by_hand = memory_.by_hand.find(server.name);
  if (by_hand != memory_.by_hand.end() && by_hand->second.mode == Mode::enabled) return by_hand->second.since;
  const auto anew = memory_.counts_since.find(server.name);
  if (!memory_.outage_since || anew == memory_.counts_since.end()) return memory_.outage_since;
  return std::max(*memory_.outage_since, anew->second);
}

// At start. A record that cannot be read leaves the counters low; that it is broken is said elsewhere.
void ContinuityKeeper::restore_limits(base::Time now) {
  struct Counted {
    const ValidationServer* server;
    std::string since;
    std::set<std::string> logins = {};  // that were let in: a line may be written twice, or in vain
  };
  std::map<std::string, Counted, std::less<>> counted;
  for (const auto& server : servers_) {
    const auto since = counted_since(*server);
    if (!server->outage_rules.any() || !since) continue;
    counted.emplace(server->name, Counted{server.get(), base::rfc3339(*since)});
    const auto ago = std::clamp<base::Duration>(now.wall - *since, {}, std::chrono::days(7));
    if (memory_.outage_since && mode_of(*server) != Mode::enabled)
      server->shared->outage.begins(now.steady - ago);
  }
  if (counted.empty()) return;
  (void)store::read_record(folder_, {.begins_here = true}, [&](const store::RecordLineRead& read) {
    if (read.header) return;
    const auto line = read_line(read.text);
    const auto found = counted.find(line.server);
    if (found == counted.end() || line.time < found->second.since) return;
    auto& [server, since, logins] = found->second;
    if (line.what == "let_in" && logins.insert(line.login).second) server->shared->outage.restore(line.user);
    if (line.what == "withdrawn" && logins.erase(line.login) > 0) server->shared->outage.give_back(line.user);
  });
}

// Another mode, or the end of one by hand: what was let in before counts no more.
void ContinuityKeeper::count_anew(const ValidationServer& server, base::Time now) {
  server.shared->outage.ends();
  if (memory_.outage_since) memory_.counts_since[server.name] = now.wall;
}

void ContinuityKeeper::look_at_limits(base::Time now) {
  for (const auto& server : servers_) {
    auto& outage = server->shared->outage;
    if (!outage.alarm_is_due(server->outage_rules)) continue;
    const auto logins = static_cast<std::int64_t>(outage.logins());
    logger_->log(messages::outage_logins_alarm, now.wall, {{"server", server->name}, {"logins", logins}});
    place_.notices.send(many_logins(server->name, logins, now.wall));
  }
}

}  // namespace sallyport::server
