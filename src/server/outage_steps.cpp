// Of a ContinuityKeeper: the limits of an outage, across restarts.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "base/json_member.h"
#include "server/continuity_keeper.h"
#include "store/record_reader.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
namespace messages = telemetry::messages;
using continuity::Mode;
using Servers = std::vector<std::shared_ptr<const ValidationServer>>;

struct LetIn {  // of a line
  std::string what, server, user, login;
};

LetIn read_line(std::string_view text) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(text, wrong);
  if (wrong || !parsed.is_object()) return {};
  const auto& line = parsed.get_object();
  const auto text_of = [&line](std::string_view name) {
    return std::string(base::text_member(line, name).value_or(""));
  };
  return {text_of("what"), text_of("server"), text_of("user"), text_of("login")};
}

}  // namespace

// The watch has told the servers already; what somebody did by hand meanwhile may have told them otherwise.
void ContinuityKeeper::outage_begins(base::SteadyTime when) {
  for (const auto& server : servers_) {
    auto& counted = memory_.counted[server->name];
    if (counted.mode == Mode::enabled) continue;
    server->shared->outage.begins(when);
    if (!counted.began) counted.began = when;
  }
  if (!memory_.outage_since) memory_.outage_since = when;
  save();
}

void ContinuityKeeper::outage_ends() {
  bool is_new = std::exchange(memory_.outage_since, std::nullopt).has_value();
  for (const auto& server : servers_) {
    auto& counted = memory_.counted[server->name];
    if (counted.mode == Mode::enabled) continue;
    server->shared->outage.ends();
    const Counted anew{counted.mode, end_of_record(), {}};
    is_new = is_new || counted.after != anew.after;
    counted = anew;
  }
  if (is_new) save();
}

// The number of the record's last line; nothing while it is not open.
std::optional<std::uint64_t> ContinuityKeeper::end_of_record() const {
  return record_ ? std::optional(record_->head().seq) : std::nullopt;
}

// What began to count while there was no record, in which nobody was let in.
void ContinuityKeeper::count_from_open_record() {
  bool is_new = false;
  const auto end = end_of_record();
  for (auto& [name, counted] : memory_.counted) {
    if (counted.after && *counted.after <= end) continue;
    counted.after = counted.after ? 0 : end;  // it begins again at line 1: all of it is newer
    is_new = true;
  }
  if (is_new) save();
}

// At start. A record that cannot be read leaves the counters low; that it is broken is said elsewhere.
void ContinuityKeeper::restore_limits(base::Time now) {
  struct Count {
    const ValidationServer* server;
    std::uint64_t after;
    std::set<std::string> logins = {};  // that were let in: a line may be written twice, or in vain
  };
  std::map<std::string, Count, std::less<>> counts;
  for (const auto& server : servers_) {
    const auto kept = memory_.counted.find(server->name);
    if (kept == memory_.counted.end()) continue;
    if (kept->second.began) server->shared->outage.begins(std::min(*kept->second.began, now.steady));
    if (server->outage_rules.any() && kept->second.after)
      counts.emplace(server->name, Count{server.get(), *kept->second.after});
  }
  if (counts.empty()) return;
  (void)store::read_record(folder_, {.begins_here = true}, [&](const store::RecordLineRead& read) {
    if (read.header) return;
    const auto line = read_line(read.text);
    const auto found = counts.find(line.server);
    if (found == counts.end() || read.seq <= found->second.after) return;
    auto& [server, after, logins] = found->second;
    if (line.what == "let_in" && logins.insert(line.login).second) server->shared->outage.restore(line.user);
    if (line.what == "withdrawn" && logins.erase(line.login) > 0) server->shared->outage.give_back(line.user);
  });
}

// What was let in under another mode counts no more. True: it counts anew.
bool ContinuityKeeper::count_by(const ValidationServer& server, Mode mode, base::Time now) {
  const auto [kept, is_new] = memory_.counted.try_emplace(server.name);
  auto& counted = kept->second;
  if (!is_new && counted.mode == mode) return false;
  server.shared->outage.ends();
  counted = {mode, end_of_record(), {}};
  if (!memory_.outage_since || mode == Mode::enabled) return true;
  counted.began = now.steady;
  server.shared->outage.begins(now.steady);
  return true;
}

void ContinuityKeeper::look_at_limits(base::Time now) {
  for (const auto& server : servers_) {
    auto& outage = server->shared->outage;
    if (outage.refusal_is_news())
      logger_->log(messages::outage_limit_reached, now.wall, {{"server", server->name}});
    if (!outage.alarm_is_due(server->outage_rules)) continue;
    const auto logins = static_cast<std::int64_t>(outage.logins());
    logger_->log(messages::outage_logins_alarm, now.wall, {{"server", server->name}, {"logins", logins}});
    place_.notices.send(many_logins(server->name, logins, now.wall));
  }
}

}  // namespace sallyport::server
