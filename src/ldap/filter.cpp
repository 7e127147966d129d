#include "ldap/filter.h"

#include <fmt/format.h>

#include <utility>

#include "ldap/filter_syntax.h"

namespace sallyport::ldap {
namespace {

// Splits at "%s" and turns "%%" into "%".
base::Result<std::vector<std::string>> split(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      pieces.back() += text[i];
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 's') {
      pieces.emplace_back();
    } else if (next == '%') {
      pieces.back() += '%';
    } else {
      return base::failure(
          fmt::format("character {}: '%' must be followed by 's' (the user name) or '%'", i + 1));
    }
    ++i;
  }
  return pieces;
}

}  // namespace

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

base::Result<FilterTemplate> FilterTemplate::parse(std::string_view text) {
  auto pieces = split(text);
  if (!pieces) return std::unexpected(pieces.error());
  if (pieces->size() < 2) return base::failure("the filter does not name the user: '%s' is expected in it");
  // The name's place is marked by an octet that no filter holds unescaped, and that is taken in values alone.
  std::string marked = pieces->front();
  for (std::size_t i = 1; i < pieces->size(); ++i) marked += FilterSyntax::placeholder + (*pieces)[i];
  if (text.find('\0') != std::string_view::npos) return base::failure("the filter holds a NUL");
  if (auto checked = FilterSyntax(marked).check(); !checked) return std::unexpected(checked.error());
  return FilterTemplate(std::move(*pieces));
}

std::string FilterTemplate::fill(std::string_view user_name) const {
  const auto value = escape_filter_value(user_name);
  std::string filter = pieces_.front();
  for (std::size_t i = 1; i < pieces_.size(); ++i) {
    filter += value;
    filter += pieces_[i];
  }
  return filter;
}

}  // namespace sallyport::ldap
