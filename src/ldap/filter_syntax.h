#pragma once
// The grammar of RFC 4515 section 3 as a checker, for filter.cpp alone. Stricter than libldap where libldap
// guesses: nothing may stand around a filter, and an item has a description, an operator and a value.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::ldap {

class FilterSyntax {
 public:
  // Stands for a value that is filled in later. NUL: RFC 4515 lets it stand in no filter unescaped.
  static constexpr char placeholder = '\0';

  explicit FilterSyntax(std::string_view text) : text_(text) {}
  base::Result<void> check();

 private:
  bool filter(int depth);
  bool list(int depth);
  bool item();
  bool description(std::string_view text, bool extensible);
  bool value(std::string_view text, std::size_t offset);
  bool wrong(std::size_t at, std::string what);
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : ')'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string mistake_;
};

}  // namespace sallyport::ldap
