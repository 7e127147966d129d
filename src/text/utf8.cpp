#include "text/utf8.h"

#include <algorithm>
#include <cstdint>

namespace sallyport::text {
namespace {

bool is_continuation(unsigned char octet) { return (octet & 0xC0U) == 0x80U; }

// How many octets the character at the front takes; 0: it is none. The second octet's bounds are those of the
// table in RFC 3629 section 4.
std::size_t character_length(std::string_view octets) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(octets[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || octets.size() < length) return 0;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(at(i))) return 0;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view octets) {
  while (!octets.empty()) {
    const auto length = character_length(octets);
    if (length == 0) return false;
    octets.remove_prefix(length);
  }
  return true;
}

bool has_control(std::string_view octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto octet = static_cast<unsigned char>(octets[i]);
    if (octet < 0x20 || octet == 0x7F) return true;
    // U+0080 to U+009F are C2 80 to C2 9F.
    if (octet == 0xC2 && i + 1 < octets.size()) {
      const auto next = static_cast<unsigned char>(octets[i + 1]);
      if (next >= 0x80 && next <= 0x9F) return true;
    }
  }
  return false;
}

bool is_printable_ascii(std::string_view octets) {
  return std::ranges::all_of(octets, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

}  // namespace sallyport::text
