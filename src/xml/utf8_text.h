#pragma once
// Private to the room: whatever encoding a document arrives in becomes UTF-8 here, so that the parser sees no
// other.
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sallyport::xml {

// The text without its byte order mark; a view of `octets`, or of `converted` where the octets were not UTF-8.
// Empty when the encoding is not understood, a surrogate stands alone, or a NUL is in it. Whether UTF-8 is
// well formed is left to the parser.
std::optional<std::string_view> utf8_text(base::ByteView octets, std::string_view charset,
                                          std::string& converted);

void append_utf8(std::string& out, char32_t code_point);

}  // namespace sallyport::xml
