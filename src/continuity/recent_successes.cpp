#include "continuity/recent_successes.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <vector>

namespace sallyport::continuity {
namespace {

constexpr base::Duration clock_tolerance = std::chrono::minutes(1);

// One number in hexadecimal and what ends it.
template <class Number>
bool read(std::string_view& text, char end, Number& out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out, 16);
  if (result.ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  if (text.empty() || text.front() != end) return false;
  text.remove_prefix(1);
  return true;
}

template <class Map, class Key, class Value>
void erase_pair(Map& map, const Key& key, const Value& value) {
  auto [at, end] = map.equal_range(key);
  for (; at != end; ++at)
    if (at->second == value) {
      map.erase(at);
      return;
    }
}

}  // namespace

void RecentSuccesses::succeeded(std::uint64_t user, std::uint64_t place, base::WallTime now) {
  insert(user, place, base::unix_seconds(now));
}

void RecentSuccesses::insert(std::uint64_t user, std::uint64_t place, std::int64_t at) {
  if (by_place_.contains(place)) erase(place);
  while (by_place_.size() >= limit_) erase(by_time_.begin()->second);
  by_place_[place] = {user, at};
  by_time_.emplace(at, place);
  by_user_.emplace(user, place);
}

void RecentSuccesses::erase(std::uint64_t place) {
  const auto found = by_place_.find(place);
  erase_pair(by_time_, found->second.at, place);
  erase_pair(by_user_, found->second.user, place);
  by_place_.erase(found);
}

bool RecentSuccesses::has(std::uint64_t place, base::Duration life, base::WallTime now) const {
  const auto found = by_place_.find(place);
  if (found == by_place_.end()) return false;
  const base::WallTime at{std::chrono::seconds(found->second.at)};
  return now - at <= life && at - now <= clock_tolerance;
}

std::size_t RecentSuccesses::forget(std::uint64_t user) {
  std::vector<std::uint64_t> places;
  for (auto [at, end] = by_user_.equal_range(user); at != end; ++at) places.push_back(at->second);
  for (const auto place : places) erase(place);
  return places.size();
}

std::string RecentSuccesses::text() const {
  std::string out;
  out.reserve(by_place_.size() * 44);
  for (const auto& [at, place] : by_time_)
    fmt::format_to(std::back_inserter(out), "{:x} {:x} {:x}\n", by_place_.at(place).user, place, at);
  return out;
}

bool RecentSuccesses::take(std::string_view text) {
  RecentSuccesses read_ones(limit_);
  while (!text.empty()) {
    std::uint64_t user = 0, place = 0;
    std::int64_t at = 0;
    if (!read(text, ' ', user) || !read(text, ' ', place) || !read(text, '\n', at)) return false;
    read_ones.insert(user, place, at);
  }
  *this = std::move(read_ones);
  return true;
}

}  // namespace sallyport::continuity
