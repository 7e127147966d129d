#pragma once
// The first line of a segment, as a value: which segment it is, where its first key lies, and where the record
// ended before it. So a line that goes missing at a segment's end is missed by the next one. A segment is never
// changed once the next one has begun; what stands in it behind the named end was never acknowledged ("torn":
// a line that a power cut or a failed write left in pieces) and is no part of the record.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sallyport::store {

struct RecordEnd {
  std::string segment;       // the file's name without ".jsonl"
  std::uint64_t seq = 0;     // of the last line
  std::string mac;           // its MAC
  std::uint64_t octets = 0;  // up to there
  std::uint64_t torn = 0;    // octets that stood behind when the next segment began
};

struct RecordHeader {
  std::string segment;
  std::string time;     // RFC 3339; by the wall clock, whatever that is worth
  bool sealed = false;  // "key":"sealed" to the auditor's certificate, else "beside" the segment
  std::optional<RecordEnd> previous;
};

// What RecordChain::append_line takes; and the other way round from a whole line. Nothing when it is no header
// of version 1.
std::string header_object(const RecordHeader&);
std::optional<RecordHeader> parse_header(std::string_view line);

// "record-20261126T043829Z-000007": segments follow each other by the number at the end, for a clock may be put
// back.
std::string make_segment_name(base::WallTime now, std::uint64_t number);
std::optional<std::uint64_t> segment_number(std::string_view name);

}  // namespace sallyport::store
