// Business continuity by hand. What lets people in without a second factor has an end, or somebody has said
// that it has none.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/control_client.h"
#include "base/json_member.h"
#include "settings/rules.h"

namespace sallyport::app {
namespace {

using std::chrono::minutes;

constexpr minutes longest = std::chrono::hours(24);

int wrong_arguments(const char* command, const char* sentence) {
  std::fprintf(stderr, "%s: %s\n", command, sentence);
  return 2;
}

// 0: without an end.
std::optional<minutes> time_of(const ContinuityOptions& options) {
  if (options.time.empty()) return minutes(0);
  const auto given = settings::parse_duration(options.time);
  if (!given || *given % minutes(1) != minutes(0) || *given < minutes(1) || *given > longest)
    return std::nullopt;
  return std::chrono::duration_cast<minutes>(*given);
}

int set_mode(const char* mode, const char* command, const ContinuityOptions& options) {
  const auto time = time_of(options);
  if (!time) return wrong_arguments(command, "--for: expected whole minutes from 1m to 24h, like 30m or 8h");
  const auto answer =
      ask_gateway(options.control,
                  {{"do", "mode"}, {"server", options.server}, {"mode", mode}, {"minutes", time->count()}});
  if (!answer) return failed(command, answer.error());
  const bool is_disabled = std::string_view(mode) == "disabled";
  const std::string all = is_disabled ? "all servers" : "all servers that the settings do not disable";
  std::printf("continuity of %s is %s %s\n", (options.server.empty() ? all : options.server).c_str(), mode,
              time->count() > 0 ? ("for " + options.time).c_str() : "until you say otherwise");
  return 0;
}

}  // namespace

int continuity_enable(const ContinuityOptions& options) {
  constexpr auto command = "continuity enable";
  if (options.time.empty() && !options.until_i_say)
    return wrong_arguments(command, "for how long? Give --for 1m to 24h, or --until-i-say");
  return set_mode("enabled", command, options);
}

int continuity_disable(const ContinuityOptions& options) {
  return set_mode("disabled", "continuity disable", options);
}

int continuity_automatic(const ContinuityOptions& options) {
  return set_mode("automatic", "continuity automatic", options);
}

int continuity_settings(const ContinuityOptions& options) {
  const auto answer =
      ask_gateway(options.control, {{"do", "mode"}, {"server", options.server}, {"mode", "settings"}});
  if (!answer) return failed("continuity settings", answer.error());
  std::printf("continuity of %s is as the settings say\n",
              options.server.empty() ? "all servers" : options.server.c_str());
  return 0;
}

int continuity_forget(const ContinuityOptions& options) {
  constexpr auto command = "continuity forget";
  const auto answer = ask_gateway(options.control, {{"do", "forget"}, {"user", options.user}});
  if (!answer) return failed(command, answer.error());
  const auto places = base::number_member(answer->object, "forgotten");
  if (!places) return failed(command, {"the gateway did not say how many places it has forgotten"});
  if (*places == 0) return failed(command, {"no recent success of " + options.user + " is known"});
  std::printf("recent successes of %s from %ld %s count no more\n", options.user.c_str(), *places,
              *places == 1 ? "place" : "places");
  return 0;
}

}  // namespace sallyport::app
