#include <fmt/format.h>

#include <algorithm>

#include "cloud/service_channel.h"
#include "net/tls.h"

namespace sallyport::cloud {
namespace {

net::HttpProxy::Authentication method_of(settings::ProxyAuthentication authentication) {
  using Method = net::HttpProxy::Authentication;
  switch (authentication) {
    case settings::ProxyAuthentication::any:
      return Method::any;
    case settings::ProxyAuthentication::basic:
      return Method::basic;
    case settings::ProxyAuthentication::digest:
      return Method::digest;
    case settings::ProxyAuthentication::ntlm:
      return Method::ntlm;
  }
  return Method::any;
}

}  // namespace

base::Result<std::unique_ptr<Channel>> Channel::make(net::Loop& loop, net::Resolver& resolver,
                                                     const settings::Service& service, int max_in_flight) {
  auto url = ServiceUrl::parse(service.url);
  if (!url) return std::unexpected(url.error());
  auto identity = net::load_identity(service.certificate_file, service.key_file, service.certificate_password);
  if (!identity) return std::unexpected(identity.error());
  const auto certificate = net::facts_of(identity->certificate_pem);
  if (!certificate) return std::unexpected(certificate.error());

  ServiceChannel::Options options;
  options.url = std::move(*url);
  options.api = service.api;
  options.connect_timeout = service.connect_timeout;
  options.request_timeout = service.request_timeout;
  options.push_poll_interval = service.push_poll_interval;
  options.max_in_flight = static_cast<std::size_t>(std::max(1, max_in_flight));
  options.own_certificate_ends = certificate->not_after;
  options.own_host_name = own_host_name();

  net::HttpClient::Options client_options;
  // Those in use count too: with fewer, a service that slows down would get a new handshake for every exchange.
  client_options.kept_connections = options.max_in_flight;
  client_options.tls.ca_file = service.ca_file;
  client_options.tls.identity = std::move(*identity);
  if (const auto& proxy = service.proxy) {
    options.proxy = ServiceChannel::Proxy{proxy->host, proxy->port};
    client_options.proxy = {proxy->host, proxy->port, proxy->user, proxy->password,
                            method_of(proxy->authentication)};
  }
  auto client = net::HttpClient::make(loop, std::move(client_options));
  if (!client) return std::unexpected(client.error());
  return std::make_unique<ServiceChannel>(loop, resolver, std::move(options), std::move(*client));
}

}  // namespace sallyport::cloud
