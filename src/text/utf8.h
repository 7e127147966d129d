#pragma once
// Two questions that are asked of octets before anything else is: whether they are UTF-8 as RFC 3629 has it (no
// overlong forms, no surrogates, nothing above U+10FFFF), and whether they hold control characters.
#include <cstddef>
#include <string_view>

namespace sallyport::text {

[[nodiscard]] bool is_utf8(std::string_view octets);
// C0 (NUL among them), DEL and C1. Octets that are not UTF-8 are judged one by one.
[[nodiscard]] bool has_control(std::string_view octets);
[[nodiscard]] bool is_printable_ascii(std::string_view octets);
// Of text that is UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view utf8);

}  // namespace sallyport::text
