#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace sallyport::net {

DescriptorLimit descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return {limit.rlim_cur, limit.rlim_max};
}

DescriptorLimit raise_descriptor_limit(std::size_t wished) {
  const auto before = descriptor_limit();
  if (before.soft >= wished) return before;
  const rlimit both{wished, std::max<rlim_t>(wished, before.hard)};
  if (::setrlimit(RLIMIT_NOFILE, &both) != 0) {
    const rlimit soft_only{std::min<rlim_t>(wished, before.hard), before.hard};
    ::setrlimit(RLIMIT_NOFILE, &soft_only);
  }
  return descriptor_limit();
}

}  // namespace sallyport::net
