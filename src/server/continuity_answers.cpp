// Of a ContinuityKeeper: what is said over the control socket.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/json_member.h"
#include "base/rfc3339.h"
#include "server/continuity_keeper.h"
#include "text/user_name.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;

std::string refusal(std::string_view why) {
  return json::serialize(json::object{{"ok", false}, {"error", why}});
}

base::WallTime in_wall_time(base::SteadyTime when, base::Time now) {
  return now.wall + std::chrono::duration_cast<std::chrono::microseconds>(when - now.steady);
}

std::string member(const json::object& from, std::string_view name) {
  return std::string(base::text_member(from, name).value_or(""));
}

}  // namespace

std::string ContinuityKeeper::answer(std::string_view request) {
  boost::system::error_code error;
  const auto parsed = json::parse(request, error);
  if (error || !parsed.is_object()) return refusal("the request is no JSON object");
  const auto& asked = parsed.get_object();
  const auto what = member(asked, "do");
  const auto not_after = base::number_member(asked, "not_after_ms");
  const auto now = std::chrono::floor<std::chrono::milliseconds>(place_.loop.now().steady.time_since_epoch());
  if (not_after && now.count() > *not_after) return refusal("it came too late, and nothing was done");
  if (what == "status") return status();
  if (what == "rehearse") return answer_rehearsal(asked);
  if (what == "forget") return forget(member(asked, "user"), member(asked, "by"));
  if (what != "mode") return refusal("this gateway cannot " + what);
  const auto word = member(asked, "mode");
  if (word == "settings") {
    const auto why = drop_by_hand(member(asked, "server"), member(asked, "by"));
    return why.empty() ? R"({"ok":true})" : refusal(why);
  }
  for (const auto mode : {continuity::Mode::disabled, continuity::Mode::automatic, continuity::Mode::enabled}) {
    if (word != to_string(mode)) continue;
    const auto length = base::number_member(asked, "minutes").value_or(-1);  // 0: without an end
    if (length < 0 || length > 24 * 60)
      return refusal("by hand at most 24 hours, or until somebody says otherwise");
    const auto why = change_mode(member(asked, "server"), mode, length, member(asked, "by"));
    return why.empty() ? R"({"ok":true})" : refusal(why);
  }
  return refusal("no mode is called " + word);
}

std::string ContinuityKeeper::forget(std::string_view name, const std::string& by) {
  const auto user = text::prepare_user_name(name);
  if (!user) return refusal("that is no user's name");
  const auto now = place_.loop.now();
  const auto places = recent_.forget(user->prepared);
  if (!book_is_read_)
    return refusal(
        "recent_successes cannot be read, and lets nobody in; what it has of the user goes when it can be");
  logger_->log(telemetry::messages::recent_successes_forgotten, now.wall,
               {{"user", user->prepared}, {"places", static_cast<std::int64_t>(places)}, {"by", by}});
  if (!save_book(now)) return refusal("it holds, but could not be kept for the next start");
  return json::serialize(json::object{{"ok", true}, {"forgotten", places}});
}

std::string ContinuityKeeper::status() const {
  const auto now = place_.loop.now();
  json::array servers;
  for (const auto& server : servers_) {
    json::object one{{"name", server->name}, {"mode", to_string(server->shared->mode.load())}};
    const auto by_hand = memory_.by_hand.find(server->name);
    one["by_hand"] = by_hand != memory_.by_hand.end();
    if (by_hand != memory_.by_hand.end()) {
      one["by"] = by_hand->second.by;
      if (by_hand->second.until)
        one["by_hand_until"] = base::rfc3339(in_wall_time(*by_hand->second.until, now));
    }
    auto& let_in = one["let_in"].emplace_object();
    for (const auto rung : {continuity::Rung::any_code, continuity::Rung::recent_success})
      let_in[to_string(rung)] = server->shared->let_in[static_cast<std::size_t>(rung)].load();
    one["rehearsal"] = server->shared->rehearsal.goes_on();
    servers.emplace_back(std::move(one));
  }
  const auto unread = unread_.empty() ? "" : R"(,"unread":)" + json::serialize(json::value(unread_));
  return R"({"ok":true,)" + place_.status() + R"(,"record_fails":)" + (record_fails_ ? "true" : "false") +
         unread + R"(,"servers":)" + json::serialize(servers) + "}";
}

}  // namespace sallyport::server
