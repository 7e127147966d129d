#pragma once
// Private to the room: reads the fields of an element by name, in any order. Strict: a field that is missing,
// doubled, unknown, newer than the version asked for or not of its type is an error. Lax, for answers of a
// service newer than we are: what is unknown is skipped, an optional field that is not understood is absent;
// only required ones can fail, and what stands twice where the schema has it once, for then it cannot be known
// which of the two counts.
#include <algorithm>
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
std::string read_word(std::string_view text, E& value, Reading how, int minor) {
  auto known = enum_of<E>(without_blanks(text));
  if (known && !known_to(*known, minor)) known.reset();
  if (!known && how == Reading::strict) return "must be one of the schema's values";
  value = known.value_or(E::other);
  return {};
}

class FieldReader {
 public:
  // What came with 1.8 is understood in older versions too.
  FieldReader(const xml::Document& document, const xml::Element& element, Reading how, int minor)
      : document_(document),
        element_(element),
        next_(element.first_child()),
        how_(how),
        minor_(std::max(minor, usual_minor)) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] FieldError take_error() { return std::move(error_); }
  [[nodiscard]] bool speaks(int minor) const { return minor_ >= minor; }

  template <class T>
  void one(std::string_view name, T& value, const auto&... type) {
    const auto* found = find_one(name);
    if (failed_) return;
    if (found == nullptr) return fail(name, "is required");
    read(*found, name, value, type...);
  }

  template <class T>
  void maybe(std::string_view name, std::optional<T>& value, const auto&... type) {
    const auto* found = find_one(name);
    if (failed_ || found == nullptr || is_nil(*found)) return;
    if (!read(*found, name, value.emplace(), type...) && forgiven()) value.reset();
  }

  void flag(std::string_view name, bool& value, bool when_absent) {
    value = when_absent;
    const auto* found = find_one(name);
    if (!failed_ && found != nullptr && !is_nil(*found)) read(*found, name, value);
  }

  template <class T>
  void many(std::string_view name, std::vector<T>& values, std::size_t min, std::size_t max,
            const auto&... type) {
    for (const auto* found = find(name); found != nullptr && !failed_; found = find_after(*found, name)) {
      if (max != 0 && values.size() == max) return fail(name, "occurs too often");
      read(*found, name, values.emplace_back(), type...);
      if (failed_ && forgiven()) values.pop_back();
    }
    if (!failed_ && values.size() < min) fail(name, "is required");
  }

  void exactly_one(const auto& first, const auto&... others) {
    const auto count = read_alternatives(first, others...);
    if (!failed_ && count == 0) fail(first.name, "or its alternative is required");
  }
  void at_most_one(const auto&... alternatives) { read_alternatives(alternatives...); }

  // To be called last: what was not asked for is an error in strict reading.
  void end();

 private:
  const xml::Element* find(std::string_view name);
  const xml::Element* find_one(std::string_view name);  // fails when there are two
  const xml::Element* find_after(const xml::Element& previous, std::string_view name);
  [[nodiscard]] bool is_nil(const xml::Element& element) const;
  void fail(std::string_view name, std::string reason);
  bool forgiven();  // a failure of what may be absent

  int read_alternatives(const auto& first, const auto&... others) {
    maybe(first.name, first.member);
    (maybe(others.name, others.member), ...);
    const int count = (int{first.member.has_value()} + ... + int{others.member.has_value()});
    if (!failed_ && count > 1) fail(first.name, "and its alternative exclude one another");
    return count;
  }

  template <class T>
    requires Enumeration<T>
  std::string read_simple(std::string_view text, T& value) {
    return read_word(text, value, how_, minor_);
  }
  template <class T>
  auto read_simple(std::string_view text, T& value, const auto&... type)
      -> decltype(read_text(text, value, type..., Reading::strict)) {
    return read_text(text, value, type..., how_);
  }
  template <class T>
  bool read(const xml::Element& element, std::string_view name, T& value, const auto&... type) {
    if constexpr (requires { read_simple(element.text, value, type...); }) {
      auto reason = element.child_count() != 0 ? std::string("must hold text only")
                                               : read_simple(element.text, value, type...);
      if (!reason.empty()) fail(name, std::move(reason));
    } else {
      FieldReader within(document_, element, how_, minor_);
      fields(within, value);
      within.end();
      doubled_ = doubled_ || within.doubled_;
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
  int minor_;
  bool failed_ = false;
  bool doubled_ = false;  // here, or in what was read within
  std::size_t matched_ = 0;
  std::size_t asked_ = 0;
  std::array<std::string_view, 16> names_{};
  FieldError error_;
};

}  // namespace sallyport::vip
