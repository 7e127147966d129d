#include "ldap/filter.h"

#include <fmt/format.h>

#include <utility>

#include "ldap/filter_syntax.h"

namespace sallyport::ldap {
std::string escape_filter_value(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() + 8);
  for (char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet > 0x7E || c == '*' || c == '(' || c == ')' || c == '\\') {
      out += '\\';
      out += digits[octet >> 4U];
      out += digits[octet & 0xFU];
    } else {
      out += c;
    }
  }
  return out;
}

base::Result<void> check_filter(std::string_view text) { return FilterSyntax(text).check(); }

base::Result<void> FilterTemplate::split(std::string_view text) {
  auto* piece = &begin_;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *piece += text[i];
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 's' || next == 'u') {
      piece = &pieces_.emplace_back(next, "").text;
    } else if (next == '%') {
      *piece += '%';
    } else {
      return base::failure(fmt::format(
          "character {}: '%' must be followed by 's' (the user name), 'u' (as it was typed) or '%'", i + 1));
    }
    ++i;
  }
  return {};
}

base::Result<FilterTemplate> FilterTemplate::parse(std::string_view text) {
  FilterTemplate made;
  if (auto split = made.split(text); !split) return std::unexpected(split.error());
  if (made.pieces_.empty())
    return base::failure("the filter does not name the user: '%s' or '%u' is expected in it");
  // The name's place is marked by an octet that no filter holds unescaped, and that is taken in values alone.
  std::string marked = made.begin_;
  for (const auto& piece : made.pieces_) marked += FilterSyntax::placeholder + piece.text;
  if (text.find('\0') != std::string_view::npos) return base::failure("the filter holds a NUL");
  if (auto checked = FilterSyntax(marked).check(); !checked) return std::unexpected(checked.error());
  return made;
}

std::string FilterTemplate::fill(std::string_view user_name, std::string_view as_typed) const {
  std::string filter = begin_;
  for (const auto& piece : pieces_) {
    filter += escape_filter_value(piece.slot == 's' ? user_name : as_typed);
    filter += piece.text;
  }
  return filter;
}

}  // namespace sallyport::ldap
