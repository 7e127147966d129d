#pragma once
// A record read from its first line to its last, while the gateway may write on, and held against what it says
// of itself: numbers without a gap, MACs, segments that name the end of the one before, and keys that each have
// their segment. What it cannot show:
// that the end of the whole record was cut off, or all of it written anew together with its keys. For that,
// heads were kept elsewhere (record.h), and the caller looks for them among the lines.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace sallyport::store {

enum class RecordTrust {
  good,
  unchecked,  // sealed, and the auditor's key was not given
  broken,     // not what was written, or not where it was written
};

struct RecordLineRead {
  std::string_view segment;
  std::uint64_t seq = 0;
  std::string_view text, mac;  // the whole line, a JSON object, without its newline
  bool header = false;
  RecordTrust trust = RecordTrust::good;
};

struct RecordFinding {
  RecordTrust trust = RecordTrust::good;  // good: nothing is wrong, but a person should know
  std::string segment, what;
};

struct RecordReport {
  std::vector<RecordFinding> findings;  // the first hundred
  std::size_t more_findings = 0;
  RecordTrust trust = RecordTrust::good;  // the worst of them
  std::size_t segments = 0, sealed_segments = 0;
  std::uint64_t lines = 0;       // without headers
  std::uint64_t cut_octets = 0;  // behind the end of segments: written in part, and never acknowledged
  std::uint64_t seq = 0;         // the head
  std::string mac;
};

struct RecordReading {
  // From CMS octets to the key; empty: the MACs of sealed segments are not looked at.
  std::function<base::Result<base::Secret>(base::ByteView)> open_sealed{};
  bool begins_here = false;  // the segments before the first were put elsewhere, and are not missed
};

// `each` gets every line in order; its views live for the call. The error: the folder or a file cannot be read.
base::Result<RecordReport> read_record(const std::string& folder, const RecordReading& reading,
                                       const std::function<void(const RecordLineRead&)>& each);

}  // namespace sallyport::store
