#include "vip/simple_types.h"

#include <fmt/format.h>

#include <algorithm>

#include "xml/writer.h"

namespace sallyport::vip {
namespace {

bool letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool in_alphabet(Alphabet alphabet, char c) {
  switch (alphabet) {
    case Alphabet::any:
      return true;
    case Alphabet::letters_and_digits:
      return letter_or_digit(c);
    case Alphabet::word:
      return letter_or_digit(c) || c == '_';
    case Alphabet::credential_id:
      return letter_or_digit(c) || c == ',' || c == '#' || c == '.' || c == '*';
    case Alphabet::version:
      return (c >= '0' && c <= '9') || c == '.';
  }
  return false;
}

std::string_view name_of(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::any:
      return "characters";
    case Alphabet::letters_and_digits:
      return "letters or digits";
    case Alphabet::word:
      return "letters, digits or underscores";
    case Alphabet::credential_id:
      return "letters, digits or ,#.*";
    case Alphabet::version:
      return "digits or points";
  }
  return {};
}

}  // namespace

std::string why_not(const SimpleType& type, std::string_view text) {
  const auto count = type.alphabet == Alphabet::any ? xml::count_characters(text) : text.size();
  if (!count) return "must be text that XML can hold";
  if (*count >= type.accepted_min && *count <= type.max &&
      (type.alphabet == Alphabet::any ||
       std::ranges::all_of(text, [&](char c) { return in_alphabet(type.alphabet, c); })))
    return {};
  return fmt::format("must have {} to {} {}", type.min, type.max, name_of(type.alphabet));
}

}  // namespace sallyport::vip
