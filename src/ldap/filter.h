#pragma once
// Search filters (RFC 4515) from a template of the settings. A user name enters a filter only by fill(), which
// escapes it: no name can add a condition, end one, or stand for several users. A template is checked as a
// whole filter when it is read, so that a mistake is found at start and not at the first login.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::ldap {

// RFC 4515 section 3: `*`, `(`, `)`, `\` and NUL as \xx. Octets outside printable ASCII are escaped too, which
// a directory reads as the same value.
std::string escape_filter_value(std::string_view octets);

// Whether `text` is one whole filter of RFC 4515; the error says what is wrong and at which character.
base::Result<void> check_filter(std::string_view text);

class FilterTemplate {
 public:
  // "%s" stands for the user name, "%u" for the same as it was typed, with a domain perhaps; one of them is
  // there at least once, in place of a value; "%%" is a percent sign.
  static base::Result<FilterTemplate> parse(std::string_view text);
  [[nodiscard]] std::string fill(std::string_view user_name, std::string_view as_typed) const;
  [[nodiscard]] std::string fill(std::string_view user_name) const { return fill(user_name, user_name); }

 private:
  struct Piece {
    char slot;  // 's' or 'u': what goes before the text
    std::string text;
  };
  FilterTemplate() = default;
  base::Result<void> split(std::string_view text);
  std::string begin_;
  std::vector<Piece> pieces_;
};

}  // namespace sallyport::ldap
