#include "base/secret.h"

#include <cstring>

namespace sallyport::base {

void wipe(std::span<std::uint8_t> octets) {
  if (!octets.empty()) explicit_bzero(octets.data(), octets.size());
}

void Secret::clear() {
  octets_.resize(octets_.capacity());
  wipe({reinterpret_cast<std::uint8_t*>(octets_.data()), octets_.size()});
  octets_.clear();
}

}  // namespace sallyport::base
