// A user name in a search filter: whatever it is, the filter stays one filter with one value in its place. And
// filters and names of the settings.
#include "ldap/dn.h"
#include "ldap/filter.h"
#include "target.h"
#include "text/utf8.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const auto filter = ldap::FilterTemplate::parse("(&(objectClass=person)(uid=%s))").value();
  const auto text = base::as_text({octets, size});
  const auto filled = filter.fill(text);
  SALLYPORT_INVARIANT(ldap::check_filter(filled).has_value());
  constexpr std::string_view before = "(&(objectClass=person)(uid=", after = "))";
  SALLYPORT_INVARIANT(filled.starts_with(before) && filled.ends_with(after));
  const auto value =
      std::string_view(filled).substr(before.size(), filled.size() - before.size() - after.size());
  SALLYPORT_INVARIANT(value.find_first_of(std::string_view("*()\0", 4)) == std::string_view::npos);
  if (const auto other = ldap::FilterTemplate::parse(text))
    SALLYPORT_INVARIANT(ldap::check_filter(other->fill("alice")).has_value());
  if (const auto name = ldap::DistinguishedName::parse(text))
    SALLYPORT_INVARIANT(!name->relative_names().empty());
  const auto built = "uid=" + ldap::escape_dn_value(text) + ",dc=example";
  if (!text.empty()) {
    const auto name = ldap::DistinguishedName::parse(built);
    if (!text::is_utf8(text)) {  // user names are looked at before; a name that is not text is none
      SALLYPORT_INVARIANT(!name);
      return 0;
    }
    SALLYPORT_INVARIANT(name && name->relative_names().size() == 2 &&
                        name->relative_names().front().front().value == text);
  }
  return 0;
}
