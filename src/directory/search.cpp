#include "directory/search.h"

#include <algorithm>

namespace sallyport::directory {

bool same_type(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

const std::vector<std::string>& FoundEntry::values_of(std::string_view type) const {
  static const std::vector<std::string> none;
  const auto found = std::ranges::find_if(attributes, [&](const auto& a) { return same_type(a.type, type); });
  return found == attributes.end() ? none : found->values;
}

}  // namespace sallyport::directory
