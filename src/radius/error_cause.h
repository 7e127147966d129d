#pragma once
// Why a client refused a Disconnect-Request: Error-Cause (RFC 5176 section 3.5), for people.
#include <cstdint>
#include <optional>
#include <string>

#include "radius/packet.h"

namespace sallyport::radius {

std::optional<std::uint32_t> error_cause_of(const PacketView& reply);  // nothing when it says none

// "Session-Context-Not-Found (503): it knows no such session"; a value that no standard names gives its number.
std::string error_cause_words(std::uint32_t cause);

}  // namespace sallyport::radius
