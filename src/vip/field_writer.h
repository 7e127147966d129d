#pragma once
// Private to the room: writes the fields of an element in the schema's order, in the default namespace. As
// `checked` it also holds each value against its type, and remembers the first that does not fit.
#include <optional>
#include <string>
#include <vector>

#include "vip/enum_words.h"
#include "vip/fields.h"
#include "vip/time_text.h"
#include "xml/writer.h"

namespace sallyport::vip {

inline std::string to_text(std::int64_t number) { return std::to_string(number); }
inline std::string to_text(base::WallTime time) { return to_time_text(time); }
template <class Meaning>
std::string to_text(HexCode<Meaning> code) {
  return code.text();
}
inline std::string_view to_text(bool value) { return value ? "true" : "false"; }
template <Enumeration E>
std::string_view to_text(E value) {
  return word_of(value);
}

class FieldWriter {
 public:
  FieldWriter(xml::Writer& out, int minor, bool checked) : out_(out), minor_(minor), checked_(checked) {}

  [[nodiscard]] const std::optional<FieldError>& error() const { return error_; }
  [[nodiscard]] bool speaks(int minor) const { return minor_ >= minor; }

  void one(std::string_view name, const std::string& value, const SimpleType& type) { text(name, value, type); }
  void one(std::string_view name, const base::Secret& value, const SimpleType& type) {
    text(name, value.reveal(), type);
  }
  template <class T>
  void one(std::string_view name, const T& value) {
    if constexpr (requires { to_text(value); }) {
      const auto word = to_text(value);
      if (checked_ && (word.empty() || is_newer(value))) fail(name, "must be one of the schema's values");
      out_.element(name, word);
    } else {
      out_.open(name);
      fields(*this, value);
      out_.close();
    }
  }
  template <class T>
  void maybe(std::string_view name, const std::optional<T>& value, const auto&... type) {
    if (value) one(name, *value, type...);
  }
  void flag(std::string_view name, bool value, bool when_absent) {
    if (value != when_absent) one(name, value);
  }
  template <class T>
  void many(std::string_view name, const std::vector<T>& values, std::size_t min, std::size_t max,
            const auto&... type) {
    if (checked_ && (values.size() < min || (max != 0 && values.size() > max)))
      fail(name, "occurs too often or too seldom");
    for (const auto& value : values) one(name, value, type...);
  }
  void exactly_one(const auto& first, const auto&... others) {
    if (checked_ && count_of(first, others...) != 1)
      fail(first.name, "or its alternative is required, and only one");
    write_alternatives(first, others...);
  }
  void at_most_one(const auto& first, const auto&... others) {
    if (checked_ && count_of(first, others...) > 1) fail(first.name, "and its alternative exclude one another");
    write_alternatives(first, others...);
  }

 private:
  static int count_of(const auto&... alternatives) { return (int{alternatives.member.has_value()} + ...); }
  void write_alternatives(const auto&... alternatives) { (maybe(alternatives.name, alternatives.member), ...); }
  template <class T>
  [[nodiscard]] bool is_newer(const T& value) const {
    if constexpr (Enumeration<T>) return !known_to(value, minor_);
    return false;
  }
  void text(std::string_view name, std::string_view value, const SimpleType& type) {
    if (checked_) {
      auto strict = type;
      strict.accepted_min = type.min;
      if (auto reason = why_not(strict, value); !reason.empty()) fail(name, std::move(reason));
    }
    out_.element(name, value);
  }
  void fail(std::string_view name, std::string reason) {
    if (!error_) error_ = FieldError{std::string(name), std::move(reason)};
  }

  xml::Writer& out_;
  int minor_;
  bool checked_;
  std::optional<FieldError> error_;
};

}  // namespace sallyport::vip
