// The top of a gateway's file, and [service].
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

base::Result<void> service_url(std::string_view url) {
  const auto wrong = [] {
    return base::failure(
        "a URL like \"https://userservices-auth.vip.symantec.com/vipuserservices/\" (https, no user, query or "
        "fragment)");
  };
  if (!url.starts_with("https://")) return wrong();
  url.remove_prefix(8);
  const auto host = url.substr(0, url.find('/'));
  const auto allowed = [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("?#@\\\"<>^`{|}").find(c) == std::string_view::npos;
  };
  for (char c : url)
    if (!allowed(c)) return wrong();
  if (host.starts_with('[') ? !host_text(host.substr(1, host.find(']') - 1))
                            : !host_text(host.substr(0, host.find(':'))))
    return wrong();
  if (const auto colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
      colon != std::string_view::npos)
    return listen_text("127.0.0.1" + std::string(host.substr(colon))).has_value() ? base::Result<void>{}
                                                                                  : wrong();
  return {};
}

base::Result<void> api_version(std::string_view text) {
  const bool good = text.size() >= 3 && text.size() <= 4 && text.starts_with("1.") &&
                    text.substr(2).find_first_not_of("0123456789") == std::string_view::npos;
  if (!good) return base::failure("a version of the interface, like \"1.8\"");
  return {};
}

void check_service(Service& service, const Node&, const Spot&) {
  if (!service.url.empty() && service.url.back() != '/') service.url += '/';
}

}  // namespace

Section<Service> service_section() {
  return {.doc =
              "The authentication service that checks codes: VIP User Services over mutual TLS. Needed as soon "
              "as there "
              "is a validation server.",
          .keys = {{.name = "url",
                    .rule = text(&Service::url, "https URL", service_url),
                    .example = "\"https://userservices-auth.vip.symantec.com/vipuserservices/\"",
                    .doc = "The names of the three services and the version are appended to it.",
                    .required = true},
                   {.name = "api",
                    .rule = text(&Service::api, "version", api_version),
                    .default_toml = "\"1.8\"",
                    .example = "\"1.8\"",
                    .doc = "The version of the interface, as it stands in the services' paths."},
                   {.name = "certificate_file",
                    .rule = path(&Service::certificate_file),
                    .example = "\"gateway.p12\"",
                    .doc = "Our certificate, which selects the account: PKCS#12 or PEM.",
                    .required = true},
                   {.name = "key_file",
                    .rule = path(&Service::key_file),
                    .default_words = "in `certificate_file`",
                    .example = "\"gateway.key\"",
                    .doc = "Its key, where that lies in a PEM file of its own."},
                   {.name = "certificate_password",
                    .rule = secret(&Service::certificate_password),
                    .default_words = "none",
                    .example = "\"env:VIP_CERTIFICATE_PASSWORD\"",
                    .doc = "The password of the PKCS#12 file or of the key."},
                   {.name = "ca_file",
                    .rule = path(&Service::ca_file),
                    .default_words = "the system's",
                    .example = "\"service-ca.pem\"",
                    .doc = "Who may have signed the service's certificate."},
                   {.name = "connect_timeout",
                    .rule = duration(&Service::connect_timeout, milliseconds(100), minutes(1)),
                    .default_toml = "\"2s\"",
                    .example = "\"1500ms\"",
                    .doc = "For TCP and the TLS handshake."},
                   {.name = "request_timeout",
                    .rule = duration(&Service::request_timeout, milliseconds(100), minutes(1)),
                    .default_toml = "\"5s\"",
                    .example = "\"3s\"",
                    .doc = "For one whole exchange."},
                   {.name = "max_in_flight",
                    .rule = integer(&Service::max_in_flight, 1, 65536),
                    .unit = "exchanges",
                    .default_toml = "4096",
                    .example = "1024",
                    .doc = "Exchanges with the service at the same time, of the whole gateway; more wait."}},
          .children = {},
          .check = check_service};
}

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
                   table("service", &Gateway::service, service_section()),
                   tables("user_store", &Gateway::user_stores, user_store_section()),
                   tables("validation_server", &Gateway::validation_servers, validation_server_section())},
      .check = check_gateway};
  return section;
}

}  // namespace sallyport::settings
