#pragma once
// Attributes for people: the standard's name of each, and its value as text that is safe to show on a terminal
// and in a log line (control characters and what is not ASCII are escaped). Secrets are not for showing:
// User-Password, CHAP-Password and State give their length only.
#include <string>
#include <string_view>

#include "radius/attribute.h"

namespace sallyport::radius {

enum class ValueKind : std::uint8_t { text, octets, integer, ipv4_address, ipv6_address, time, secret };

std::string_view name_of(AttributeType type);  // "User-Name"; empty when it has none here
ValueKind kind_of(AttributeType type);         // octets for those without a name

std::string label_of(AttributeType type);               // its name, else "Attribute-123"
std::string value_as_text(const Attribute& attribute);  // "\"alice\"", "192.0.2.1", "1812", "0x0102"

}  // namespace sallyport::radius
