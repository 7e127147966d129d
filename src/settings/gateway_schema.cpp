// The top of a gateway's file.
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {

const Section<Gateway>& gateway_section() {
  static const Section<Gateway> section{
      .doc = "Keys at the top of the file, before the first table.",
      .keys = {{.name = "workers",
                .rule = integer(&Gateway::workers, 0, 256),
                .unit = "threads",
                .default_toml = "0",
                .example = "4",
                .doc = "Threads that serve logins; 0 for as many as there are cores. Changes at a restart."},
               {.name = "drain_limit",
                .rule = duration(&Gateway::drain_limit, milliseconds(0), minutes(5)),
                .default_toml = "\"15s\"",
                .example = "\"10s\"",
                .doc = "How long logins in flight may take after SIGTERM."}},
      .children = {table("log", &Gateway::log, log_section()),
                   table("metrics", &Gateway::metrics, metrics_section("\"127.0.0.1:9464\"")),
                   table("guard", &Gateway::guard, guard_section()),
                   table("cluster", &Gateway::cluster, cluster_section()),
                   table("continuity", &Gateway::continuity, continuity_section()),
                   table("service", &Gateway::service, service_section()),
                   tables("user_store", &Gateway::user_stores, user_store_section()),
                   tables("validation_server", &Gateway::validation_servers, validation_server_section())},
      .check = check_gateway};
  return section;
}

}  // namespace sallyport::settings
