#include "options.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <map>

namespace sallyport::clients {
namespace {

using Set = std::function<void(Options&, const std::string&)>;
struct Key {
  Set set;
  std::string what;
};

int whole(const std::string& text) { return static_cast<int>(std::strtol(text.c_str(), nullptr, 10)); }

const std::map<std::string, Key, std::less<>>& keys() {
  static const std::map<std::string, Key, std::less<>> table{
      {"--server", {[](auto& o, const auto& v) { o.server = v; }, "ADDRESS:PORT, IPv4"}},
      {"--secret", {[](auto& o, const auto& v) { o.secret = v; }, "the shared secret"}},
      {"--users", {[](auto& o, const auto& v) { o.users_file = v; }, "as radius_load's, and written back"}},
      {"--journal", {[](auto& o, const auto& v) { o.journal_file = v; }, "gets a line of JSON for each login"}},
      {"--sources", {[](auto& o, const auto& v) { o.sources = v; }, "the first client's own IPv4 address"}},
      {"--rate", {[](auto& o, const auto& v) { o.rate = std::strtod(v.c_str(), nullptr); }, "logins a second"}},
      {"--clients", {[](auto& o, const auto& v) { o.clients = whole(v); }, "how many"}},
      {"--retransmit-every",
       {[](auto& o, const auto& v) { o.retransmit_every = std::chrono::milliseconds(whole(v)); },
        "milliseconds"}},
      {"--tries", {[](auto& o, const auto& v) { o.tries = whole(v); }, "packets of one login in all"}},
      {"--wrong-password-every",
       {[](auto& o, const auto& v) { o.wrong_password_every = whole(v); }, "logins; 0: never"}},
      {"--wrong-code-every",
       {[](auto& o, const auto& v) { o.wrong_code_every = whole(v); }, "logins; 0: never"}},
  };
  return table;
}

}  // namespace

std::string usage() {
  std::string text =
      "usage: retransmitting_clients --server ADDRESS:PORT --secret SECRET --users FILE --journal FILE [...]\n"
      "ends when its standard input does\n";
  for (const auto& [key, entry] : keys()) text += fmt::format("  {:22} {}\n", key, entry.what);
  return text;
}

base::Result<Options> options_of(int count, char** words) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const auto key = keys().find(std::string_view(words[i]));
    if (key == keys().end() || i + 1 >= count)
      return base::failure(fmt::format("cannot use {}\n{}", words[i], usage()));
    key->second.set(options, words[i + 1]);
  }
  const bool counts_are_good =
      options.clients > 0 && options.tries > 0 && options.rate > 0 && options.retransmit_every.count() > 0;
  const bool sources_are_good = options.sources.empty() || ipv4_of(options.sources);
  if (options.secret.empty() || options.users_file.empty() || options.journal_file.empty() ||
      !counts_are_good || !sources_are_good || !ipv4_of(options.server))
    return base::failure(usage());
  return options;
}

std::optional<sockaddr_in> ipv4_of(const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const auto colon = text.find(':');
  if (inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) return std::nullopt;
  if (colon != std::string::npos)
    address.sin_port = htons(static_cast<std::uint16_t>(whole(text.substr(colon + 1))));
  return address;
}

}  // namespace sallyport::clients
