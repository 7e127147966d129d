#include "server/record_lines.h"

#include <vector>

#include "base/rfc3339.h"
#include "server/audit.h"
#include "telemetry/line.h"

namespace sallyport::server {
namespace {

using telemetry::Field;

std::vector<Field> head(std::string what, base::WallTime now) {
  return {{"time", base::rfc3339(now)}, {"what", std::move(what)}};
}

std::vector<Field> head_of(std::string what, const Login& login, base::Time now) {
  auto out = head(std::move(what), now.wall);
  out.push_back({"login", login.id});
  out.push_back({"server", login.first.server->name});
  out.push_back({"client", login.first.client->name});
  add_user(login, login.first.packet(), out);
  return out;
}

std::string_view word_of(cloud::Outcome outcome) {
  switch (outcome) {
    case cloud::Outcome::good:
      return "good";
    case cloud::Outcome::refused:
      return "refused";
    case cloud::Outcome::no_verdict:
      break;
  }
  return "none";
}

}  // namespace

std::string record_line(const Login& login, const validation::WriteRecord& step, base::Time now) {
  auto out = head_of("let_in", login, now);
  out.push_back({"source", login.answered_request().peer.to_string()});
  out.push_back({"rung", std::string(to_string(step.rung))});
  const bool by_hand = login.first.server->shared->mode == continuity::Mode::enabled;
  out.push_back({"cause", by_hand ? std::string("by_hand") : std::string(to_string(step.cause))});
  if (!by_hand) {
    const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(now.steady - step.since);
    out.push_back({"since", base::rfc3339(now.wall - ago)});
  }
  if (login.joined > 0) out.push_back({"joined", std::int64_t{login.joined}});
  add_nas_attributes(login.first.packet(), out);
  return telemetry::json_object(out);
}

std::string withdrawal_line(const Login& login, base::Time now) {
  auto out = head_of("withdrawn", login, now);
  out.push_back({"verdict", std::string(to_string(login.end->verdict))});
  out.push_back({"cause", std::string(to_string(login.end->cause))});
  return telemetry::json_object(out);
}

std::string late_verdict_line(const LateVerdict& late, base::WallTime now) {
  auto out = head("late_verdict", now);
  out.push_back({"login", late.login});
  out.push_back({"server", late.server});
  out.push_back({"user", late.user});
  out.push_back({"verdict", std::string(word_of(late.outcome))});
  if (!late.status.empty()) out.push_back({"status", late.status});
  return telemetry::json_object(out);
}

std::string disconnect_line(const Disconnection& one, const std::string& by, base::WallTime now) {
  auto out = head("disconnect", now);
  out.push_back({"login", one.login});
  out.push_back({"server", one.server});
  out.push_back({"client", one.client});
  out.push_back({"user", one.user});
  out.push_back({"disconnect", std::string(to_string(one.end))});
  if (!one.why.empty()) out.push_back({"why", one.why});
  out.push_back({"by", by});
  return telemetry::json_object(out);
}

}  // namespace sallyport::server
