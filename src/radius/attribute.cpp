#include "radius/attribute.h"

namespace sallyport::radius {

std::optional<base::ByteView> AttributeList::find(AttributeType type) const {
  for (const auto attribute : *this) {
    if (attribute.type == type) return attribute.value;
  }
  return std::nullopt;
}

std::size_t AttributeList::count(AttributeType type) const {
  std::size_t found = 0;
  for (const auto attribute : *this) found += attribute.type == type ? 1 : 0;
  return found;
}

}  // namespace sallyport::radius
