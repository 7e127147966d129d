#include "vip/status.h"

namespace sallyport::vip {

std::optional<std::uint16_t> from_hex_digits(std::string_view text) {
  if (text.size() != 4) return std::nullopt;
  unsigned number = 0;
  for (char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else {
      return std::nullopt;
    }
    number = number << 4U | digit;
  }
  return static_cast<std::uint16_t>(number);
}

std::string to_hex_digits(std::uint16_t number) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {digits[number >> 12U], digits[number >> 8U & 15U], digits[number >> 4U & 15U], digits[number & 15U]};
}

}  // namespace sallyport::vip
