#pragma once
// Times as RFC 3339 writes them, in UTC.
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sallyport::base {

void append_rfc3339(std::string& out, WallTime);  // "2026-11-26T04:38:29.123456Z"
std::string rfc3339(WallTime);                    // the same
std::string rfc3339_in_seconds(WallTime);         // "2026-11-26T04:38:29Z"

// Every form of RFC 3339, section 5.6, with a fraction and with an offset; and a day alone, which is its first
// moment.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace sallyport::base
