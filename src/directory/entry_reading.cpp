#include "directory/entry_reading.h"

#include "ldap/dn.h"
#include "text/user_name.h"

namespace sallyport::directory {
namespace {

constexpr std::size_t most_values = 64;
constexpr std::size_t longest_value = 1024;

}  // namespace

std::string canonical_user_of(const FoundEntry& entry, const std::string& attribute) {
  const auto& values = entry.values_of(attribute);
  std::string in_name;
  if (const auto dn = ldap::DistinguishedName::parse(entry.dn); dn && values.size() > 1) {
    for (const auto& part : dn->relative_names().front()) {
      const auto value = text::prepare_user_name(part.value);
      if (same_type(part.type, attribute) && value) in_name = value->prepared;
    }
  }
  std::string first;
  for (const auto& octets : values) {
    const auto value = text::prepare_user_name(octets);
    if (!value) continue;
    if (value->prepared == in_name) return in_name;
    if (first.empty() || value->prepared < first) first = value->prepared;
  }
  return first;
}

std::vector<AttributeValues> wanted_attributes(const FoundEntry& entry, const std::vector<std::string>& types) {
  std::vector<AttributeValues> out;
  for (const auto& type : types) {
    AttributeValues kept{type, {}};
    for (const auto& value : entry.values_of(type)) {
      if (kept.values.size() < most_values && value.size() <= longest_value) kept.values.push_back(value);
    }
    if (!kept.values.empty()) out.push_back(std::move(kept));
  }
  return out;
}

}  // namespace sallyport::directory
