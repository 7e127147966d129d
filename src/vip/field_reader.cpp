#include "vip/field_reader.h"

#include <algorithm>
#include <charconv>

namespace sallyport::vip {

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view{}
                            : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string read_text(std::string_view text, std::string& value, const SimpleType& type, Reading how) {
  if (how == Reading::strict)
    if (auto reason = why_not(type, text); !reason.empty()) return reason;
  value = text;
  return {};
}

std::string read_text(std::string_view text, base::Secret& value, const SimpleType& type, Reading how) {
  if (how == Reading::strict)
    if (auto reason = why_not(type, text); !reason.empty()) return reason;
  value = base::Secret(text);
  return {};
}

std::string read_text(std::string_view text, bool& value, Reading) {
  text = without_blanks(text);
  value = text == "true" || text == "1";
  return value || text == "false" || text == "0" ? "" : "must be true or false";
}

std::string read_text(std::string_view text, std::int64_t& value, Reading) {
  text = without_blanks(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? "" : "must be an integer";
}

std::string read_text(std::string_view text, base::WallTime& value, Reading) {
  const auto time = from_time_text(without_blanks(text));
  if (!time) return "must be a dateTime";
  value = *time;
  return {};
}

void FieldReader::end() {
  if (failed_ || how_ == Reading::lax || matched_ == element_.child_count()) return;
  const std::span asked(names_.data(), asked_);
  for (const auto* child = element_.first_child(); child != nullptr; child = child->next_sibling()) {
    // The name is a stranger's: only a little of it goes into the answer.
    if (child->ns != message_namespace) return fail(child->name.substr(0, 40), "is in another namespace");
    if (std::ranges::find(asked, child->name) == asked.end())
      return fail(child->name.substr(0, 40), "is not known here");
  }
  for (const auto* child = element_.first_child(); child != nullptr; child = child->next_sibling())
    for (const auto* twin = child->next_sibling(); twin != nullptr; twin = twin->next_sibling())
      if (twin->name == child->name) return fail(child->name, "occurs too often");
}

const xml::Element* FieldReader::find(std::string_view name) {
  if (failed_) return nullptr;
  SALLYPORT_INVARIANT(asked_ < names_.size());
  names_[asked_++] = name;
  const auto* found =
      next_ != nullptr && next_->is(message_namespace, name) ? next_ : element_.child(message_namespace, name);
  if (found == nullptr) return nullptr;
  ++matched_;
  next_ = found->next_sibling();
  return found;
}

const xml::Element* FieldReader::find_one(std::string_view name) {
  const auto* found = find(name);
  if (found == nullptr || how_ == Reading::strict) return found;  // end() looks for twins in strict reading
  const auto* first = element_.child(message_namespace, name);
  const auto* second = first->next_sibling();
  while (second != nullptr && !second->is(message_namespace, name)) second = second->next_sibling();
  if (second == nullptr) return found;
  doubled_ = true;
  fail(name, "occurs too often");
  return nullptr;
}

bool FieldReader::forgiven() {
  if (how_ == Reading::strict || doubled_) return false;
  failed_ = false;
  return true;
}

const xml::Element* FieldReader::find_after(const xml::Element& previous, std::string_view name) {
  for (const auto* at = previous.next_sibling(); at != nullptr; at = at->next_sibling())
    if (at->is(message_namespace, name)) {
      ++matched_;
      next_ = at->next_sibling();
      return at;
    }
  return nullptr;
}

bool FieldReader::is_nil(const xml::Element& element) const {
  if (element.attribute_count() == 0) return false;
  return std::ranges::any_of(document_.attributes(element), [](const xml::Attribute& a) {
    return a.name == "nil" && a.ns == "http://www.w3.org/2001/XMLSchema-instance" &&
           (a.value == "true" || a.value == "1");
  });
}

void FieldReader::fail(std::string_view name, std::string reason) {
  if (failed_) return;
  failed_ = true;
  error_ = {std::string(name), std::move(reason)};
}

}  // namespace sallyport::vip
