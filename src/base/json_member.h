#pragma once
// A member of a JSON object that came from a peer, a file or an operator: nothing where there is none, or where
// it is of another kind.
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::base {

// Lives as long as the object.
inline std::optional<std::string_view> text_member(const boost::json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

inline std::optional<std::int64_t> number_member(const boost::json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

}  // namespace sallyport::base
