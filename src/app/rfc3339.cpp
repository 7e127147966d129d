#include "app/rfc3339.h"

#include <algorithm>
#include <chrono>

namespace sallyport::app {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Cursor {  // the first thing that is not as expected makes it failed, for good
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) failed_ = true;
    for (std::size_t i = 0; i < count && !failed_; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') failed_ = true;
      value = value * 10 + (rest_[i] - '0');
    }
    if (!failed_) rest_.remove_prefix(count);
    return failed_ ? 0 : value;
  }
  bool skip_one_of(std::string_view characters) {
    if (failed_ || rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view characters) { failed_ = !skip_one_of(characters) || failed_; }
  microseconds fraction() {  // what is finer than a microsecond is cut off
    if (!skip_one_of(".")) return {};
    const auto size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (size == 0) failed_ = true;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = value * 10 + (i < size ? rest_[i] - '0' : 0);
    rest_.remove_prefix(size);
    return microseconds(value);
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

seconds offset_of(Cursor& cursor) {
  if (cursor.skip_one_of("Zz")) return {};
  const bool west = cursor.skip_one_of("-");
  if (!west) cursor.expect("+");
  const int hour = cursor.digits(2);
  cursor.expect(":");
  const seconds ahead = hours(hour) + minutes(cursor.digits(2));
  return west ? -ahead : ahead;
}

}  // namespace

std::optional<base::WallTime> parse_rfc3339(std::string_view text) {
  Cursor cursor(text);
  const int year = cursor.digits(4);
  cursor.expect("-");
  const int month = cursor.digits(2);
  cursor.expect("-");
  const int day = cursor.digits(2);
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (cursor.failed() || !date.ok()) return std::nullopt;
  base::WallTime time = std::chrono::sys_days(date);
  if (cursor.at_end()) return time;
  cursor.expect("Tt ");
  const int hour = cursor.digits(2);
  cursor.expect(":");
  const int minute = cursor.digits(2);
  cursor.expect(":");
  const int second = cursor.digits(2);
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;  // 60: a leap second
  time += hours(hour) + minutes(minute) + seconds(second) + cursor.fraction();
  time -= offset_of(cursor);
  if (cursor.failed() || !cursor.at_end()) return std::nullopt;
  return time;
}

}  // namespace sallyport::app
