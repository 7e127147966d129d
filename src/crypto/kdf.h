#pragma once
// HKDF with SHA-256 (RFC 5869): keys for different purposes from one secret, so that none tells anything of
// another.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace sallyport::crypto {

// Fills `output` (at most 255 * 32 octets). `purpose` is the RFC's `info`: a constant text for each use. An
// empty `salt` is the RFC's default.
void hkdf_sha256(base::ByteView secret, base::ByteView salt, std::string_view purpose,
                 std::span<std::uint8_t> output);

// One key of 32 octets, as AeadKey takes it.
std::array<std::uint8_t, 32> derive_key(base::ByteView secret, base::ByteView salt, std::string_view purpose);

}  // namespace sallyport::crypto
