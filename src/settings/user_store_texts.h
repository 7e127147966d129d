#pragma once
// What the texts of a [[user_store]] may be, each with what is expected in words.
#include <string_view>

#include "settings/gateway.h"
#include "settings/rules.h"

namespace sallyport::settings {

base::Result<DirectoryConnection> parse_ldap_url(std::string_view url);
base::Result<void> filter_text(std::string_view filter);   // brackets in pairs, "%s" or "%u" in it
base::Result<void> domain_text(std::string_view name);     // "EX", "ad.example.com"
base::Result<void> bind_name_text(std::string_view name);  // "%s" in it once
base::Result<void> attribute_text(std::string_view name);  // RFC 4512 section 1.4: descr or numericoid

}  // namespace sallyport::settings
