#include "settings/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "settings/sections.h"

namespace sallyport::settings {
namespace {

template <class T>
base::Result<T, Mistakes> parse(std::string_view toml, const SecretSources& sources,
                                const Section<T>& section) {
  const auto document = read_document(toml);
  if (!document) return std::unexpected(Mistakes{document.error()});
  T settings;
  Mistakes mistakes;
  read_section(section, settings, *document, Spot(sources, mistakes));
  if (mistakes.empty()) return settings;
  std::sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
    return std::tie(a.line, a.key, a.expected) < std::tie(b.line, b.key, b.expected);
  });
  return std::unexpected(std::move(mistakes));
}

}  // namespace

std::string Mistake::to_string(std::string_view file_name) const {
  return fmt::format("{}:{}: {}{}{}", file_name, line, key, key.empty() ? "" : ": ", expected);
}

base::Result<Gateway, Mistakes> parse_gateway(std::string_view toml, const SecretSources& sources) {
  return parse(toml, sources, gateway_section());
}

base::Result<AuthService, Mistakes> parse_authservice(std::string_view toml, const SecretSources& sources) {
  return parse(toml, sources, authservice_section());
}

}  // namespace sallyport::settings
