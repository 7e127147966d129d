#include "app/audit_lines.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "app/csv.h"
#include "base/json_member.h"
#include "base/rfc3339.h"
#include "text/user_name.h"

namespace sallyport::app {
namespace {

base::Result<std::optional<base::WallTime>> time_of(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto time = base::parse_rfc3339(text);
  if (!time)
    return base::failure(std::string(option) + ": expected a time as 2026-11-26T04:38:29Z, found " + text);
  return time;
}

std::string plain_text(const boost::json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return csv_field(std::string_view(value->get_string()));
  if (value->is_number()) return boost::json::serialize(*value);  // -1 is no formula
  return csv_field(boost::json::serialize(*value));
}

}  // namespace

base::Result<LineFilter> LineFilter::make(const AuditOptions& options) {
  const auto from = time_of("--from", options.from), until = time_of("--until", options.until);
  if (!from) return std::unexpected(from.error());
  if (!until) return std::unexpected(until.error());
  LineFilter filter;
  filter.from_ = *from;
  filter.until_ = *until;
  filter.server_ = options.server;
  if (!options.user.empty()) filter.user_ = text::comparable_user_name(options.user);
  return filter;
}

bool LineFilter::admits(const boost::json::object& line) const {
  if (from_ || until_) {
    const auto text = base::text_member(line, "time");
    const auto time = text ? base::parse_rfc3339(*text) : std::nullopt;
    if (!time || (from_ && *time < *from_) || (until_ && *time >= *until_)) return false;
  }
  if (!server_.empty() && base::text_member(line, "server") != server_) return false;
  if (user_.empty()) return true;
  const auto user = base::text_member(line, "user");
  return user && text::comparable_user_name(*user) == user_;
}

void LineColumns::see(const boost::json::object& line) {
  for (const auto& member : line)
    if (std::ranges::find(names_, std::string_view(member.key())) == names_.end())
      names_.emplace_back(member.key());
}

std::string LineColumns::heading() const {
  std::string text;
  for (const auto& name : names_) text += csv_field(name) + ',';
  return text + "chain";
}

std::string LineColumns::csv(const boost::json::object& line, store::RecordTrust trust) const {
  std::string text;
  for (const auto& name : names_) text += plain_text(line.if_contains(name)) + ',';
  return text + trust_word(trust);
}

const char* trust_word(store::RecordTrust trust) {
  switch (trust) {
    case store::RecordTrust::good:
      return "good";
    case store::RecordTrust::unchecked:
      return "unchecked";
    case store::RecordTrust::broken:
      return "broken";
  }
  return "";
}

}  // namespace sallyport::app
