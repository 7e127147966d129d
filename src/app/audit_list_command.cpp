#include <boost/json/parse.hpp>
#include <cstdio>
#include <functional>

#include "app/admin_client.h"
#include "app/audit_lines.h"
#include "app/audit_record.h"
#include "app/commands.h"
#include "app/listing.h"

namespace sallyport::app {
namespace {

using Each = std::function<void(const boost::json::object&, const store::RecordLineRead&)>;

class Lines {  // those that were asked for
 public:
  Lines(std::string folder, store::RecordReading reading, LineFilter filter)
      : folder_(std::move(folder)), reading_(std::move(reading)), filter_(std::move(filter)) {}

  // Headers of segments are no logins. `last`: lines behind it came after an earlier reading.
  base::Result<store::RecordReport> read(const Each& each,
                                         std::optional<std::uint64_t> last = std::nullopt) const {
    return store::read_record(folder_, reading_, [&](const store::RecordLineRead& line) {
      if (line.header || (last && line.seq > *last)) return;
      boost::system::error_code fault;
      const auto value = boost::json::parse(line.text, fault);
      if (fault || !value.is_object())
        std::fprintf(stderr, "audit: line %lu is not JSON\n", line.seq);
      else if (filter_.admits(value.get_object()))
        each(value.get_object(), line);
    });
  }

 private:
  std::string folder_;
  store::RecordReading reading_;
  LineFilter filter_;
};

base::Result<store::RecordReport> print_lines(const Lines& lines) {
  return lines.read([](const boost::json::object&, const store::RecordLineRead& line) {
    std::printf("%.*s\n", static_cast<int>(line.text.size()), line.text.data());
  });
}

// Read twice: the columns must be known before the first line is printed.
base::Result<store::RecordReport> print_csv(const Lines& lines) {
  LineColumns columns;
  const auto seen =
      lines.read([&](const boost::json::object& line, const store::RecordLineRead&) { columns.see(line); });
  if (!seen) return seen;
  std::printf("%s\r\n", columns.heading().c_str());
  return lines.read(
      [&](const boost::json::object& line, const store::RecordLineRead& read) {
        std::printf("%s\r\n", columns.csv(line, read.trust).c_str());
      },
      seen->seq);
}

base::Result<store::RecordReport> print_people(const Lines& lines) {
  std::vector<std::vector<std::string>> rows{
      {"LINE", "TIME", "SERVER", "CLIENT", "USER", "RUNG", "CAUSE", "CHAIN"}};
  auto report = lines.read([&](const boost::json::object& line, const store::RecordLineRead& read) {
    std::vector<std::string> row{std::to_string(read.seq)};
    for (const auto* name : {"time", "server", "client", "user", "rung", "cause"})
      row.push_back(member_text(line, name));
    row.emplace_back(trust_word(read.trust));
    rows.push_back(std::move(row));
  });
  if (report && report->segments > 0) print_table(rows);
  return report;
}

int print(const AuditOptions& options, const std::string& format) {
  const auto folder = record_folder(options);
  auto filter = LineFilter::make(options);
  if (!folder || !filter) {
    failed("audit", folder ? filter.error() : folder.error());
    return 2;
  }
  auto reading = record_reading(options);
  if (!reading) {
    failed("audit", reading.error());
    return 2;
  }
  const Lines lines(*folder, std::move(*reading), std::move(*filter));
  const auto report = format == "json"  ? print_lines(lines)
                      : format == "csv" ? print_csv(lines)
                                        : print_people(lines);
  if (!report) return failed("audit", report.error());
  if (const auto there = is_there(*folder, *report); !there) return failed("audit", there.error());
  if (report->trust == store::RecordTrust::broken)
    return failed("audit", {"the record is broken; `sallyport audit verify` says where"});
  return 0;
}

}  // namespace

int audit_list(const AuditOptions& options) {
  return print(options, options.format.empty() ? "table" : options.format);
}
int audit_export(const AuditOptions& options) {
  return print(options, options.format.empty() ? "csv" : options.format);
}

}  // namespace sallyport::app
