#include "authservice/admin_json.h"

#include <fmt/format.h>

#include "text/utf8.h"

namespace sallyport::authservice {

base::Result<boost::json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 32;
  auto value = boost::json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return base::failure("the body is not JSON: " + error.message());
  if (!value.is_object()) return base::failure("the body is not a JSON object");
  return std::move(value.as_object());
}

const boost::json::value* Members::take(std::string_view name) {
  asked_.emplace(name);
  return object_.if_contains({name.data(), name.size()});
}

void Members::refuse(std::string_view name, std::string_view expected) {
  if (!mistake_) mistake_ = fmt::format("{}{}: expected {}", where_, name, expected);
}

std::optional<std::string> Members::text(std::string_view name, std::size_t longest) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  const auto* string = value->if_string();
  if (string == nullptr || string->empty() || string->size() > longest ||
      text::has_control({string->data(), string->size()})) {
    refuse(name, fmt::format("text of 1 to {} octets without control characters", longest));
    return std::nullopt;
  }
  return std::string(string->data(), string->size());
}

std::string Members::required_text(std::string_view name, std::size_t longest) {
  auto found = text(name, longest);
  if (!found) refuse(name, fmt::format("text of 1 to {} octets; it is not there", longest));
  return found.value_or("");
}

std::optional<std::int64_t> Members::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  const auto* number = value->if_int64();
  if (number != nullptr && *number >= least && *number <= most) return *number;
  refuse(name, fmt::format("a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<bool> Members::boolean(std::string_view name) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* yes = value->if_bool()) return *yes;
  refuse(name, "true or false");
  return std::nullopt;
}

const boost::json::array* Members::array(std::string_view name, std::size_t most) {
  const auto* value = take(name);
  const auto* found = value == nullptr ? nullptr : value->if_array();
  if (found != nullptr && !found->empty() && found->size() <= most) return found;
  refuse(name, fmt::format("an array of 1 to {}", most));
  return nullptr;
}

std::optional<std::string> Members::mistake() {
  for (const auto& member : object_) {
    if (!asked_.contains(std::string_view(member.key().data(), member.key().size()))) {
      const std::string_view key(member.key().data(), std::min<std::size_t>(member.key().size(), 40));
      refuse(text::is_printable_ascii(key) ? key : "?", "no member of this name");
    }
  }
  return mistake_;
}

}  // namespace sallyport::authservice
