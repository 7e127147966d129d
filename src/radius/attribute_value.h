#pragma once
// Attributes that an administrator writes in the settings: from the standard's name, or a vendor's numbers, and
// from text, to the octets that a reply carries. It says why when a name may not stand in an Access-Accept or a
// text is no such value.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "radius/attribute.h"
#include "radius/attribute_names.h"

namespace sallyport::radius {

struct AttributeName {
  AttributeType type{};
  ValueKind kind{};
  std::uint32_t vendor = 0;  // SMI enterprise number; then `type` is vendor_specific
  std::uint8_t vendor_type = 0;
};

// "Filter-Id", in any case. Only what an Access-Accept may carry (RFC 2865 section 5.44), and nothing that this
// gateway writes itself (Reply-Message, State, Proxy-State, Message-Authenticator).
base::Result<AttributeName> reply_attribute(std::string_view name);
AttributeName vendor_attribute(std::uint32_t vendor, std::uint8_t number, ValueKind kind);

// The attribute's value; of a vendor's with the vendor's id, type and length before it (RFC 2865 section 5.26).
// "10", "192.0.2.1", "0x0102" or "0102" for octets.
base::Result<base::Bytes> attribute_octets(const AttributeName&, std::string_view text);

}  // namespace sallyport::radius
