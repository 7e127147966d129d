#include "settings/document.h"

// toml++ 3.3 asserts what a malformed file can break (a key that begins with a control character, say), and
// then refuses it properly two lines later. With NDEBUG those assertions would become assumptions of the
// optimiser.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

namespace sallyport::settings {
namespace {

constexpr std::size_t text_limit = 4U << 20U;
constexpr int depth_limit = 16;

int line_of_source(const toml::source_region& source) {
  return source.begin ? static_cast<int>(source.begin.line) : 1;
}

Node convert(const toml::node& from, int depth, int fallback_line);

void convert_table(const toml::table& table, Node& to, int depth) {
  for (const auto& [key, value] : table) {
    const int line = key.source().begin ? line_of_source(key.source()) : to.line;
    to.keys.emplace_back(key.str());
    to.key_lines.push_back(line);
    to.items.push_back(convert(value, depth + 1, line));
  }
}

void convert_scalar(const toml::node& from, Node& to) {
  if (const auto* text = from.as_string()) {
    to.kind = NodeKind::text;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = NodeKind::integer;
    to.integer = integer->get();
  } else if (const auto* boolean = from.as_boolean()) {
    to.kind = NodeKind::boolean;
    to.boolean = boolean->get();
  } else if (const auto* date = from.as_date()) {
    to.kind = NodeKind::date;
    to.text = fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
  } else {
    to.kind = from.is_floating_point() ? NodeKind::real : NodeKind::time;
  }
}

Node convert(const toml::node& from, int depth, int fallback_line) {
  Node to;
  to.line = from.source().begin ? line_of_source(from.source()) : fallback_line;
  if (const auto* table = from.as_table()) {
    if (depth < depth_limit) convert_table(*table, to, depth);
  } else if (const auto* array = from.as_array()) {
    to.kind = NodeKind::array;
    if (depth < depth_limit)
      for (const auto& item : *array) to.items.push_back(convert(item, depth + 1, to.line));
  } else {
    convert_scalar(from, to);
  }
  return to;
}

// The library quotes what it saw, and that may be (part of) a secret written without quotes: only words without
// a quotation are passed on.
std::string without_quotations(std::string_view description) {
  const auto quote = std::min(description.find_first_of("'\""), description.find(", saw"));
  if (quote == std::string_view::npos) return std::string(description);
  description = description.substr(0, quote);
  const auto comma = description.find_last_of(",;");
  if (comma != std::string_view::npos) description = description.substr(0, comma);
  while (!description.empty() && description.back() == ' ') description.remove_suffix(1);
  return std::string(description);
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key) return &items[i];
  return nullptr;
}

int Node::line_of(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key) return key_lines[i];
  return line;
}

std::string_view kind_name(NodeKind kind) {
  constexpr std::array<std::string_view, 8> names{"true or false", "a whole number", "a number with a fraction",
                                                  "a text",        "a date",         "a time",
                                                  "a list",        "a table"};
  return names[static_cast<std::size_t>(kind)];
}

base::Result<Node, Mistake> read_document(std::string_view text) {
  if (text.size() > text_limit) return std::unexpected(Mistake{1, "", "expected a file of at most 4 MiB"});
  const toml::parse_result parsed = toml::parse(text);
  if (parsed.failed()) {
    const auto& error = parsed.error();
    const auto line = line_of_source(error.source());
    return std::unexpected(
        Mistake{line, "", fmt::format("expected TOML: {}", without_quotations(error.description()))});
  }
  Node root = convert(parsed.table(), 0, 1);
  root.line = 1;
  return root;
}

}  // namespace sallyport::settings
