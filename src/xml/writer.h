#pragma once
// Writes XML text, well formed as long as every open() has its close() and names are names. Nothing is
// indented. Text may hold anything: what XML 1.0 (section 2.2) or UTF-8 does not allow becomes U+FFFD.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::xml {

// Appends `text` so that it reads back as itself, in element content and in attribute values.
void append_escaped(std::string& out, std::string_view text);

// The characters of `text`; empty when it is not UTF-8 or holds one that XML does not allow.
std::optional<std::size_t> count_characters(std::string_view text);

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void declaration() { out_ += R"(<?xml version="1.0" encoding="UTF-8"?>)"; }
  void open(std::string_view name);  // `name` must outlive its close(): a literal, as a rule
  void attribute(std::string_view name, std::string_view value);  // right after open()
  void text(std::string_view text);
  void close();
  void element(std::string_view name, std::string_view text);  // <name>text</name>

 private:
  void end_of_tag();

  std::string& out_;
  std::array<std::string_view, 32> open_{};
  std::size_t depth_ = 0;
  bool in_tag_ = false;
};

}  // namespace sallyport::xml
