#include "settings/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "settings/sections.h"

namespace sallyport::settings {
namespace {

template <class T>
std::vector<std::string_view> names_of(const Section<T>& section) {
  std::vector<std::string_view> names;
  names.reserve(section.keys.size() + section.children.size());
  for (const auto& key : section.keys) names.push_back(key.name);
  for (const auto& child : section.children) names.push_back(child.name);
  return names;
}

// The line of the first key of `document` that is among `names` and not among `others`.
std::optional<int> line_of_one(const Node& document, const std::vector<std::string_view>& names,
                               const std::vector<std::string_view>& others) {
  std::optional<int> line;
  for (const auto name : names)
    if (document.has(name) && std::ranges::find(others, name) == others.end())
      line = std::min(line.value_or(document.line_of(name)), document.line_of(name));
  return line;
}

// A file of the other program alone has many mistakes, and one reason for them.
template <class T, class Other>
void say_whose(const Node& document, const Section<T>& section, const Section<Other>& other,
               std::string_view program, std::string_view others_program, Mistakes& mistakes) {
  const auto own = names_of(section), others = names_of(other);
  const auto line = line_of_one(document, others, own);
  if (line && !line_of_one(document, own, others))
    mistakes.push_back(
        {*line, "",
         fmt::format("expected the settings of `sallyport {}`: these are those of `sallyport {}`", program,
                     others_program)});
}

template <class T, class Other>
base::Result<T, Mistakes> parse(std::string_view toml, const SecretSources& sources, const Section<T>& section,
                                const Section<Other>& other, std::string_view program,
                                std::string_view others_program) {
  const auto document = read_document(toml);
  if (!document) return std::unexpected(Mistakes{document.error()});
  T settings;
  Mistakes mistakes;
  read_section(section, settings, *document, Spot(sources, mistakes));
  if (mistakes.empty()) return settings;
  std::sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
    return std::tie(a.line, a.key, a.expected) < std::tie(b.line, b.key, b.expected);
  });
  say_whose(*document, section, other, program, others_program, mistakes);
  return std::unexpected(std::move(mistakes));
}

}  // namespace

Mistake mistake_at(std::string_view toml, std::string key, std::string expected) {
  const auto document = read_document(toml);
  int line = 1;
  const Node* node = document ? &*document : nullptr;
  for (std::string_view left = key; node != nullptr && !left.empty();) {
    const auto word = left.substr(0, left.find_first_of(".["));
    left.remove_prefix(word.size());
    line = node->line_of(word);
    node = node->find(word);
    if (left.starts_with('[') && node != nullptr) {
      const auto item = left.substr(1, left.find(']') - 1);
      left.remove_prefix(item.size() + 2);
      std::size_t index = 0;
      std::from_chars(item.data(), item.data() + item.size(), index);
      node = index < node->items.size() ? &node->items[index] : nullptr;
      if (node != nullptr) line = node->line;
    }
    if (left.starts_with('.')) left.remove_prefix(1);
  }
  return {line, std::move(key), std::move(expected)};
}

std::string Mistake::to_string(std::string_view file_name) const {
  return fmt::format("{}:{}: {}{}{}", file_name, line, key, key.empty() ? "" : ": ", expected);
}

base::Result<Gateway, Mistakes> parse_gateway(std::string_view toml, const SecretSources& sources) {
  return parse(toml, sources, gateway_section(), authservice_section(), "gateway", "authservice");
}

base::Result<std::string, Mistakes> parse_control_socket(std::string_view toml, const std::string& folder) {
  const auto document = read_document(toml);
  if (!document) return std::unexpected(Mistakes{document.error()});
  const auto* own = document->find("continuity");
  const auto any = [](const std::string&) -> base::Result<std::string> { return std::string(64, 'x'); };
  const SecretSources sources{
      .environment = any, .file = any, .settings_file_is_private = true, .folder = folder};
  Continuity continuity;
  Mistakes mistakes;
  const auto spot = Spot(sources, mistakes).key("continuity", document->line_of("continuity"));
  if (own != nullptr && own->kind == NodeKind::table)
    read_section(continuity_section(), continuity, *own, spot);
  if (auto path = control_socket_of(continuity); !path.empty()) return path;
  if (mistakes.empty()) spot.wrong("expected folder or control_socket: this gateway takes no commands");
  return std::unexpected(std::move(mistakes));
}

base::Result<AuthService, Mistakes> parse_authservice(std::string_view toml, const SecretSources& sources) {
  return parse(toml, sources, authservice_section(), gateway_section(), "authservice", "gateway");
}

}  // namespace sallyport::settings
