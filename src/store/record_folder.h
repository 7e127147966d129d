#pragma once
// The files of a record: `NAME.jsonl` (a segment), beside it `NAME.key` (its first key) or `NAME.key.cms` (the
// same, sealed). All are 0600 and belong to the gateway's user.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/record_header.h"

namespace sallyport::store {

inline constexpr std::size_t record_segment_limit = std::size_t{128} << 20U;  // octets that a reader takes

std::string segment_path(const std::string& folder, std::string_view segment);
std::string key_path(const std::string& folder, std::string_view segment, bool sealed);

// Names without ".jsonl", in the order in which they were written.
base::Result<std::vector<std::string>> segments_of(const std::string& folder);

// The same of the segments whose first keys are there, sealed or not.
base::Result<std::vector<std::string>> keys_of(const std::string& folder);

// The next complete line (without its newline) of `text` from `at`, which moves behind it. Nothing at the end,
// and for a last line that has no newline: it is not yet a line.
std::optional<std::string_view> next_line(std::string_view text, std::size_t& at);

// Where the lines end that are complete, formed as lines, and numbered without a gap from the header on.
// Nothing when there is no header. It needs no key and says nothing about the MACs.
std::optional<RecordEnd> end_of_lines(std::string_view text);

}  // namespace sallyport::store
