#pragma once
// Comparison whose time tells nothing about where two secrets differ. The lengths are not secret.
#include "base/bytes.h"

namespace sallyport::crypto {

bool constant_time_equal(base::ByteView left, base::ByteView right);

}  // namespace sallyport::crypto
