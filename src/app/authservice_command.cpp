#include <cstdio>

#include "app/commands.h"
#include "app/program.h"
#include "app/settings_file.h"
#include "authservice/service.h"
#include "net/descriptors.h"

namespace sallyport::app {
namespace {

void say_restart_needed(Program& program, const settings::AuthService& running,
                        const settings::AuthService& asked) {
  if (asked.metrics.listen != running.metrics.listen) program.say_restart_needed("metrics.listen");
  if (asked.workers != running.workers) program.say_restart_needed("workers");
  if (asked.database != running.database) program.say_restart_needed("database");
  if (asked.secrets_key.reveal() != running.secrets_key.reveal()) program.say_restart_needed("secrets_key");
}

void say_warnings(Program& program, const settings::AuthService& settings, const std::string& file) {
  for (const auto& warning : settings::warnings(settings)) program.say_warning(file, warning);
}

}  // namespace

int run_authservice(const std::string& settings_file) {
  auto settings = load_authservice_settings(settings_file);
  if (!settings) return 2;
  auto program = Program::prepare("authservice", settings_file, settings->log);
  if (!program) return std::fprintf(stderr, "authservice: %s\n", program.error().what.c_str()), 1;
  net::raise_descriptor_limit(65536);
  const auto say_expiry = [&](const settings::AuthService& from) {
    (*program)->say_expiry(from.certificate_file, from.key_file, from.certificate_password);
  };
  say_expiry(*settings);
  say_warnings(**program, *settings, settings_file);
  const auto workers =
      settings->workers > 0 ? static_cast<std::size_t>(settings->workers) : std::thread::hardware_concurrency();
  const auto metrics_listen = settings->metrics.listen;
  auto drain_limit = settings->drain_limit;

  auto service = authservice::AuthService::start(*settings, (*program)->log(), (*program)->metrics());
  if (!service) return std::fprintf(stderr, "authservice: %s\n", service.error().what.c_str()), 1;
  const auto reload = [&]() -> base::Result<void> {
    auto again = reload_authservice_settings(settings_file);
    if (!again) return std::unexpected(again.error());
    if (auto done = (*service)->reload(*again); !done) return done;
    drain_limit = again->drain_limit;
    say_restart_needed(**program, *settings, *again);
    say_expiry(*again);
    say_warnings(**program, *again, settings_file);
    return (*program)->log().apply(again->log);
  };
  const auto not_ready = [&]() -> std::vector<std::string> {
    if ((*service)->ready()) return {};
    return {"the database does not take changes"};
  };
  return (*program)->run(
      metrics_listen, workers,
      {.reload = reload, .drain = [&] { return (*service)->drain(drain_limit); }, .not_ready = not_ready});
}

int back_up_authservice(const std::string& settings_file, const std::string& to) {
  const auto settings = load_authservice_settings_alone(settings_file);
  if (!settings) return 2;
  if (const auto done = authservice::backup(*settings, to); !done) {
    std::fprintf(stderr, "backup: %s\n", done.error().what.c_str());
    return 1;
  }
  std::printf("backed up to %s\n", to.c_str());
  return 0;
}

}  // namespace sallyport::app
