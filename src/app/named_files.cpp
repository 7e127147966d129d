#include "app/named_files.h"

#include <fmt/format.h>

#include "cloud/service_url.h"
#include "delivery/carrier.h"
#include "directory/user_stores.h"
#include "net/link.h"
#include "net/tls.h"

namespace sallyport::app {
namespace {

// `table` is "", or ends with a dot.
void check_identity(std::vector<WrongFile>& wrong, const std::string& table,
                    const std::string& certificate_file, const std::string& key_file,
                    const base::Secret& password) {
  const auto identity = net::load_identity(certificate_file, key_file, password);
  if (identity) return;
  const auto& what = identity.error().what;  // begins with the file that is to blame
  const bool is_key = !key_file.empty() && key_file != certificate_file && what.starts_with(key_file + ":");
  wrong.push_back(
      {table + (is_key ? "key_file" : "certificate_file"),
       (is_key ? "expected a private key: " : "expected a certificate with its private key: ") + what});
}

void check_authorities(std::vector<WrongFile>& wrong, const std::string& key, const std::string& file) {
  if (file.empty()) return;  // the system's
  const auto read = net::LinkTls::make({.ca_file = file, .identity = {}});
  if (!read) wrong.push_back({key, "expected certificates of authorities in PEM: " + read.error().what});
}

void check_log(std::vector<WrongFile>& wrong, const settings::Log& log) {
  for (std::size_t i = 0; i < log.syslog.size(); ++i)
    check_authorities(wrong, fmt::format("log.syslog[{}].ca_file", i), log.syslog[i].ca_file);
}

void check_delivery(std::vector<WrongFile>& wrong, const settings::Delivery& delivery) {
  for (std::size_t i = 0; i < delivery.channels.size(); ++i) {
    const auto& channel = delivery.channels[i];
    const auto table = fmt::format("delivery.channel[{}].", i);
    check_authorities(wrong, table + "ca_file", channel.ca_file);
    if (channel.kind != settings::DeliveryChannelKind::command) continue;
    if (const auto good = delivery::check_program(channel.argv.front()); !good)
      wrong.push_back({table + "argv", "expected a program that can be run: " + good.error().what});
  }
}

}  // namespace

std::vector<WrongFile> wrong_files(const settings::Gateway& settings) {
  std::vector<WrongFile> wrong;
  for (std::size_t i = 0; i < settings.user_stores.size(); ++i) {
    const auto good = directory::check(settings.user_stores[i]);
    if (good) continue;
    const auto& what = good.error().what;  // "ca_file: expected ..."
    const auto colon = what.find(": ");
    wrong.push_back({fmt::format("user_store[{}].{}", i, what.substr(0, colon)), what.substr(colon + 2)});
  }
  check_log(wrong, settings.log);
  if (!settings.service) return wrong;
  const auto& service = *settings.service;
  check_identity(wrong, "service.", service.certificate_file, service.key_file, service.certificate_password);
  check_authorities(wrong, "service.ca_file", service.ca_file);
  if (const auto url = cloud::ServiceUrl::parse(service.url); !url)
    wrong.push_back({"service.url", url.error().what});
  return wrong;
}

std::vector<WrongFile> wrong_files(const settings::AuthService& settings) {
  std::vector<WrongFile> wrong;
  check_identity(wrong, "", settings.certificate_file, settings.key_file, settings.certificate_password);
  check_authorities(wrong, "client_ca_file", settings.client_ca_file);
  check_delivery(wrong, settings.delivery);
  check_log(wrong, settings.log);
  return wrong;
}

}  // namespace sallyport::app
