#include "settings/user_store_texts.h"

#include <algorithm>

#include "settings/address.h"

namespace sallyport::settings {

base::Result<DirectoryConnection> parse_ldap_url(std::string_view url) {
  const auto wrong = [] {
    return base::failure("\"ldap://host\", \"ldap://host:port\" or \"ldaps://host:port\", without a path");
  };
  DirectoryConnection connection;
  if (url.starts_with("ldaps://")) {
    connection.tls = DirectoryTls::ldaps;
    connection.port = 636;
    url.remove_prefix(8);
  } else if (url.starts_with("ldap://")) {
    url.remove_prefix(7);
  } else {
    return wrong();
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  const auto parsed = parse_host_port(url);
  if (!parsed) return wrong();
  connection.host = parsed->host;
  if (parsed->port != 0) connection.port = parsed->port;
  return connection;
}

base::Result<void> filter_text(std::string_view filter) {
  int depth = 0;
  bool balanced = filter.starts_with('(') && filter.ends_with(')');
  for (char c : filter) {
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) balanced = false;
  }
  if (!balanced || depth != 0)
    return base::failure("an LDAP filter of RFC 4515 with its brackets in pairs, like \"(uid=%s)\"");
  for (auto at = filter.find('%'); at != std::string_view::npos; at = filter.find('%', at + 1))
    if (filter.substr(at, 2) != "%s" && filter.substr(at, 2) != "%u")
      return base::failure("no other \"%\" than in \"%s\" and \"%u\" in the filter; \\25 stands for one");
  if (filter.find('%') == std::string_view::npos)
    return base::failure("\"%s\" in the filter, where the user name goes");
  return {};
}

base::Result<void> domain_text(std::string_view name) {
  if (name.empty() || name.size() > 255 || name.find_first_of("\\@/ ") != std::string_view::npos)
    return base::failure("the name of a domain, like \"EXAMPLE\" or \"ad.example.com\"");
  return {};
}

base::Result<void> bind_name_text(std::string_view name) {
  const auto at = name.find('%');
  if (at == std::string_view::npos || name.substr(at, 2) != "%s" ||
      name.find('%', at + 1) != std::string_view::npos)
    return base::failure(
        "\"%s\" once, where the user name goes, like \"%s@ad.example.com\", and no other \"%\"");
  return {};
}

base::Result<void> attribute_text(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool good =
      !name.empty() && name.size() <= 128 &&
      ((letter(name.front()) &&
        std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c) || c == '-'; })) ||
       (digit(name.front()) &&
        std::all_of(name.begin(), name.end(), [&](char c) { return digit(c) || c == '.'; })));
  if (!good) return base::failure("the name of an attribute, like \"uid\" or \"sAMAccountName\"");
  return {};
}

}  // namespace sallyport::settings
