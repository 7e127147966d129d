#pragma once
// Times as RFC 3339 writes them: "2026-11-26T04:38:29Z", with a fraction, with an offset; and a day alone,
// which is its first moment in UTC.
#include <optional>
#include <string_view>

#include "base/time.h"

namespace sallyport::app {

std::optional<base::WallTime> parse_rfc3339(std::string_view text);

}  // namespace sallyport::app
