#pragma once
// Distinguished names as text (RFC 4514). A name is read strictly; what is not one, and the empty name, is
// refused before it can reach a bind (RFC 4513 section 5.1.2: a bind with an empty name proves nothing).
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::ldap {

struct AttributeValue {
  std::string type;   // as written: "uid", "2.5.4.3"
  std::string value;  // octets, unescaped; of the form #04024869 the decoded BER octets
};
using RelativeName = std::vector<AttributeValue>;  // several: "cn=a+uid=b"

class DistinguishedName {
 public:
  static base::Result<DistinguishedName> parse(std::string_view text);

  [[nodiscard]] const std::vector<RelativeName>& relative_names() const {
    return relative_names_;
  }  // leaf first
  // For comparison: types in lower case, values without regard to ASCII case and insignificant spaces, parts of
  // one relative name in order. Equal names have equal forms; a directory may hold more names to be equal.
  [[nodiscard]] std::string normalised() const;

 private:
  std::vector<RelativeName> relative_names_;
};

// RFC 4514 section 2.4, for a value in a name that is put together.
std::string escape_dn_value(std::string_view octets);

}  // namespace sallyport::ldap
