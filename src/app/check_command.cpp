#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <functional>

#include "app/commands.h"
#include "app/listing.h"
#include "app/settings_file.h"
#include "cloud/channel.h"
#include "directory/user_stores.h"
#include "net/descriptors.h"
#include "net/resolver.h"
#include "store/file.h"

namespace sallyport::app {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// One of the two kinds of settings: only an authentication service has accounts.
bool is_authservice(const std::string& path) {
  const auto text = store::read_file(path);
  return text &&
         (text->find("[[account]]") != std::string::npos || text->find("secrets_key") != std::string::npos);
}

// Runs `begin` on `loop` until it has called what it was given.
void wait_for(net::Loop& loop, base::Duration limit, const std::function<void(std::function<void()>)>& begin) {
  begin([&loop] { loop.stop(); });
  loop.run_for(limit);
}

bool try_directories(const settings::Gateway& settings, Rows& rows) {
  if (settings.user_stores.empty()) return true;  // mode code without look-up
  net::Loop loop;
  auto stores = directory::UserStores::make(loop, settings.user_stores, {});
  if (!stores) {
    rows.push_back({"user stores", "", "FAILED", stores.error().what});
    return false;
  }
  bool has_ended = false;
  wait_for(loop, std::chrono::seconds(60), [&](const std::function<void()>& done) {
    (*stores)->try_connections([&, done](const std::vector<directory::ConnectionReport>&) {
      has_ended = true;
      done();
    });
  });
  bool good = has_ended;
  for (const auto& report : (*stores)->report()) {
    rows.push_back(
        {"user store " + report.user_store, report.connection, report.up ? "ok" : "FAILED", report.detail});
    good = good && report.up;
  }
  if (!has_ended) rows.push_back({"user stores", "", "FAILED", "some were not tried to the end within 60 s"});
  return good;
}

std::string place_of(const settings::ServiceProxy& proxy) {
  const bool v6 = proxy.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", proxy.host, v6 ? "]" : "", proxy.port);
}

// What the exchange showed of the proxy, where there is one, and of the service behind it.
void add_rows(const settings::Service& settings, const cloud::ServerTimeAnswer& answer, Rows& rows) {
  const bool good = answer.evidence == cloud::Evidence::answered;
  const bool passed = !settings.proxy || answer.tunnel_opened;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(answer.took).count();
  const auto failure = fmt::format("{}: {}", cloud::to_string(answer.evidence), answer.detail);
  if (settings.proxy)
    rows.push_back({"proxy", place_of(*settings.proxy), passed ? "ok" : "FAILED",
                    passed ? "opened a tunnel to the service" : failure});
  rows.push_back({"service", settings.url, good ? "ok" : "FAILED",
                  good     ? fmt::format("answered in {} ms", milliseconds)
                  : passed ? failure
                           : "not reached: the proxy stands before it"});
}

bool try_service(const settings::Service& settings, Rows& rows) {
  net::Loop loop;
  net::Resolver resolver;
  auto channel = cloud::Channel::make(loop, resolver, settings, 1);
  if (!channel) {
    rows.push_back({"service", settings.url, "FAILED", channel.error().what});
    return false;
  }
  bool good = false;
  wait_for(loop, std::chrono::seconds(30), [&](const std::function<void()>& done) {
    const auto deadline = loop.now().steady + settings.connect_timeout + settings.request_timeout;
    (*channel)->server_time(deadline, false, [&, done](const cloud::ServerTimeAnswer& answer) {
      good = answer.evidence == cloud::Evidence::answered;
      add_rows(settings, answer, rows);
      done();
    });
  });
  return good;
}

bool try_descriptors(const settings::Gateway& settings, Rows& rows) {
  const auto need = descriptors_for(settings);
  const auto have = net::raise_descriptor_limit(need).soft;
  rows.push_back({"descriptors", "", have >= need ? "ok" : "FAILED",
                  fmt::format("{} allowed, {} may be needed", have, need)});
  return have >= need;
}

// What is asked for while the service is lost: the sentence that somebody signs for.
void print_continuity(const settings::Gateway& settings) {
  for (const auto& server : settings.validation_servers) {
    if (server.continuity == settings::ContinuityMode::disabled) continue;
    std::printf("business continuity of \"%s\" is %s; with it on:\n", server.name.c_str(),
                std::string(to_string(server.continuity)).c_str());
    for (const auto& sentence : settings::continuity_words(server)) std::printf("  %s\n", sentence.c_str());
  }
}

void print_warnings(const std::vector<settings::Warning>& warnings) {
  for (const auto& warning : warnings)
    std::printf("warning: %s: %s\n", warning.key.c_str(), warning.what.c_str());
}

int check_gateway(const CheckOptions& options) {
  const auto settings = load_gateway_settings(options.settings_file);
  if (!settings) return 2;
  std::printf("%s: the settings of a gateway are right\n", options.settings_file.c_str());
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  print_warnings(settings::warnings(*settings, now));
  print_continuity(*settings);
  if (!options.connect) return 0;
  Rows rows{{"WHAT", "WHERE", "", "DETAIL"}};
  bool good = try_descriptors(*settings, rows);
  good = try_directories(*settings, rows) && good;
  if (settings->service) good = try_service(*settings->service, rows) && good;
  print_table(rows);
  return good ? 0 : 1;
}

}  // namespace

int check(const CheckOptions& options) {
  if (!is_authservice(options.settings_file)) return check_gateway(options);
  const auto settings = load_authservice_settings(options.settings_file);
  if (!settings) return 2;
  std::printf("%s: the settings of an authentication service are right\n", options.settings_file.c_str());
  print_warnings(settings::warnings(*settings));
  if (!options.connect) return 0;
  std::fputs("check: --connect is for a gateway's settings: an authentication service connects to nobody\n",
             stderr);
  return 2;
}

}  // namespace sallyport::app
