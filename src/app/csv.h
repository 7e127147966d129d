#pragma once
// Comma-separated values as RFC 4180 describes them: quotes, doubled quotes, line ends of either kind, commas
// and line ends inside quotes. The first record is the header.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::app {

struct CsvRecord {
  int line = 0;      // where it begins, 1-based
  std::string text;  // as it stood in the file, without its line end
  std::vector<std::string> fields;
};

// The error names the line: a quote that is never closed, or one in the middle of a field.
base::Result<std::vector<CsvRecord>> parse_csv(std::string_view text);

// The record's text without its last field and the comma before it; all else as it stood.
std::string_view without_last_field(const CsvRecord&);

// A text as one field. What a spreadsheet would take for a formula (it begins with = + - @ or a tab) gets a
// quote before it: the text may be a user name that a stranger chose.
std::string csv_field(std::string_view text);

}  // namespace sallyport::app
