#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cstdio>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/csv.h"
#include "app/listing.h"
#include "app/terminal.h"
#include "store/file.h"
#include "text/utf8.h"

namespace sallyport::app {
namespace {

constexpr std::string_view columns[] = {"user",   "kind",      "secret",  "credential",   "digits",
                                        "period", "algorithm", "counter", "friendly_name"};

// Behind each refused line, why; when these lines are imported as they are, it is read over.
constexpr std::string_view reason_column = "refused_because";

bool is_number(std::string_view column) {
  return column == "digits" || column == "period" || column == "counter";
}

struct Line {
  const CsvRecord* record;
  boost::json::object body;
  std::string mistake;  // found here; the service need not be asked
};

base::Result<void> check_header(const CsvRecord& header) {
  for (const auto& name : header.fields)
    if (name != reason_column && std::ranges::find(columns, name) == std::end(columns))
      return base::failure(
          fmt::format("line {}: no column '{}'; known are {}", header.line, name, fmt::join(columns, ", ")));
  if (std::ranges::find(header.fields, "user") == header.fields.end())
    return base::failure(fmt::format("line {}: the header has no column 'user'", header.line));
  return {};
}

Line line_of(const CsvRecord& header, const CsvRecord& record) {
  Line line{&record, {}, {}};
  if (record.fields.size() != header.fields.size()) {
    line.mistake = fmt::format("{} fields, and the header has {}", record.fields.size(), header.fields.size());
    return line;
  }
  if (!text::is_utf8(record.text)) {  // one such line would make the whole batch no JSON
    line.mistake = "not UTF-8; save the file as UTF-8";
    return line;
  }
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const auto& value = record.fields[i];
    if (value.empty() || header.fields[i] == reason_column) continue;
    if (!is_number(header.fields[i])) {
      line.body[header.fields[i]] = value;
      continue;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size())
      line.mistake = header.fields[i] + " is not a number";
    line.body[header.fields[i]] = number;
  }
  return line;
}

class Import {
 public:
  Import(AdminClient& client, const CsvRecord& header, std::size_t total)
      : client_(client), header_(header), bar_(total) {
    refused_lines_ = fmt::format("{},{}\n", without_old_reason(header), reason_column);
  }

  base::Result<void> send(const std::vector<Line>& lines) {
    boost::json::array sent;
    for (const auto& line : lines)
      if (line.mistake.empty()) sent.emplace_back(line.body);
    boost::json::array results;
    if (!sent.empty()) {
      const auto answer = client_.post("import", {{"lines", sent}});
      if (!answer) return std::unexpected(answer.error());
      const auto* given = answer->if_contains("results");
      if (given == nullptr || !given->is_array() || given->get_array().size() != sent.size())
        return base::failure("the service's answer does not have one result a line");
      results = given->get_array();
    }
    auto result = results.begin();
    for (const auto& line : lines)
      note(line, line.mistake.empty() ? (result++)->as_object() : boost::json::object());
    bar_.at(done_, refused_);
    return {};
  }

  [[nodiscard]] std::size_t refused() const { return refused_; }
  [[nodiscard]] const std::string& refused_lines() const { return refused_lines_; }
  [[nodiscard]] std::string summary() const {
    return fmt::format("{} created, {} there already, {} refused", created_, unchanged_, refused_);
  }

 private:
  [[nodiscard]] std::string_view without_old_reason(const CsvRecord& record) const {
    const bool has_one =
        header_.fields.back() == reason_column && record.fields.size() == header_.fields.size();
    return has_one ? without_last_field(record) : std::string_view(record.text);
  }
  void note(const Line& line, const boost::json::object& result) {
    ++done_;
    const auto word = member_text(result, "result");
    if (word == "created") ++created_;
    if (word == "unchanged") ++unchanged_;
    if (word == "created" || word == "unchanged") return;
    ++refused_;
    auto reason = line.mistake.empty() ? member_text(result, "reason") : line.mistake;
    std::ranges::replace(reason, '"', '\'');
    refused_lines_ += fmt::format("{},\"{}\"\n", without_old_reason(*line.record), reason);
  }

  AdminClient& client_;
  const CsvRecord& header_;
  ProgressBar bar_;
  std::string refused_lines_;
  std::size_t done_ = 0, created_ = 0, unchanged_ = 0, refused_ = 0;
};

base::Result<void> send_all(Import& import, const std::vector<CsvRecord>& records, std::size_t batch) {
  std::vector<Line> lines;
  for (std::size_t i = 1; i < records.size(); ++i) {
    lines.push_back(line_of(records.front(), records[i]));
    if (lines.size() < batch && i + 1 < records.size()) continue;
    if (auto sent = import.send(lines); !sent) return sent;
    lines.clear();
  }
  return {};
}

}  // namespace

int user_import(const UserOptions& options) {
  const auto text = store::read_file(options.csv_file);
  if (!text) return failed("import", text.error());
  const auto records = parse_csv(*text);
  if (!records) return failed("import", {options.csv_file + ": " + records.error().what});
  if (records->empty()) return failed("import", {options.csv_file + ": no header"});
  if (const auto header = check_header(records->front()); !header)
    return failed("import", {options.csv_file + ": " + header.error().what});
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("import", client.error());

  Import import(**client, records->front(), records->size() - 1);
  const auto sent = send_all(import, *records, options.batch);
  std::printf("%s\n", import.summary().c_str());
  if (import.refused() > 0) {
    const auto file = options.refused_file.empty() ? options.csv_file + ".refused.csv" : options.refused_file;
    if (const auto written = store::write_atomically(file, import.refused_lines(), 0600); !written)
      return failed("import", written.error());
    std::printf("refused lines, with the reason: %s\n", file.c_str());
  }
  if (!sent) return failed("import", {sent.error().what + "; run it again to go on"});
  return import.refused() > 0 ? 1 : 0;
}

}  // namespace sallyport::app
