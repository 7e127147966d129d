#pragma once
// Private to the room: reads the fields of an element by name, in any order. Strict: a field that is missing,
// doubled, unknown or not of its type is an error. Lax, for answers of a service newer than we are: what is
// unknown is skipped, an optional field that is not understood is absent; only required ones can fail.
#include <array>
#include <concepts>
#include <string>
#include <vector>

#include "base/invariant.h"
#include "vip/enum_words.h"
#include "vip/fields.h"
#include "vip/time_text.h"
#include "xml/reader.h"

namespace sallyport::vip {

enum class Reading : std::uint8_t { strict, lax };

// The simple values of the wire. Each gives what was expected instead, or an empty text when all is well.
std::string_view without_blanks(std::string_view text);
std::string read_text(std::string_view text, std::string& value, const SimpleType& type, Reading how);
std::string read_text(std::string_view text, base::Secret& value, const SimpleType& type, Reading how);
std::string read_text(std::string_view text, bool& value, Reading how);
std::string read_text(std::string_view text, std::int64_t& value, Reading how);
std::string read_text(std::string_view text, base::WallTime& value, Reading how);
template <class Meaning>
std::string read_text(std::string_view text, HexCode<Meaning>& value, Reading) {
  const auto code = HexCode<Meaning>::from_text(without_blanks(text));
  if (!code) return "must be four hexadecimal digits";
  value = *code;
  return {};
}
template <Enumeration E>
std::string read_text(std::string_view text, E& value, Reading how) {
  const auto known = enum_of<E>(without_blanks(text));
  if (!known && how == Reading::strict) return "must be one of the schema's values";
  value = known.value_or(E::other);
  return {};
}

class FieldReader {
 public:
  FieldReader(const xml::Document& document, const xml::Element& element, Reading how)
      : document_(document), element_(element), next_(element.first_child()), how_(how) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] FieldError take_error() { return std::move(error_); }
  [[nodiscard]] static constexpr bool speaks(int) { return true; }

  template <class T>
  void one(std::string_view name, T& value, const auto&... type) {
    const auto* found = find(name);
    if (failed_) return;
    if (found == nullptr) return fail(name, "is required");
    read(*found, name, value, type...);
  }

  template <class T>
  void maybe(std::string_view name, std::optional<T>& value, const auto&... type) {
    const auto* found = find(name);
    if (failed_ || found == nullptr || is_nil(*found)) return;
    if (!read(*found, name, value.emplace(), type...) && how_ == Reading::lax) {
      value.reset();
      failed_ = false;
    }
  }

  void flag(std::string_view name, bool& value, bool when_absent) {
    value = when_absent;
    const auto* found = find(name);
    if (!failed_ && found != nullptr && !is_nil(*found)) read(*found, name, value);
  }

  template <class T>
  void many(std::string_view name, std::vector<T>& values, std::size_t min, std::size_t max) {
    for (const auto* found = find(name); found != nullptr && !failed_; found = find_after(*found, name)) {
      if (max != 0 && values.size() == max) return fail(name, "occurs too often");
      read(*found, name, values.emplace_back());
      if (failed_ && how_ == Reading::lax) {
        values.pop_back();
        failed_ = false;
      }
    }
    if (!failed_ && values.size() < min) fail(name, "is required");
  }

  template <class A, class B>
  void either(std::string_view name, std::optional<A>& value, std::string_view other_name,
              std::optional<B>& other) {
    maybe(name, value);
    maybe(other_name, other);
    if (!failed_ && value.has_value() == other.has_value())
      fail(name,
           value.has_value() ? "and its alternative exclude one another" : "or its alternative is required");
  }

  // To be called last: what was not asked for is an error in strict reading.
  void end();

 private:
  const xml::Element* find(std::string_view name);
  const xml::Element* find_after(const xml::Element& previous, std::string_view name);
  [[nodiscard]] bool is_nil(const xml::Element& element) const;
  void fail(std::string_view name, std::string reason);

  template <class T>
  bool read(const xml::Element& element, std::string_view name, T& value, const auto&... type) {
    if constexpr (requires { read_text(element.text, value, type..., how_); }) {
      auto reason = element.child_count() != 0 ? std::string("must hold text only")
                                               : read_text(element.text, value, type..., how_);
      if (!reason.empty()) fail(name, std::move(reason));
    } else {
      FieldReader within(document_, element, how_);
      fields(within, value);
      within.end();
      if (within.failed()) {
        auto error = within.take_error();
        fail(std::string(name) + "/" + error.field, std::move(error.reason));
      }
    }
    return !failed_;
  }

  const xml::Document& document_;
  const xml::Element& element_;
  const xml::Element* next_;  // where the next field stands if they are in the schema's order
  Reading how_;
  bool failed_ = false;
  std::size_t matched_ = 0;
  std::size_t asked_ = 0;
  std::array<std::string_view, 16> names_{};
  FieldError error_;
};

}  // namespace sallyport::vip
