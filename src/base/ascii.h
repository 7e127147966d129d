#pragma once
// Letters of ASCII without regard to case, as protocols compare their keywords.
#include <algorithm>
#include <string_view>

namespace sallyport::base {

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_ascii, lower_ascii);
}

}  // namespace sallyport::base
