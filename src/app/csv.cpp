#include "app/csv.h"

#include <fmt/format.h>

#include <algorithm>

namespace sallyport::app {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

  base::Result<CsvRecord> record() {
    CsvRecord record{line_, {}, {}};
    const auto start = at_;
    for (;;) {
      auto field = next_field();
      if (!field) return std::unexpected(field.error());
      record.fields.push_back(std::move(*field));
      if (at_end() || text_[at_] != ',') break;
      ++at_;
    }
    record.text = text_.substr(start, at_ - start);
    end_line();
    return record;
  }

 private:
  base::Result<std::string> next_field() { return !at_end() && text_[at_] == '"' ? quoted() : plain(); }

  base::Result<std::string> plain() {
    const auto start = at_;
    while (!at_end() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"')
        return base::failure(fmt::format("line {}: a quote in the middle of a field", line_));
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  base::Result<std::string> quoted() {
    const int opened = line_;
    std::string value;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        value += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        value += '"';
        ++at_;
      } else {
        ++at_;
        if (!at_end() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r')
          return base::failure(fmt::format("line {}: something follows a closing quote", line_));
        return value;
      }
    }
    return base::failure(fmt::format("line {}: a quote that is never closed", opened));
  }

  void end_line() {
    if (!at_end() && text_[at_] == '\r') ++at_;
    if (!at_end() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

base::Result<std::vector<CsvRecord>> parse_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // what spreadsheets write first
  std::vector<CsvRecord> records;
  Reader reader(text);
  while (!reader.at_end()) {
    auto record = reader.record();
    if (!record) return std::unexpected(record.error());
    if (record->text.empty()) continue;
    records.push_back(std::move(*record));
  }
  return records;
}

std::string_view without_last_field(const CsvRecord& record) {
  if (record.fields.size() < 2) return {};
  const auto& last = record.fields.back();
  const bool quoted = record.text.ends_with('"');  // no plain field holds a quote
  const auto quotes = quoted ? 2 + std::ranges::count(last, '"') : 0;
  return std::string_view(record.text)
      .substr(0, record.text.size() - 1 - last.size() - static_cast<std::size_t>(quotes));
}

std::string csv_field(std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  std::string plain = (formula ? "'" : "") + std::string(text);
  if (plain.find_first_of(",\"\r\n") == std::string::npos) return plain;
  std::string quoted = "\"";
  for (const char c : plain) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace sallyport::app
