#pragma once
// Randomness from the kernel (getrandom), fit for keys, nonces, identifiers and codes. It never fails and never
// waits once the machine has booted; a kernel that refuses stops the program. Octets (keys, nonces) come
// straight from it; numbers and texts are cut from a block that each thread fetched, so no process may fork
// between them.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace sallyport::crypto {

void fill_random(std::span<std::uint8_t> out);
base::Bytes random_bytes(std::size_t count);
std::uint64_t random_below(std::uint64_t bound);  // each of 0 ... bound-1 equally likely; `bound` is not 0
std::string random_base62(std::size_t length);    // 0-9 A-Z a-z, each equally likely: 5.95 bits a character

}  // namespace sallyport::crypto
