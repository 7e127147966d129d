#pragma once
// The limit on open descriptors of this process.
#include <cstddef>

namespace sallyport::net {

struct DescriptorLimit {
  std::size_t soft = 0, hard = 0;
};

DescriptorLimit descriptor_limit();
// Raises the soft limit to `wished`, or as near as the hard limit (raised too where we may) lets it; what is in
// force now.
DescriptorLimit raise_descriptor_limit(std::size_t wished);

}  // namespace sallyport::net
