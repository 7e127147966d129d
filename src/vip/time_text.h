#pragma once
// Private to the room: times as xs:dateTime (XML Schema part 2, 3.2.7).
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sallyport::vip {

// YYYY-MM-DDThh:mm:ss.sssZ, cut to milliseconds; years 0 to 9999.
std::string to_time_text(base::WallTime time);
// With any fraction and zone; without a zone it is UTC. No years beyond four digits, no 24:00, no leap second.
std::optional<base::WallTime> from_time_text(std::string_view text);

}  // namespace sallyport::vip
