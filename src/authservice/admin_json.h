#pragma once
// Strict reading of what the admin API is sent: each member once, of its type and within its bounds, none
// unknown. The first mistake stays and is told in words that repeat no value (a value may be a secret).
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::authservice {

// At most 32 levels deep; duplicate members are refused.
base::Result<boost::json::object> parse_object(std::string_view text);

class Members {
 public:
  explicit Members(const boost::json::object& object, std::string where = {})
      : object_(object), where_(std::move(where)) {}

  std::optional<std::string> text(std::string_view name, std::size_t longest);
  std::string required_text(std::string_view name, std::size_t longest);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<bool> boolean(std::string_view name);
  const boost::json::array* array(std::string_view name, std::size_t most);
  void refuse(std::string_view name, std::string_view expected);
  // Empty: all was as it should be, and every member was asked for.
  [[nodiscard]] std::optional<std::string> mistake();

 private:
  const boost::json::value* take(std::string_view name);

  const boost::json::object& object_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<std::string> mistake_;
};

}  // namespace sallyport::authservice
