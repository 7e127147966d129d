#include "directory/login_name.h"

#include <algorithm>

#include "directory/search.h"
#include "ldap/dn.h"

namespace sallyport::directory {

bool LoginNames::is_ours(std::string_view domain) const {
  return std::ranges::any_of(domains_, [&](const auto& ours) { return same_type(ours, domain); });
}

std::optional<LoginName> LoginNames::of(const text::UserName& name) const {
  const std::string& typed = name.spelled;
  if (domains_.empty()) return LoginName{typed, typed};
  std::string_view plain = typed;
  if (const auto slash = plain.find('\\'); slash != std::string_view::npos) {
    if (!is_ours(plain.substr(0, slash))) return std::nullopt;
    plain.remove_prefix(slash + 1);
  } else if (const auto at = plain.rfind('@'); at != std::string_view::npos && is_ours(plain.substr(at + 1))) {
    plain = plain.substr(0, at);
  }
  const auto prepared = text::prepare_user_name(plain);
  if (!prepared) return std::nullopt;
  return LoginName{prepared->spelled, typed};
}

base::Result<BindName> BindName::parse(const std::string& text) {
  const auto at = text.find("%s");
  if (at == std::string::npos || text.find('%', at + 1) != std::string::npos)
    return base::failure("'%s' is expected in it once, and no other '%'");
  BindName name;
  name.before_ = text.substr(0, at);
  name.after_ = text.substr(at + 2);
  name.is_dn_ = ldap::DistinguishedName::parse(name.before_ + "x" + name.after_).has_value();
  return name;
}

std::string BindName::fill(const LoginName& name) const {
  if (is_dn_) return before_ + ldap::escape_dn_value(name.plain) + after_;
  if (name.plain.find('@') != std::string::npos) return name.plain;
  return before_ + name.plain + after_;
}

}  // namespace sallyport::directory
