// Of a ContinuityKeeper: `sallyport rehearse`. The report has the rights of the record: it goes over the
// control socket, and lies beside the record, so that it outlives the program.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/json_member.h"
#include "base/rfc3339.h"
#include "server/continuity_keeper.h"
#include "store/file.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
namespace messages = telemetry::messages;
using std::chrono::minutes;

constexpr minutes longest = std::chrono::days(7);
constexpr const char* report_file = "/rehearsal.json";

json::object value_of(const std::string& server, const Rehearsal::Report& report) {
  json::object out{{"server", server},
                   {"goes_on", report.goes_on},
                   {"began", base::rfc3339(report.began)},
                   {"logins", report.logins},
                   {"left_out", report.left_out}};
  if (report.ended) out["ended"] = base::rfc3339(*report.ended);
  auto& rows = out["rows"].emplace_array();
  for (const auto& [who, row] : report.rows)
    rows.push_back({{"user", who.user},
                    {"client", who.client},
                    {"word", who.word},
                    {"logins", row.logins},
                    {"last", base::rfc3339(row.last)}});
  return out;
}

std::string report_of_before(const base::Secret& text) {
  boost::system::error_code wrong;
  auto report = json::parse(text.reveal(), wrong);
  auto* all = !wrong && report.is_object() ? report.get_object().if_contains("rehearsals") : nullptr;
  if (all == nullptr || !all->is_array())
    return R"({"ok":false,"error":"the report of before cannot be read"})";
  for (auto& one : all->get_array())
    if (auto* rehearsal = one.if_object(); rehearsal != nullptr) (*rehearsal)["goes_on"] = false;
  return json::serialize(report);
}

}  // namespace

std::string ContinuityKeeper::begin_rehearsal(const std::string& server, std::int64_t length,
                                              std::int64_t logins, const std::string& by) {
  const auto now = place_.loop.now();
  if (length < 1 || length > longest.count()) return "a rehearsal takes from a minute to 7 days";
  if (logins < 0) return "a rehearsal ends after a number of logins, or by time alone";
  Servers meant;
  for (const auto& one : servers_)
    if (server.empty() || one->name == server) meant.push_back(one);
  if (meant.empty()) return "no validation server is called " + server;
  for (const auto& one : meant)
    if (one->shared->rehearsal.goes_on())
      return "one goes on at " + one->name + "; stop it first, what it has noted would be lost";
  for (const auto& one : meant) {
    one->shared->rehearsal.begin(now, minutes(length), static_cast<std::uint64_t>(logins));
    logger_->log(messages::rehearsal_begun, now.wall,
                 {{"server", one->name}, {"by", by}, {"until", base::rfc3339(now.wall + minutes(length))}});
  }
  rehearsal_was_asked_ = true;
  save_rehearsals(now);
  return {};
}

bool ContinuityKeeper::end_rehearsals(const std::string& server) {
  const auto now = place_.loop.now();
  bool some = false;
  for (const auto& one : servers_)
    if (server.empty() || one->name == server) some = one->shared->rehearsal.end(now.wall) || some;
  if (some) save_rehearsals(now);
  return some;
}

// Of this run of the program, or what an earlier one left: that ended with it, at the latest.
std::string ContinuityKeeper::rehearsal_report() const {
  if (!rehearsal_was_asked_)
    if (const auto text = store::read_private(folder_ + report_file, 64U << 20U))
      return report_of_before(*text);
  json::array all;
  for (const auto& one : servers_)
    if (const auto report = one->shared->rehearsal.report(); report.began != base::WallTime{})
      all.emplace_back(value_of(one->name, report));
  return json::serialize(json::object{{"ok", true}, {"rehearsals", std::move(all)}});
}

void ContinuityKeeper::look_at_rehearsals(base::Time now) {
  bool some_is_over = false;
  for (const auto& one : servers_) {
    (void)one->shared->rehearsal.ends_by_time(now);
    if (one->shared->rehearsal.goes_on()) {
      rehearsing_.insert(one->name);
    } else if (rehearsing_.erase(one->name) > 0) {
      some_is_over = true;
      logger_->log(messages::rehearsal_ended, now.wall,
                   {{"server", one->name},
                    {"logins", static_cast<std::int64_t>(one->shared->rehearsal.report().logins)}});
    }
  }
  if (some_is_over || (!rehearsing_.empty() && now.steady >= next_rehearsal_save_)) save_rehearsals(now);
}

void ContinuityKeeper::save_rehearsals(base::Time now) {
  next_rehearsal_save_ = now.steady + minutes(1);
  const auto file = folder_ + report_file;
  if (const auto written = store::write_atomically(file, rehearsal_report()); !written)
    logger_->log_rarely(messages::continuity_state_not_kept, now,
                        {{"file", file}, {"detail", written.error().what}}, minutes(1));
}

std::string ContinuityKeeper::answer_rehearsal(const json::object& asked) {
  const auto refusal = [](std::string_view why) {
    return json::serialize(json::object{{"ok", false}, {"error", why}});
  };
  const auto text = [&asked](std::string_view name) {
    return std::string(base::text_member(asked, name).value_or(""));
  };
  const auto number = [&asked](std::string_view name) { return base::number_member(asked, name).value_or(-1); };
  if (folder_.empty()) return refusal("its folder cannot be read; see the log");
  const auto step = text("step");
  if (step == "report") return rehearsal_report();
  if (step == "stop")
    return end_rehearsals(text("server")) ? R"({"ok":true})" : refusal("no rehearsal goes on");
  if (step != "start") return refusal("a rehearsal has the steps start, stop and report");
  const auto why = begin_rehearsal(text("server"), number("minutes"), number("logins"), text("by"));
  return why.empty() ? R"({"ok":true})" : refusal(why);
}

}  // namespace sallyport::server
