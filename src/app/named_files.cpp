#include "app/named_files.h"

#include <fmt/format.h>

#include <filesystem>

#include "cloud/service_url.h"
#include "delivery/carrier.h"
#include "directory/user_stores.h"
#include "net/link.h"
#include "net/tls.h"
#include "server/reply_attributes.h"
#include "store/file.h"

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

void check_written(std::vector<WrongFile>& wrong, const std::string& key, const std::string& file) {
  if (const auto good = store::may_write(file); !good)
    wrong.push_back({key, "expected a file that can be written: " + good.error().what});
}

void check_log(std::vector<WrongFile>& wrong, const settings::Log& log) {
  if (log.file != "-") check_written(wrong, "log.file", log.file);
  if (!log.audit_file.empty() && log.audit_file != "-") check_written(wrong, "log.audit_file", log.audit_file);
  for (std::size_t i = 0; i < log.syslog.size(); ++i)
    check_authorities(wrong, fmt::format("log.syslog[{}].ca_file", i), log.syslog[i].ca_file);
}

void check_channel(std::vector<WrongFile>& wrong, const std::string& table,
                   const settings::DeliveryChannel& channel) {
  check_authorities(wrong, table + "ca_file", channel.ca_file);
  if (channel.kind != settings::DeliveryChannelKind::command) return;
  if (const auto good = delivery::check_program(channel.argv.front()); !good)
    wrong.push_back({table + "argv", "expected a program that can be run: " + good.error().what});
}

void check_delivery(std::vector<WrongFile>& wrong, const settings::Delivery& delivery) {
  for (std::size_t i = 0; i < delivery.channels.size(); ++i)
    check_channel(wrong, fmt::format("delivery.channel[{}].", i), delivery.channels[i]);
}

void check_private_folder(std::vector<WrongFile>& wrong, const std::string& key, const std::string& folder) {
  std::error_code none;
  if (!std::filesystem::is_directory(folder, none))
    wrong.push_back({key, "expected a folder that is there: " + folder});
  else if (!store::is_private(folder))
    wrong.push_back({key, "expected a folder that nobody but its owner may enter (chmod 700): " + folder});
  else
    check_written(wrong, key, folder + "/state");
}

void check_continuity(std::vector<WrongFile>& wrong, const settings::Continuity& continuity) {
  if (!continuity.folder.empty()) check_private_folder(wrong, "continuity.folder", continuity.folder);
  if (!continuity.control_socket.empty())
    check_written(wrong, "continuity.control_socket", continuity.control_socket);
  if (const auto& file = continuity.auditor_certificate_file; !file.empty()) {
    const auto pem = store::read_file(file);
    const auto facts = pem ? net::facts_of(*pem) : std::unexpected(pem.error());
    if (!facts)
      wrong.push_back(
          {"continuity.auditor_certificate_file", "expected a certificate in PEM: " + facts.error().what});
  }
  for (std::size_t i = 0; i < continuity.notices.size(); ++i)
    check_channel(wrong, fmt::format("continuity.notice[{}].", i), continuity.notices[i]);
}

// "KEY: what is expected", as rooms say it of a table.
void add(std::vector<WrongFile>& wrong, const std::string& table, const base::Result<void>& good) {
  if (good) return;
  const auto& what = good.error().what;
  const auto colon = what.find(": ");
  wrong.push_back({table + what.substr(0, colon), what.substr(colon + 2)});
}

void check_group(std::vector<WrongFile>& wrong, const settings::Gateway& settings,
                 const settings::ValidationServer& server, const std::string& key, const std::string& group) {
  const auto good = directory::check_group(settings.user_stores, server.user_stores, group);
  if (!good) wrong.push_back({key, good.error().what});
}

void check_validation_server(std::vector<WrongFile>& wrong, const settings::Gateway& settings,
                             std::size_t index) {
  const auto& server = settings.validation_servers[index];
  const auto table = fmt::format("validation_server[{}].", index);
  for (std::size_t i = 0; i < server.required_groups.size(); ++i)
    check_group(wrong, settings, server, fmt::format("{}required_groups[{}]", table, i),
                server.required_groups[i]);
  for (std::size_t i = 0; i < server.continuity_excluded_groups.size(); ++i)
    check_group(wrong, settings, server, fmt::format("{}continuity_excluded_groups[{}]", table, i),
                server.continuity_excluded_groups[i]);
  for (std::size_t i = 0; i < server.ladders.size(); ++i)
    if (const auto& group = server.ladders[i].group; !group.empty())
      check_group(wrong, settings, server, fmt::format("{}ladder_for[{}].group", table, i), group);
  for (std::size_t i = 0; i < server.reply_attributes.size(); ++i) {
    const auto& attribute = server.reply_attributes[i];
    const auto inner = fmt::format("{}reply_attribute[{}].", table, i);
    add(wrong, inner, server::ReplyAttributes::check(attribute));
    if (!attribute.group.empty()) check_group(wrong, settings, server, inner + "group", attribute.group);
  }
}

}  // namespace

std::vector<WrongFile> wrong_files(const settings::Gateway& settings) {
  std::vector<WrongFile> wrong;
  for (std::size_t i = 0; i < settings.user_stores.size(); ++i)
    add(wrong, fmt::format("user_store[{}].", i), directory::check(settings.user_stores[i]));
  for (std::size_t i = 0; i < settings.validation_servers.size(); ++i)
    check_validation_server(wrong, settings, i);
  check_log(wrong, settings.log);
  check_continuity(wrong, settings.continuity);
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
  check_written(wrong, "database", settings.database);
  check_delivery(wrong, settings.delivery);
  check_log(wrong, settings.log);
  return wrong;
}

}  // namespace sallyport::app
