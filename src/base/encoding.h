#pragma once
// Octets as text: hexadecimal, base 32 and base 64 of RFC 4648. Decoders refuse what is not well formed
// (odd length, foreign characters, wrong padding); base 32 ignores case, blanks and missing padding, as people
// type it from a QR code's page.
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sallyport::base {

std::string to_hex(ByteView octets);                   // lower case
std::optional<Bytes> from_hex(std::string_view text);  // either case
std::string to_base32(ByteView octets);                // no padding
std::optional<Bytes> from_base32(std::string_view text);
std::string to_base64(ByteView octets);  // with padding
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace sallyport::base
