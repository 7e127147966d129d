#include "load/options.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <map>

namespace sallyport::load {
namespace {

using Set = std::function<void(Options&, const std::string&)>;

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }
std::size_t count(const std::string& text) {
  return static_cast<std::size_t>(std::strtoul(text.c_str(), nullptr, 10));
}

const std::map<std::string, std::pair<Set, std::string>, std::less<>>& keys() {
  static const std::map<std::string, std::pair<Set, std::string>, std::less<>> table{
      {"--server", {[](auto& o, const auto& v) { o.server = v; }, "ADDRESS:PORT, [ADDRESS]:PORT"}},
      {"--secret", {[](auto& o, const auto& v) { o.secret = v; }, "the shared secret"}},
      {"--users",
       {[](auto& o, const auto& v) { o.users_file = v; },
        "file: NAME TAB PASSWORD TAB SECRET-HEX TAB COUNTER [TAB accept|reject]"}},
      {"--in-flight", {[](auto& o, const auto& v) { o.in_flight = count(v); }, "logins under way at a time"}},
      {"--rate",
       {[](auto& o, const auto& v) { o.rate = number(v); }, "logins a second; 0: as fast as answers come"}},
      {"--seconds",
       {[](auto& o, const auto& v) { o.seconds = std::chrono::duration<double>(number(v)); }, "measured"}},
      {"--warm-up",
       {[](auto& o, const auto& v) { o.warm_up = std::chrono::duration<double>(number(v)); },
        "seconds before"}},
      {"--patience",
       {[](auto& o, const auto& v) { o.patience = std::chrono::duration<double>(number(v)); }, "seconds"}},
      {"--ports", {[](auto& o, const auto& v) { o.ports = count(v); }, "source ports"}},
      {"--wrong-every",
       {[](auto& o, const auto& v) { o.wrong_every = static_cast<int>(count(v)); }, "0: never"}},
      {"--code-digits",
       {[](auto& o, const auto& v) { o.code_digits = static_cast<int>(count(v)); }, "6, 8; 0: no code"}},
      {"--with-password", {[](auto& o, const auto& v) { o.with_password = v != "0"; }, "0: the code alone"}},
      {"--retransmit-every",
       {[](auto& o, const auto& v) { o.retransmit_every = std::chrono::duration<double>(number(v)); },
        "seconds; 0: never"}},
      {"--logins", {[](auto& o, const auto& v) { o.logins = count(v); }, "and no more; 0: no limit"}},
  };
  return table;
}

}  // namespace

std::string usage() {
  std::string text = "usage: radius_load --server ADDRESS:PORT --secret SECRET --users FILE [...]\n";
  for (const auto& [key, entry] : keys()) text += fmt::format("  {:18} {}\n", key, entry.second);
  return text;
}

base::Result<Options> options_of(int word_count, char** words) {
  Options options;
  for (int i = 1; i < word_count; i += 2) {
    const auto key = keys().find(std::string_view(words[i]));
    if (key == keys().end() || i + 1 >= word_count)
      return base::failure(fmt::format("cannot use {}\n{}", words[i], usage()));
    key->second.first(options, words[i + 1]);
  }
  const bool digits_are_known =
      options.code_digits == 0 || options.code_digits == 6 || options.code_digits == 8;
  if (options.secret.empty() || options.users_file.empty() || !digits_are_known || options.in_flight == 0)
    return base::failure(usage());
  if (options.in_flight > options.ports * 256) options.ports = (options.in_flight + 255) / 256;
  return options;
}

base::Result<socklen_t> address_of(const std::string& server, sockaddr_storage& out) {
  const auto colon = server.rfind(':');
  if (colon == std::string::npos) return base::failure("expected ADDRESS:PORT");
  auto host = server.substr(0, colon);
  const auto port = htons(static_cast<std::uint16_t>(count(server.substr(colon + 1))));
  out = {};
  if (host.starts_with('[') && host.ends_with(']')) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = port;
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) == 1) return sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    v4.sin_family = AF_INET;
    v4.sin_port = port;
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) return sizeof v4;
  }
  return base::failure(fmt::format("{} is no address", host));
}

}  // namespace sallyport::load
