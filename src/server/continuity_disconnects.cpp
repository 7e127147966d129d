// Of a ContinuityKeeper: sessions that an operator wants ended. Where they came from and what they were is the
// record's word, which `sallyport continuity review` reads; here each is asked for, and what came of it is put
// on record.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/json_member.h"
#include "server/continuity_keeper.h"
#include "server/record_lines.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;

std::string refusal(std::string_view why) {
  return json::serialize(json::object{{"ok", false}, {"error", why}});
}

std::string answer_of(const std::vector<Disconnection>& ends) {
  json::array logins;
  for (const auto& one : ends) logins.emplace_back(json_of(one));
  return json::serialize(json::object{{"ok", true}, {"logins", std::move(logins)}});
}

}  // namespace

bool ContinuityKeeper::end_sessions(std::string_view request, ControlSocket::Respond& respond) {
  boost::system::error_code error;
  const auto parsed = json::parse(request, error);
  const auto* asked = error ? nullptr : parsed.if_object();
  if (asked == nullptr || base::text_member(*asked, "do") != "disconnect") return false;
  const auto* lines = asked->if_contains("logins");
  if (lines == nullptr || !lines->is_array() || lines->get_array().size() > Disconnector::most) {
    respond(refusal("expected a list of at most 128 logins"));
    return true;
  }
  std::vector<SessionToEnd> sessions;
  for (const auto& line : lines->get_array())
    if (line.is_object()) sessions.push_back(session_of(line.get_object(), sockets_));
  const std::string by(base::text_member(*asked, "by").value_or(""));
  disconnector_.end(std::move(sessions),
                    [this, respond = std::move(respond), by](std::vector<Disconnection> ends) mutable {
                      tell_ends(ends, by);
                      respond(answer_of(ends));
                    });
  return true;
}

void ContinuityKeeper::tell_ends(const std::vector<Disconnection>& ends, const std::string& by) {
  const auto now = place_.loop.now().wall;
  for (const auto& one : ends) {
    logger_->log(telemetry::messages::session_end_asked_for, now,
                 {{"login", one.login},
                  {"server", one.server},
                  {"client", one.client},
                  {"user", one.user},
                  {"by", by},
                  {"outcome", std::string(to_string(one.end)) + (one.why.empty() ? "" : ": " + one.why)}});
    record(disconnect_line(one, by, now), [](bool) {});
  }
}

}  // namespace sallyport::server
