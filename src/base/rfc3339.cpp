#include "base/rfc3339.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace sallyport::base {
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

constexpr std::string_view pattern = "0000-00-00T00:00:00";
using Seconds = std::array<char, pattern.size()>;

void put(Seconds& out, std::size_t end, unsigned value, unsigned width) {
  for (; width > 0; --width, value /= 10) out[--end] = static_cast<char>('0' + value % 10);
}

Seconds seconds_of(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  Seconds out;
  std::ranges::copy(pattern, out.begin());
  put(out, 4, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put(out, 7, static_cast<unsigned>(date.month()), 2);
  put(out, 10, static_cast<unsigned>(date.day()), 2);
  put(out, 13, static_cast<unsigned>(time.hours().count()), 2);
  put(out, 16, static_cast<unsigned>(time.minutes().count()), 2);
  put(out, 19, static_cast<unsigned>(time.seconds().count()), 2);
  return out;
}

}  // namespace

void append_rfc3339(std::string& out, WallTime at) {
  const auto whole = seconds_of(at);
  auto micros = static_cast<std::uint32_t>((at - std::chrono::floor<seconds>(at)).count());
  std::array<char, 8> fraction{'.', '0', '0', '0', '0', '0', '0', 'Z'};
  for (std::size_t i = 6; i > 0; --i, micros /= 10) fraction[i] = static_cast<char>('0' + micros % 10);
  out.append(whole.data(), whole.size()).append(fraction.data(), fraction.size());
}

std::string rfc3339(WallTime at) {
  std::string out;
  append_rfc3339(out, at);
  return out;
}

std::string rfc3339_in_seconds(WallTime at) {
  const auto whole = seconds_of(at);
  return std::string(whole.data(), whole.size()) + 'Z';
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
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
  WallTime time = std::chrono::sys_days(date);
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

}  // namespace sallyport::base
