#include <cstdio>

#include "app/commands.h"
#include "app/program.h"
#include "app/settings_file.h"
#include "net/descriptors.h"
#include "server/gateway.h"

namespace sallyport::app {
namespace {

void say_warnings(Program& program, const settings::Gateway& settings, const std::string& file) {
  for (const auto& warning : settings::warnings(settings, program.now())) program.say_warning(file, warning);
}

void raise_descriptors(Program& program, const settings::Gateway& settings) {
  const auto need = descriptors_for(settings);
  const auto have = net::raise_descriptor_limit(need).soft;
  if (have < need)
    program.logger().log(
        telemetry::messages::descriptors_short, program.now(),
        {{"have", static_cast<std::int64_t>(have)}, {"need", static_cast<std::int64_t>(need)}});
}

}  // namespace

std::size_t descriptors_for(const settings::Gateway& settings) {
  return 1024 + 2 * static_cast<std::size_t>(settings.service ? settings.service->max_in_flight : 0);
}

int run_gateway(const std::string& settings_file) {
  auto settings = load_gateway_settings(settings_file);
  if (!settings) return 2;
  auto program = Program::prepare("gateway", settings_file, settings->log);
  if (!program) return std::fprintf(stderr, "gateway: %s\n", program.error().what.c_str()), 1;
  raise_descriptors(**program, *settings);
  say_warnings(**program, *settings, settings_file);
  auto drain_limit = settings->drain_limit;
  const auto metrics_listen = settings->metrics.listen;

  server::Gateway gateway(std::move(*settings), (*program)->log(), (*program)->metrics());
  if (const auto started = gateway.start(); !started) {
    std::fprintf(stderr, "gateway: %s\n", started.error().what.c_str());
    return 1;
  }
  const auto reload = [&]() -> base::Result<void> {
    auto again = reload_gateway_settings(settings_file);
    if (!again) return std::unexpected(again.error());
    if (auto done = gateway.reload(*again); !done) return done;
    drain_limit = again->drain_limit;
    if (again->metrics.listen != metrics_listen) (*program)->say_restart_needed("metrics.listen");
    say_warnings(**program, *again, settings_file);
    return (*program)->log().apply(again->log);
  };
  const auto not_ready = [&]() -> std::vector<std::string> {
    auto readiness = gateway.readiness();
    if (readiness.is_ready) return {};
    return {std::move(readiness.why)};
  };
  return (*program)->run(metrics_listen, gateway.workers(),
                         {.reload = reload,
                          .drain = [&] { return gateway.drain(drain_limit); },
                          .not_ready = not_ready,
                          .every_half_second = [&] { gateway.look_at_service_files(); }});
}

}  // namespace sallyport::app
