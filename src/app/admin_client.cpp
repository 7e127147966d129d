#include "app/admin_client.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>

#include "cloud/service_url.h"

namespace sallyport::app {
namespace {

constexpr auto limit = std::chrono::seconds(30);

std::string given_or(const std::string& given, const char* variable) {
  const char* value = given.empty() ? std::getenv(variable) : nullptr;
  return value == nullptr ? given : std::string(value);
}

// The key's variable belongs to the certificate's: a certificate that was named brings its own key, or holds
// it.
AdminOptions with_environment(const AdminOptions& given) {
  const bool own_certificate = !given.certificate_file.empty();
  return {given_or(given.url, "SALLYPORT_ADMIN_URL"),
          given_or(given.certificate_file, "SALLYPORT_ADMIN_CERTIFICATE"),
          own_certificate ? given.key_file : given_or(given.key_file, "SALLYPORT_ADMIN_KEY"),
          given_or(given.ca_file, "SALLYPORT_ADMIN_CA")};
}

base::Result<boost::json::object> object_of(const net::HttpAnswer& answer) {
  if (answer.end != net::HttpEnd::answered)
    return base::failure(fmt::format("the authentication service did not answer: {}", answer.detail));
  boost::system::error_code wrong;
  const auto value = boost::json::parse(answer.body, wrong);
  if (wrong || !value.is_object())
    return base::failure(fmt::format("the authentication service answered {} and no JSON", answer.status));
  if (answer.status / 100 == 2) return value.get_object();
  const auto* sentence = value.get_object().if_contains("error");
  return base::failure(sentence != nullptr && sentence->is_string()
                           ? std::string(sentence->get_string())
                           : fmt::format("HTTP status {}", answer.status));
}

}  // namespace

base::Result<std::unique_ptr<AdminClient>> AdminClient::make(const AdminOptions& given) {
  const auto options = with_environment(given);
  if (options.url.empty()) return base::failure("which service? Give --service, or set SALLYPORT_ADMIN_URL");
  if (options.certificate_file.empty())
    return base::failure("who asks? Give --certificate, or set SALLYPORT_ADMIN_CERTIFICATE");
  std::unique_ptr<AdminClient> out(new AdminClient);
  const auto url = cloud::ServiceUrl::parse(options.url);
  if (!url) return std::unexpected(url.error());
  out->url_ = url->base + "admin/v1/";
  net::HttpClient::Options http;
  http.tls.ca_file = options.ca_file;
  auto identity = net::load_identity(options.certificate_file, options.key_file, {});
  if (!identity) return std::unexpected(identity.error());
  http.tls.identity = std::move(*identity);
  auto client = net::HttpClient::make(out->loop_, std::move(http));
  if (!client) return std::unexpected(client.error());
  out->client_ = std::move(*client);

  base::Result<std::vector<net::Endpoint>> addresses = base::failure(url->host + ": not resolved");
  out->resolver_.resolve(out->loop_, url->host, url->port, limit, [&](auto resolved) {
    addresses = std::move(resolved);
    out->loop_.stop();
  });
  out->loop_.run_for(limit + std::chrono::seconds(1));
  if (!addresses) return std::unexpected(addresses.error());
  out->addresses_ = std::move(*addresses);
  return out;
}

base::Result<boost::json::object> AdminClient::get(const std::string& path) { return ask(path, {}); }

base::Result<boost::json::object> AdminClient::post(const std::string& path, const boost::json::object& body) {
  return ask(path, boost::json::serialize(body));
}

base::Result<boost::json::object> AdminClient::ask(const std::string& path, std::string body) {
  net::HttpRequest request;
  request.url = url_ + path;
  request.addresses = addresses_;
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  request.connect_limit = std::chrono::seconds(10);
  request.limit = limit;
  request.answer_limit = 16U << 20U;
  net::HttpAnswer answer;
  client_->start(std::move(request), [&](net::HttpAnswer given) {
    answer = std::move(given);
    loop_.stop();
  });
  loop_.run();
  return object_of(answer);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '.' || c == '_' || c == '~';
    out += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

int failed(const char* command, const base::Error& error) {
  std::fprintf(stderr, "%s: %s\n", command, error.what.c_str());
  return 1;
}

}  // namespace sallyport::app
