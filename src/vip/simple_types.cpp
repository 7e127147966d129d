#include "vip/simple_types.h"

#include <fmt/format.h>

#include <algorithm>

#include "xml/writer.h"

namespace sallyport::vip {
namespace {

bool letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool digit(char c) { return c >= '0' && c <= '9'; }

bool all(std::string_view text, auto fits) { return std::ranges::all_of(text, fits); }
bool one_of(std::string_view letters, char c) { return letters.find(c) != letters.npos; }

bool is_phone_number(std::string_view text) {
  const auto x = text.find('x');
  const auto number = text.substr(0, x);
  if (number.size() < 5 || number.size() > 20 || !all(number, digit)) return false;
  if (x == text.npos) return true;
  const auto extension = text.substr(x + 1);
  return !extension.empty() && extension.size() <= 20 &&
         all(extension, [](char c) { return digit(c) || one_of(",#.*", c); });
}

// RFC 5322 section 3.4.1 without comments, quotes and the backtick.
bool is_email_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == text.npos || at + 1 == text.size()) return false;
  return all(text.substr(0, at),
             [](char c) { return letter_or_digit(c) || one_of(".!#$%&'*+/=?^_{|}~-", c); }) &&
         all(text.substr(at + 1), [](char c) { return letter_or_digit(c) || one_of(".-", c); });
}

bool in_alphabet(Alphabet alphabet, std::string_view text) {
  switch (alphabet) {
    case Alphabet::any:
      return true;
    case Alphabet::letters_and_digits:
      return all(text, letter_or_digit);
    case Alphabet::word:
      return all(text, [](char c) { return letter_or_digit(c) || c == '_'; });
    case Alphabet::credential_id:
      return all(text, [](char c) { return letter_or_digit(c) || one_of(",#.*", c); });
    case Alphabet::version:
      return all(text, [](char c) { return digit(c) || c == '.'; });
    case Alphabet::digits:
      return all(text, digit);
    case Alphabet::language:
      return all(text, [](char c) { return letter_or_digit(c) || c == '-'; });
    case Alphabet::phone_number:
      return is_phone_number(text);
    case Alphabet::email_address:
      return is_email_address(text);
    case Alphabet::credential_id_or_email:
      return in_alphabet(Alphabet::credential_id, text) || is_email_address(text);
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
    case Alphabet::digits:
      return "digits";
    case Alphabet::language:
      return "letters, digits or hyphens";
    case Alphabet::phone_number:
      return "characters: a phone number of digits without '+', an extension after x";
    case Alphabet::email_address:
      return "characters: an e-mail address";
    case Alphabet::credential_id_or_email:
      return "letters, digits or ,#.*, or an e-mail address";
  }
  return {};
}

}  // namespace

std::string_view pattern_of(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::any:
      return {};
    case Alphabet::letters_and_digits:
      return "[0-9A-Za-z]+";
    case Alphabet::word:
      return "[0-9A-Za-z_]+";
    case Alphabet::credential_id:
      return "[0-9A-Za-z,#.*]+";
    case Alphabet::version:
      return "[0-9.]+";
    case Alphabet::digits:
      return "[0-9]+";
    case Alphabet::language:
      return "[0-9A-Za-z\\-]+";
    case Alphabet::phone_number:
      return "[0-9]{5,20}(x[0-9,#.*]{1,20})?";
    case Alphabet::email_address:
      return "[0-9A-Za-z.!#$%&'*+/=?\\^_{|}~\\-]+@[0-9A-Za-z.\\-]+";
    case Alphabet::credential_id_or_email:
      return "[0-9A-Za-z,#.*]+|[0-9A-Za-z.!#$%&'*+/=?\\^_{|}~\\-]+@[0-9A-Za-z.\\-]+";
  }
  return {};
}

std::string expected_of(const SimpleType& type) {
  return fmt::format("{} to {} {}", type.min, type.max, name_of(type.alphabet));
}

std::string why_not(const SimpleType& type, std::string_view text) {
  const auto count = type.alphabet == Alphabet::any ? xml::count_characters(text) : text.size();
  if (!count) return "must be text that XML can hold";
  if (*count >= type.accepted_min && *count <= type.max && in_alphabet(type.alphabet, text)) return {};
  return "must have " + expected_of(type);
}

}  // namespace sallyport::vip
