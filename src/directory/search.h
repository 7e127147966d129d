#pragma once
// A search as a value, and what a directory answers.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ldap/password_policy.h"
#include "ldap/result_code.h"

namespace sallyport::directory {

struct SearchQuestion {
  std::string base, filter;
  std::vector<std::string> attributes;  // types; none: no attributes
  bool subtree = true;                  // else the base alone
  int at_most = 2;                      // entries; one more is resultCode sizeLimitExceeded
};

struct FoundAttribute {
  std::string type;  // as the directory wrote it, perhaps with options: "memberOf;range=0-1499"
  std::vector<std::string> values;
};
struct FoundEntry {
  std::string dn;
  std::vector<FoundAttribute> attributes;

  // Of the type, whatever its case; of the plain type alone, not of one with options. Empty: there are none.
  [[nodiscard]] const std::vector<std::string>& values_of(std::string_view type) const;
};

struct Reply {
  ldap::ResultCode code{};
  std::string diagnostic_message;
  std::optional<ldap::PasswordPolicyWord> policy;  // of a bind
  std::vector<FoundEntry> entries;                 // no more than were asked for

  [[nodiscard]] bool finds_several() const {
    return entries.size() > 1 || ldap::meaning_of_search(code) == ldap::SearchMeaning::more_exist;
  }
};

bool same_type(std::string_view, std::string_view);  // attributes' types are the same in any case

}  // namespace sallyport::directory
