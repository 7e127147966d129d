#pragma once
// The numbers that a user sees in a reply, and what stands behind them in the log. A number never changes its
// meaning.
#include <string>
#include <string_view>

#include "validation/login.h"

namespace sallyport::validation {

// "reason=1 Access denied": the whole Reply-Message. At most 253 octets of ASCII, and nothing that a client
// chose.
std::string_view reply_text(Reason);
// What a refusal of this cause says to the user. Causes of refused credentials all give the same.
Reason reason_of(Cause);
// The number of its own for a cause that the settings tell to users; for others as reason_of().
Reason own_reason_of(Cause);

std::string reasons_markdown();  // docs/reasons.md: numbers, causes and the verdict table

}  // namespace sallyport::validation
