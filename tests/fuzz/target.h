#pragma once
// What every target says: one input, and a promise that must hold whatever it is. A broken promise stops the
// program, in the replay as in the hunt.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/invariant.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size);
