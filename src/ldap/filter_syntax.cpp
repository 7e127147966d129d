#include "ldap/filter_syntax.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/utf8.h"

namespace sallyport::ldap {
namespace {

constexpr int deepest = 32;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_key_character(char c) { return is_letter(c) || is_digit(c) || c == '-'; }

// A short name ("uid") or a dotted number ("2.5.4.3"), RFC 4512 section 1.4.
bool is_object_identifier(std::string_view text) {
  if (text.empty()) return false;
  if (is_letter(text.front())) return std::ranges::all_of(text, is_key_character);
  return is_digit(text.front()) && is_digit(text.back()) && text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

// "cn", "cn;lang-de": RFC 4512 section 2.5.
bool is_attribute_description(std::string_view text) {
  const auto semicolon = text.find(';');
  if (!is_object_identifier(text.substr(0, semicolon))) return false;
  while (semicolon != std::string_view::npos) {
    text.remove_prefix(text.find(';') + 1);
    const auto option = text.substr(0, text.find(';'));
    if (option.empty() || !std::ranges::all_of(option, is_key_character)) return false;
    if (text.find(';') == std::string_view::npos) break;
  }
  return true;
}

}  // namespace

base::Result<void> FilterSyntax::check() {
  if (text_.empty()) return base::failure("the filter is empty");
  if (!text::is_utf8(text_)) return base::failure("the filter is not UTF-8");
  if (filter(0) && at_ != text_.size()) wrong(at_, "nothing may follow the filter's last ')'");
  if (!mistake_.empty()) return base::failure(mistake_);
  return {};
}

bool FilterSyntax::wrong(std::size_t at, std::string what) {
  if (mistake_.empty()) mistake_ = fmt::format("character {}: {}", at + 1, what);
  return false;
}

// filter = "(" ( "&" list / "|" list / "!" filter / item ) ")"
bool FilterSyntax::filter(int depth) {
  if (depth > deepest) return wrong(at_, fmt::format("nested deeper than {}", deepest));
  if (at_ >= text_.size() || text_[at_] != '(') return wrong(at_, "'(' is expected");
  const auto opened = at_++;
  const char first = peek();
  bool good = false;
  if (first == '&' || first == '|') {
    ++at_;
    good = list(depth);
  } else if (first == '!') {
    ++at_;
    good = filter(depth + 1);
  } else {
    good = item();
  }
  if (!good) return false;
  if (at_ >= text_.size()) return wrong(opened, "this '(' is never closed");
  if (text_[at_] != ')') return wrong(at_, "')' is expected");
  ++at_;
  return true;
}

// RFC 4526 allows an empty list (always true, never true); a login's filter has no use for it.
bool FilterSyntax::list(int depth) {
  if (peek() != '(' || at_ >= text_.size()) return wrong(at_, "'(' is expected after '&' or '|'");
  while (at_ < text_.size() && text_[at_] == '(') {
    if (!filter(depth + 1)) return false;
  }
  return true;
}

// description operator value; the operator is one of = ~= >= <= and, for an extensible match, :=
bool FilterSyntax::item() {
  const auto begin = at_;
  const auto end = std::min(text_.find_first_of("()", begin), text_.size());
  const auto whole = text_.substr(begin, end - begin);
  const auto equals = whole.find('=');
  if (whole.empty()) return wrong(begin, "a condition such as 'uid=%s' is expected");
  if (equals == std::string_view::npos) return wrong(begin, "'=' is expected in this condition");
  auto name = whole.substr(0, equals);
  const bool extensible = name.ends_with(':');
  if (extensible || name.ends_with('~') || name.ends_with('>') || name.ends_with('<')) name.remove_suffix(1);
  if (!description(name, extensible)) {
    return wrong(begin,
                 "an attribute's name is expected before '='; parentheses in values are written \\28 and \\29");
  }
  if (!value(whole.substr(equals + 1), begin + equals + 1)) return false;
  at_ = end;
  return true;
}

// Extensible: attr [":dn"] [":" rule], or [":dn"] ":" rule.
bool FilterSyntax::description(std::string_view text, bool extensible) {
  if (!extensible) return is_attribute_description(text);
  const auto colon = text.find(':');
  const auto attribute = text.substr(0, colon);
  auto rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  // ABNF's strings have no case (RFC 5234 section 2.3).
  const bool of_dn =
      rest.size() >= 3 && (rest[1] == 'd' || rest[1] == 'D') && (rest[2] == 'n' || rest[2] == 'N');
  if (of_dn && (rest.size() == 3 || rest[3] == ':')) rest.remove_prefix(3);
  if (attribute.empty()) return rest.starts_with(':') && is_object_identifier(rest.substr(1));
  return is_attribute_description(attribute) &&
         (rest.empty() || (rest.starts_with(':') && is_object_identifier(rest.substr(1))));
}

bool FilterSyntax::value(std::string_view text, std::size_t offset) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
      return wrong(offset + i, "'\\' must be followed by two hexadecimal digits");
    }
    i += 2;
  }
  return true;
}

}  // namespace sallyport::ldap
