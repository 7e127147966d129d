// `sallyport continuity review`: reads the record as `sallyport audit` does, in this process and with its
// rights; only for what a person wants ended is the gateway asked.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <optional>

#include "app/admin_client.h"
#include "app/audit_record.h"
#include "app/commands.h"
#include "app/continuity_review.h"
#include "app/session_ends.h"
#include "app/status_text.h"

namespace sallyport::app {
namespace {

constexpr auto command = "continuity review";

int wrong_arguments(const base::Error& error) {
  failed(command, error);
  return 2;
}

bool has_period(const AuditOptions& record) { return !record.from.empty() || !record.until.empty(); }

bool is_narrowed(const ReviewOptions& options) {
  const auto& record = options.record;
  return has_period(record) || !record.server.empty() || !record.user.empty() || !options.late.empty();
}

// Nothing when the arguments are well.
std::optional<base::Error> mistake(const ReviewOptions& options) {
  const auto& record = options.record;
  if (options.disconnect && !is_narrowed(options) && !options.all_listed)
    return base::Error{
        "--disconnect: whose sessions? Narrow the list (--from, --until, --server, --user, --late), or say "
        "--all-listed"};
  if (!options.disconnect && options.all_listed) return base::Error{"--all-listed is for --disconnect"};
  if (options.disconnect && options.socket.empty() && record.settings_file.empty())
    return base::Error{"--disconnect: which gateway? Give --config or --socket"};
  return std::nullopt;
}

base::Result<store::RecordReport> read(const std::string& folder, const store::RecordReading& reading,
                                       Review& review) {
  return store::read_record(folder, reading, [&](const store::RecordLineRead& line) {
    if (line.header) return;
    boost::system::error_code fault;
    const auto value = boost::json::parse(line.text, fault);
    if (fault || !value.is_object())
      std::fprintf(stderr, "%s: line %lu is not JSON\n", command, line.seq);
    else
      review.see(value.get_object());
  });
}

// Without a period the review is of the newest outage alone: others who were asked for may stand before it.
const char* nobody(const ReviewOptions& options) {
  if (!is_narrowed(options)) return "nobody came in by business continuity";
  if (has_period(options.record))
    return "nobody of those that were asked for came in by business continuity in that time";
  return "nobody of those that were asked for came in by business continuity in the newest outage; --from "
         "shows older ones";
}

void print(const ReviewOptions& options, boost::json::array logins, std::uint64_t left_out) {
  const boost::json::object review{{"ok", true}, {"logins", std::move(logins)}, {"left_out", left_out}};
  const auto text = options.json ? boost::json::serialize(review) + "\n" : review_text(review, nobody(options));
  std::fputs(text.c_str(), stdout);
}

}  // namespace

int continuity_review(const ReviewOptions& options) {
  if (const auto wrong = mistake(options)) return wrong_arguments(*wrong);
  const auto folder = record_folder(options.record);
  if (!folder) return wrong_arguments(folder.error());
  auto filter = LineFilter::make(options.record);
  if (!filter) return wrong_arguments(filter.error());
  const auto reading = record_reading(options.record);
  if (!reading) return wrong_arguments(reading.error());
  Review review(std::move(*filter), !has_period(options.record));
  const auto report = read(*folder, *reading, review);
  if (!report) return failed(command, report.error());
  if (const auto there = is_there(*folder, *report); !there) return failed(command, there.error());
  auto logins = review.logins(options.late);
  int code = 0;
  if (options.disconnect) {
    const auto ended = end_sessions({options.record.settings_file, options.socket}, logins);
    if (!ended) code = failed(command, ended.error());
    if (ended && !*ended) code = 1;
  }
  print(options, std::move(logins), review.left_out());
  if (report->trust == store::RecordTrust::broken)
    return failed(command, {"the record is broken; `sallyport audit verify` says where"});
  return code;
}

}  // namespace sallyport::app
