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
  // "%s" stands for the user name and is there at least once, in place of a value; "%%" is a percent sign.
  static base::Result<FilterTemplate> parse(std::string_view text);
  [[nodiscard]] std::string fill(std::string_view user_name) const;

 private:
  explicit FilterTemplate(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  std::vector<std::string> pieces_;  // the user name goes between each two
};

}  // namespace sallyport::ldap
