#pragma once
// The kinds of values that keys have. Each rule says for the documents what it takes, checks a value, says what
// was expected without repeating what was found where that may be a secret, and puts the value into its member.
#include <chrono>
#include <initializer_list>
#include <utility>

#include "settings/schema.h"

namespace sallyport::settings {

// Each gives nothing, and has called the spot wrong, when the value is not right.
std::optional<bool> read_boolean(const Node&, const Spot&);
std::optional<std::int64_t> read_integer(const Node&, const Spot&, std::int64_t low, std::int64_t high);
std::optional<std::string> read_text(const Node&, const Spot&);  // no control characters
std::optional<milliseconds> read_duration(const Node&, const Spot&, milliseconds low, milliseconds high,
                                          milliseconds step);
std::optional<base::Secret> read_secret(const Node&, const Spot&);
std::optional<std::string> read_path(const Node&, const Spot&);  // made absolute
std::optional<std::string> read_date(const Node&, const Spot&);  // a TOML date or a text; YYYY-MM-DD
std::string duration_text(milliseconds);
std::optional<milliseconds> parse_duration(std::string_view);  // "1500ms", "30s", "5m", "12h", "7d"

// Gives why not: "a name of 1 to 64 letters, digits, ...".
using TextCheck = std::function<base::Result<void>(std::string_view)>;
base::Result<void> any_text(std::string_view);
base::Result<void> filled_text(std::string_view);
base::Result<void> name_text(std::string_view);  // 1-64 of letters, digits, '.', '_', '-'
base::Result<void> listen_text(std::string_view);
base::Result<void> listen_text_or_none(std::string_view);
base::Result<void> prefix_text(std::string_view);
base::Result<void> host_text(std::string_view);

// No other words in braces than these, which are filled in.
base::Result<void> words_in_braces(std::string_view text, std::initializer_list<std::string_view> known);

std::optional<std::string> read_checked_text(const Node&, const Spot&, const TextCheck&);
std::vector<std::string> read_texts(const Node&, const Spot&, const TextCheck&, bool may_be_empty);

template <class T>
Rule<T> boolean(bool T::* member) {
  return {"true or false", [=](T& into, const Node& node, const Spot& spot) {
            if (const auto value = read_boolean(node, spot)) into.*member = *value;
          }};
}

template <class T, class N>
Rule<T> integer(N T::* member, std::int64_t low, std::int64_t high) {
  return {"whole number, " + std::to_string(low) + " to " + std::to_string(high),
          [=](T& into, const Node& node, const Spot& spot) {
            if (const auto value = read_integer(node, spot, low, high)) into.*member = static_cast<N>(*value);
          }};
}

template <class T, class D>
Rule<T> duration(D T::* member, milliseconds low, milliseconds high) {
  return {"duration, " + duration_text(low) + " to " + duration_text(high),
          [=](T& into, const Node& node, const Spot& spot) {
            const auto step = std::chrono::duration_cast<milliseconds>(D(1));
            if (const auto value = read_duration(node, spot, low, high, step))
              into.*member = std::chrono::duration_cast<D>(*value);
          }};
}

template <class T>
Rule<T> text(std::string T::* member, std::string type = "text", TextCheck check = any_text) {
  return {std::move(type), [member, check = std::move(check)](T& into, const Node& node, const Spot& spot) {
            if (auto value = read_checked_text(node, spot, check)) into.*member = std::move(*value);
          }};
}

template <class T>
Rule<T> texts(std::vector<std::string> T::* member, std::string type, TextCheck check,
              bool may_be_empty = false) {
  return {std::move(type), [=, check = std::move(check)](T& into, const Node& node, const Spot& spot) {
            into.*member = read_texts(node, spot, check, may_be_empty);
          }};
}

template <class T>
Rule<T> path(std::string T::* member) {
  return {"path", [=](T& into, const Node& node, const Spot& spot) {
            if (auto value = read_path(node, spot)) into.*member = std::move(*value);
          }};
}

template <class T>
Rule<T> secret(base::Secret T::* member, std::size_t least = 1) {
  return {least > 1 ? "secret of at least " + std::to_string(least) + " octets" : "secret",
          [=](T& into, const Node& node, const Spot& spot) {
            auto value = read_secret(node, spot);
            if (!value) return;
            if (value->size() < least)
              return spot.wrong("expected a secret of at least " + std::to_string(least) + " octets, found " +
                                std::to_string(value->size()));
            into.*member = std::move(*value);
          }};
}

// One of some words.
template <class T, class E>
Rule<T> choice(E T::* member, std::vector<std::pair<std::string, E>> words) {
  std::string list;
  for (const auto& [word, value] : words) list += (list.empty() ? "\"" : ", \"") + word + "\"";
  return {"one of " + list, [=, words = std::move(words)](T& into, const Node& node, const Spot& spot) {
            if (node.kind == NodeKind::text)
              for (const auto& [word, value] : words)
                if (word == node.text) return static_cast<void>(into.*member = value);
            spot.wrong("expected one of " + list);
          }};
}

}  // namespace sallyport::settings
