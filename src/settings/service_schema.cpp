// [service] and [service.proxy].
#include <algorithm>
#include <iterator>

#include "settings/address.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

using std::chrono::minutes;

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
  if (text != "1.8" && text != "1.10") return base::failure("\"1.8\" or \"1.10\"");
  return {};
}

// The port is asked for: no two programs agree on one that goes without saying.
base::Result<HostPort> parse_proxy_url(std::string_view url) {
  const auto wrong = [] {
    return base::failure(
        "a URL like \"http://proxy.example.com:3128\" (http, with its port, and no user in it)");
  };
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return wrong();
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  auto parsed = parse_host_port(url);
  if (!parsed || parsed->port == 0) return wrong();
  return parsed;
}

Rule<ServiceProxy> proxy_url_rule() {
  return {"http URL", [](ServiceProxy& proxy, const Node& node, const Spot& spot) {
            const auto check = [](std::string_view url) -> base::Result<void> {
              if (auto parsed = parse_proxy_url(url); !parsed) return std::unexpected(parsed.error());
              return {};
            };
            const auto url = read_checked_text(node, spot, check);
            if (!url) return;
            auto parsed = *parse_proxy_url(*url);
            proxy.host = std::move(parsed.host);
            proxy.port = parsed.port;
          }};
}

// RFC 7617, 2: the first colon ends the user.
base::Result<void> proxy_user(std::string_view text) {
  if (text.empty() || text.find(':') != std::string_view::npos) return base::failure("a name without a colon");
  return {};
}

void check_proxy(ServiceProxy&, const Node& table, const Spot& spot) {
  for (const char* key : {"password", "authentication"})
    if (!table.has("user") && table.has(key))
      spot.key(key, table.line_of(key)).wrong("expected only with user");
  if (table.has("user") && !table.has("password"))
    spot.key("password", table.line_of("user")).wrong("expected this key, as there is a user: secret");
}

Section<ServiceProxy> proxy_section() {
  return {
      .doc =
          "The HTTP proxy through which the service is asked; without this table it is asked directly, "
          "whatever "
          "the environment says. The service's name goes into CONNECT as it is, and only the proxy's own is "
          "resolved here; TLS is between gateway and service.",
      .keys = {{.name = "url",
                .rule = proxy_url_rule(),
                .example = "\"http://proxy.example.com:3128\"",
                .doc = "The proxy, with its port.",
                .required = true},
               {.name = "user",
                .rule = text(&ServiceProxy::user, "text without colon", proxy_user),
                .default_words = "none",
                .example = "\"sallyport\"",
                .doc = "Who we are to the proxy, where it asks; for NTLM also `DOMAIN\\\\user`."},
               {.name = "password",
                .rule = secret(&ServiceProxy::password),
                .default_words = "none",
                .example = "\"file:proxy.password\"",
                .doc = "The user's password at the proxy."},
               {.name = "authentication",
                .rule = choice(&ServiceProxy::authentication, {{"any", ProxyAuthentication::any},
                                                               {"basic", ProxyAuthentication::basic},
                                                               {"digest", ProxyAuthentication::digest},
                                                               {"ntlm", ProxyAuthentication::ntlm}}),
                .default_toml = "\"any\"",
                .example = "\"digest\"",
                .doc =
                    "How the password is proven. `any` takes the strongest of the three that the proxy offers, "
                    "and asks it first; `basic` sends the password in clear text."}},
      .children = {},
      .check = check_proxy};
}

void check_service(Service& service, const Node&, const Spot&) {
  if (!service.url.empty() && service.url.back() != '/') service.url += '/';
}

std::vector<Key<Service>> keys_of_the_way() {
  return {{.name = "url",
           .rule = text(&Service::url, "https URL", service_url),
           .example = "\"https://userservices-auth.vip.symantec.com/vipuserservices/\"",
           .doc = "The names of the three services and the version are appended to it.",
           .required = true},
          {.name = "api",
           .rule = text(&Service::api, "one of \"1.8\", \"1.10\"", api_version),
           .default_toml = "\"1.8\"",
           .example = "\"1.10\"",
           .doc = "The version of the interface, as it stands in the services' paths. Codes by e-mail and "
                  "the number that a user picks on the phone for a push exist on 1.10 only."},
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
           .doc = "Who may have signed the service's certificate."}};
}

std::vector<Key<Service>> keys_of_the_pace() {
  return {{.name = "connect_timeout",
           .rule = duration(&Service::connect_timeout, milliseconds(100), minutes(1)),
           .default_toml = "\"2s\"",
           .example = "\"1500ms\"",
           .doc = "For TCP, the proxy's tunnel and the TLS handshake."},
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
           .doc = "Exchanges with the service at the same time, of the whole gateway; more wait."},
          {.name = "push_poll_interval",
           .rule = duration(&Service::push_poll_interval, milliseconds(1000), minutes(1)),
           .default_toml = "\"3s\"",
           .example = "\"2s\"",
           .doc = "How often the service is asked whether a user has answered a push; many pushes share one "
                  "exchange."}};
}

}  // namespace

Section<Service> service_section() {
  auto keys = keys_of_the_way();
  std::ranges::move(keys_of_the_pace(), std::back_inserter(keys));
  return {.doc =
              "The authentication service that checks codes: VIP User Services over mutual TLS. Needed as soon "
              "as there "
              "is a validation server.",
          .keys = std::move(keys),
          .children = {table("proxy", &Service::proxy, proxy_section())},
          .check = check_service};
}

}  // namespace sallyport::settings
