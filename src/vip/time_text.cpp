#include "vip/time_text.h"

#include <algorithm>
#include <chrono>

namespace sallyport::vip {
namespace {

using namespace std::chrono;

void put(char* at, int width, std::int64_t number) {
  while (width-- > 0) {
    at[width] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

// Takes what stands at the front of the text; any failure sticks.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}
  int digits(std::size_t width) {
    if (rest_.size() < width) return fail();
    int number = 0;
    for (char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return fail();
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return number;
  }
  bool maybe(char c) {
    if (failed_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void must(char c) {
    if (!maybe(c)) fail();
  }
  [[nodiscard]] bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool done() const { return !failed_ && rest_.empty(); }

 private:
  int fail() {
    failed_ = true;
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

microseconds fraction(Taker& text) {
  microseconds value{};
  if (!text.maybe('.')) return value;
  std::int64_t weight = 100'000;
  text.at_digit() ? static_cast<void>(0) : text.must('0');
  for (; text.at_digit(); weight /= 10) value += microseconds(text.digits(1) * weight);
  return value;
}

std::optional<minutes> zone(Taker& text) {
  if (text.done() || text.maybe('Z')) return minutes{0};
  const int sign = text.maybe('-') ? -1 : 1;
  if (sign == 1) text.must('+');
  const auto h = text.digits(2);
  text.must(':');
  const auto m = text.digits(2);
  if (h > 14 || m > 59) return std::nullopt;
  return minutes{sign * (h * 60 + m)};
}

}  // namespace

std::string to_time_text(base::WallTime time) {
  constexpr auto earliest = sys_days{year{0} / 1 / 1};
  constexpr auto latest = sys_days{year{10000} / 1 / 1} - milliseconds{1};
  const auto at = std::clamp<sys_time<milliseconds>>(floor<milliseconds>(time), earliest, latest);
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  put(text.data(), 4, static_cast<int>(date.year()));
  put(text.data() + 5, 2, static_cast<unsigned>(date.month()));
  put(text.data() + 8, 2, static_cast<unsigned>(date.day()));
  put(text.data() + 11, 2, clock.hours().count());
  put(text.data() + 14, 2, clock.minutes().count());
  put(text.data() + 17, 2, clock.seconds().count());
  put(text.data() + 20, 3, clock.subseconds().count());
  return text;
}

std::optional<base::WallTime> from_time_text(std::string_view text) {
  Taker taker(text);
  const year y{taker.digits(4)};
  taker.must('-');
  const month m{static_cast<unsigned>(taker.digits(2))};
  taker.must('-');
  const day d{static_cast<unsigned>(taker.digits(2))};
  taker.must('T');
  const hours h{taker.digits(2)};
  taker.must(':');
  const minutes min{taker.digits(2)};
  taker.must(':');
  const seconds s{taker.digits(2)};
  const auto part = fraction(taker);
  const auto offset = zone(taker);
  const year_month_day date{y, m, d};
  if (!taker.done() || !offset || !date.ok() || h.count() > 23 || min.count() > 59 || s.count() > 59)
    return std::nullopt;
  return sys_days{date} + h + min + s + part - *offset;
}

}  // namespace sallyport::vip
