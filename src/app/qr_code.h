#pragma once
// A QR code (ISO/IEC 18004) of an otpauth:// URI, for a terminal and as SVG.
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::app {

// Two modules a character cell (half blocks), dark on light by ANSI colours, with the quiet zone that scanners
// need.
base::Result<std::string> qr_for_terminal(std::string_view text);
base::Result<std::string> qr_as_svg(std::string_view text);

}  // namespace sallyport::app
