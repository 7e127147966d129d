#pragma once
// One schema says what a settings file may hold: for each table its keys, and for each key its type, unit,
// default, example and one sentence. Reading, checking, the defaults themselves and docs/settings.md all come
// from it. A key's default is TOML text that is read by the key's own rule, so the documents cannot say another
// one.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/document.h"
#include "settings/load.h"

namespace sallyport::settings {

// A place in the file that can be called wrong.
class Spot {
 public:
  Spot(const SecretSources& sources, Mistakes& mistakes) : sources_(&sources), mistakes_(&mistakes) {}
  [[nodiscard]] Spot key(std::string_view name, int line) const;
  [[nodiscard]] Spot item(std::size_t index, int line) const;
  void wrong(std::string expected) const { mistakes_->push_back({line_, path_, std::move(expected)}); }
  [[nodiscard]] const SecretSources& sources() const { return *sources_; }
  [[nodiscard]] int line() const { return line_; }

 private:
  const SecretSources* sources_;
  Mistakes* mistakes_;
  std::string path_;
  int line_ = 1;
};

// What a value must be, and where it goes.
template <class T>
struct Rule {
  std::string type;  // for the documents: "whole number, 1 to 64"
  std::function<void(T&, const Node&, const Spot&)> set;
};

template <class T>
struct Key {
  std::string_view name;
  Rule<T> rule;
  std::string_view unit = "";
  std::string_view default_toml = "";   // empty: none
  std::string_view default_words = "";  // what the documents say where it is not one value
  std::string_view example = "";        // TOML
  std::string_view doc = "";
  bool required = false;
};

struct KeyText {
  std::string name, type, unit, default_text, example, doc;
};
struct SectionText {
  std::string heading;  // "[[validation_server.client]]"; empty: the top of the file
  std::string doc;
  std::vector<KeyText> keys;
};

template <class T>
struct Child {  // a table inside a table
  std::string_view name;
  bool repeated = false;
  std::function<void(T&, const Node*, const Spot&)> read;  // null: not in the file
  std::function<void(std::vector<SectionText>&, const std::string& path)> describe;
};

template <class T>
struct Section {
  std::string_view doc;
  std::vector<Key<T>> keys;
  std::vector<Child<T>> children;
  std::function<void(T&, const Node&, const Spot&)> check;  // what no single key can tell; may fill in
};

// The mistake for every key of `table` that is not among `known`, with the nearest known one as a suggestion.
void refuse_unknown_keys(const Node& table, const std::vector<std::string_view>& known, const Spot&);
Node default_node(std::string_view toml);  // of "VALUE"

template <class T>
void read_section(const Section<T>& section, T& into, const Node& table, const Spot& spot) {
  std::vector<std::string_view> known;
  known.reserve(section.keys.size() + section.children.size());
  for (const auto& key : section.keys) known.push_back(key.name);
  for (const auto& child : section.children) known.push_back(child.name);
  refuse_unknown_keys(table, known, spot);
  for (const auto& key : section.keys) {
    const auto here = spot.key(key.name, table.line_of(key.name));
    if (const Node* node = table.find(key.name))
      key.rule.set(into, *node, here);
    else if (key.required)
      here.wrong("expected this key: " + key.rule.type);
    else if (!key.default_toml.empty())
      key.rule.set(into, default_node(key.default_toml), here);
  }
  for (const auto& child : section.children)
    child.read(into, table.find(child.name), spot.key(child.name, table.line_of(child.name)));
  if (section.check) section.check(into, table, spot);
}

template <class T>
void describe_section(const Section<T>& section, std::vector<SectionText>& out, const std::string& path,
                      bool repeated) {
  SectionText text{path.empty() ? ""
                   : repeated   ? "[[" + path + "]]"
                                : "[" + path + "]",
                   std::string(section.doc),
                   {}};
  for (const auto& key : section.keys) {
    const std::string value = key.default_toml.empty() ? "" : "`" + std::string(key.default_toml) + "`";
    text.keys.push_back({std::string(key.name), key.rule.type,
                         std::string(key.rule.type.starts_with("duration") ? "ms, s, m, h or d" : key.unit),
                         key.required                ? "required"
                         : key.default_words.empty() ? value
                                                     : std::string(key.default_words),
                         std::string(key.example), std::string(key.doc)});
  }
  out.push_back(std::move(text));
  for (const auto& child : section.children) child.describe(out, path);
}

inline std::string join_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

// [name]; read with its defaults when it is not in the file.
template <class T, class C>
Child<T> table(std::string_view name, C T::* member, Section<C> section) {
  auto shared = std::make_shared<const Section<C>>(std::move(section));
  return {name, false,
          [=](T& into, const Node* node, const Spot& spot) {
            Node empty;
            empty.line = spot.line();
            if (node && node->kind != NodeKind::table)
              return spot.wrong("expected a table: [" + std::string(name) + "]");
            read_section(*shared, into.*member, node ? *node : empty, spot);
          },
          [=](std::vector<SectionText>& out, const std::string& path) {
            describe_section(*shared, out, join_path(path, name), false);
          }};
}

// [name]; may be left out.
template <class T, class C>
Child<T> table(std::string_view name, std::optional<C> T::* member, Section<C> section) {
  auto shared = std::make_shared<const Section<C>>(std::move(section));
  return {name, false,
          [=](T& into, const Node* node, const Spot& spot) {
            if (!node) return;
            (into.*member).emplace();
            if (node->kind != NodeKind::table)
              return spot.wrong("expected a table: [" + std::string(name) + "]");
            read_section(*shared, *(into.*member), *node, spot);
          },
          [=](std::vector<SectionText>& out, const std::string& path) {
            describe_section(*shared, out, join_path(path, name), false);
          }};
}

// [[name]], any number.
template <class T, class C>
Child<T> tables(std::string_view name, std::vector<C> T::* member, Section<C> section) {
  auto shared = std::make_shared<const Section<C>>(std::move(section));
  return {name, true,
          [=](T& into, const Node* node, const Spot& spot) {
            if (!node) return;
            const auto wrong = [&](const Spot& at) {
              at.wrong("expected tables: [[" + std::string(name) + "]]");
            };
            if (node->kind != NodeKind::array) return wrong(spot);
            for (std::size_t i = 0; i < node->items.size(); ++i) {
              const auto here = spot.item(i, node->items[i].line);
              auto& made = (into.*member).emplace_back();
              if (node->items[i].kind != NodeKind::table)
                wrong(here);
              else
                read_section(*shared, made, node->items[i], here);
            }
          },
          [=](std::vector<SectionText>& out, const std::string& path) {
            describe_section(*shared, out, join_path(path, name), true);
          }};
}

}  // namespace sallyport::settings
