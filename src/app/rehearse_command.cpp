// A rehearsal of an outage: what would the ladder have said of the logins that the service accepts?
#include <chrono>
#include <cstdio>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/control_client.h"
#include "app/status_text.h"
#include "settings/rules.h"

namespace sallyport::app {
namespace {

using std::chrono::minutes;

constexpr minutes longest = std::chrono::days(7);

}  // namespace

int rehearse_start(const RehearseOptions& options) {
  const auto given = settings::parse_duration(options.time);
  if (!given || *given % minutes(1) != minutes(0) || *given < minutes(1) || *given > longest) {
    std::fputs("rehearse start: --for: expected whole minutes from 1m to 7d, like 30m or 24h\n", stderr);
    return 2;
  }
  const auto length = std::chrono::duration_cast<minutes>(*given).count();
  const auto answer = ask_gateway(options.control, {{"do", "rehearse"},
                                                    {"step", "start"},
                                                    {"server", options.server},
                                                    {"minutes", length},
                                                    {"logins", options.logins}});
  if (!answer) return failed("rehearse start", answer.error());
  std::printf("the rehearsal goes on for %s; `sallyport rehearse report` shows what comes of it\n",
              options.time.c_str());
  return 0;
}

int rehearse_stop(const RehearseOptions& options) {
  const auto answer =
      ask_gateway(options.control, {{"do", "rehearse"}, {"step", "stop"}, {"server", options.server}});
  if (!answer) return failed("rehearse stop", answer.error());
  std::puts("the rehearsal has ended");
  return 0;
}

int rehearse_report(const RehearseOptions& options) {
  const auto answer = ask_gateway(options.control, {{"do", "rehearse"}, {"step", "report"}});
  if (!answer) return failed("rehearse report", answer.error());
  const auto words = options.json ? answer->text + "\n" : rehearsal_text(answer->object);
  std::fputs(words.c_str(), stdout);
  return 0;
}

}  // namespace sallyport::app
