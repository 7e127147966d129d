#include "app/continuity_review.h"

#include <string_view>

#include "base/json_member.h"
#include "base/rfc3339.h"

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet = 1h;  // by hand nothing says when it began

std::string member(const boost::json::object& line, std::string_view name) {
  return std::string(base::text_member(line, name).value_or(""));
}

std::optional<base::WallTime> time_of(const boost::json::object& line, std::string_view name) {
  return base::parse_rfc3339(member(line, name));
}

}  // namespace

void Review::see(const boost::json::object& line) {
  const auto what = member(line, "what");
  if (what == "let_in") return let_in(line);
  const auto place = places_.find(member(line, "login"));
  if (place == places_.end()) return;
  auto& login = logins_.at(place->second);
  if (what == "late_verdict") {
    const auto verdict = member(line, "verdict");
    if (verdict == "good" || verdict == "refused") login["late"] = verdict;
  } else if (what == "disconnect") {
    login["disconnect"] = member(line, "disconnect");
    login["why"] = member(line, "why");
  } else if (what == "withdrawn") {
    logins_.erase(place->second);
    places_.erase(place);
  }
}

void Review::let_in(const boost::json::object& line) {
  if (newest_outage_) begin_outage_unless_it_goes_on(line);
  const auto login = member(line, "login");
  if (!login.empty() && filter_.admits(line)) add(login, line);
}

void Review::begin_outage_unless_it_goes_on(const boost::json::object& line) {
  const auto time = time_of(line, "time");
  if (!time) return;
  const auto since = time_of(line, "since");
  if (newest_ && *time - *newest_ > quiet && (!since || *since > *newest_)) {
    logins_.clear();
    places_.clear();
    left_out_ = 0;
  }
  newest_ = time;
}

void Review::add(const std::string& login, const boost::json::object& line) {
  if (const auto before = places_.find(login); before != places_.end()) logins_.erase(before->second);
  auto& kept = logins_[next_];
  for (const auto& [name, value] : line)
    if (name != "seq" && name != "mac" && name != "what") kept[name] = value;
  kept["late"] = "";
  places_[login] = next_++;
  if (logins_.size() <= limit_) return;
  const auto oldest = logins_.begin();
  places_.erase(member(oldest->second, "login"));
  logins_.erase(oldest);
  ++left_out_;
}

boost::json::array Review::logins(const std::string& late) const {
  boost::json::array out;
  for (const auto& [number, login] : logins_)
    if (late.empty() || member(login, "late") == late) out.emplace_back(login);
  return out;
}

}  // namespace sallyport::app
