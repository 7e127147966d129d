#pragma once
// Lines of the record as values that can be chosen and printed.
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "base/result.h"
#include "base/time.h"
#include "store/record_reader.h"

namespace sallyport::app {

class LineFilter {
 public:
  static base::Result<LineFilter> make(const AuditOptions&);  // the error: a time that is none
  // A line without the member that is asked for is not chosen.
  [[nodiscard]] bool admits(const boost::json::object& line) const;

 private:
  std::optional<base::WallTime> from_, until_;
  std::string server_, user_;  // the user's name as text/user_name.h prepares it
};

// Every name of a member that occurs, in the order of first sight.
class LineColumns {
 public:
  void see(const boost::json::object& line);
  [[nodiscard]] std::string heading() const;
  [[nodiscard]] std::string csv(const boost::json::object& line, store::RecordTrust trust) const;

 private:
  std::vector<std::string> names_;
};

const char* trust_word(store::RecordTrust);  // "good", "unchecked", "broken"

}  // namespace sallyport::app
