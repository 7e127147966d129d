#pragma once
// A TOML 1.0 text as plain values with their line numbers. The library that reads TOML is known to document.cpp
// only.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "settings/load.h"

namespace sallyport::settings {

enum class NodeKind { boolean, integer, real, text, date, time, array, table };

struct Node {
  NodeKind kind = NodeKind::table;
  int line = 1;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;               // also a date, as YYYY-MM-DD
  std::vector<Node> items;        // of an array; of a table its values, beside `keys`
  std::vector<std::string> keys;  // of a table
  std::vector<int> key_lines;     // of a table

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  [[nodiscard]] int line_of(std::string_view key) const;  // the table's own line when the key is not there
};

// "a text", "a whole number", "a list": what stands there, without its value.
std::string_view kind_name(NodeKind);

// The mistake names the line; it never quotes the text, which may be a secret.
base::Result<Node, Mistake> read_document(std::string_view toml);

}  // namespace sallyport::settings
