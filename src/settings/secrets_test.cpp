#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string file_with_secret(const std::string& secret) {
  return "[service]\nurl = \"https://vip.example.com/\"\ncertificate_file = \"vip.pem\"\n"
         "[[validation_server]]\nname = \"vpn\"\nmode = \"code\"\nlook_up_user = false\nlisten = "
         "[\"127.0.0.1:1812\"]\n"
         "[[validation_server.client]]\nname = \"gate\"\naddresses = [\"192.0.2.0/24\"]\nsecret = " +
         secret + "\n";
}

std::string only_mistake(const std::string& secret, const SecretSources& sources) {
  const auto parsed = parse_gateway(file_with_secret(secret), sources);
  if (parsed) return "";
  EXPECT_EQ(parsed.error().size(), 1U);
  EXPECT_EQ(parsed.error().front().line, 12);
  return parsed.error().front().to_string("f");
}

std::string secret_of(const std::string& secret, const SecretSources& sources) {
  const auto parsed = parse_gateway(file_with_secret(secret), sources);
  return parsed ? std::string(parsed->validation_servers[0].clients[0].secret.reveal()) : "-";
}

TEST(Secrets, come_from_the_environment_a_file_or_the_settings) {
  auto sources = good_sources();
  sources.file = [](const std::string& path) -> base::Result<std::string> { return "of " + path + "\r\n\n"; };
  EXPECT_EQ(secret_of("\"env:VPN\"", sources), "sixteen octets or more of VPN");
  EXPECT_EQ(secret_of("\"file:vpn.secret\"", sources), "of /etc/sallyport/vpn.secret");
  EXPECT_EQ(secret_of("\"file:/run/vpn.secret\"", sources), "of /run/vpn.secret");
  EXPECT_EQ(secret_of("\"as it stands\"", sources), "as it stands");
}

TEST(Secrets, in_a_file_that_others_can_read_are_refused_but_pointers_are_not) {
  auto sources = good_sources();
  sources.settings_file_is_private = false;
  EXPECT_THAT(only_mistake("\"hunter2hunter2\"", sources), HasSubstr("others can read it"));
  EXPECT_EQ(secret_of("\"env:VPN\"", sources), "sixteen octets or more of VPN");
}

TEST(Secrets, that_cannot_be_had_are_mistakes_with_the_reason) {
  auto sources = good_sources();
  sources.environment = [](const std::string&) -> base::Result<std::string> {
    return base::failure("it is not set");
  };
  sources.file = [](const std::string&) -> base::Result<std::string> { return "\n"; };
  EXPECT_THAT(only_mistake("\"env:VPN\"", sources),
              HasSubstr("expected a secret in environment variable VPN: it is not set"));
  EXPECT_THAT(only_mistake("\"file:vpn\"", sources),
              HasSubstr("expected a secret in file /etc/sallyport/vpn, which is empty"));
}

TEST(Secrets, are_never_quoted_in_a_mistake) {
  const auto sources = good_sources();
  for (const auto* secret :
       {"\"hunter2\"", "hunter2hunter2", "'hunter2", "\"\"\"hunter2", "\"hunter2\\q\"", "[\"hunter2hunter2\"]",
        "{hunter2 = \"hunter2\"}", "truehunter2", "0xhunter2", "2027-hunter2", "\"hunter2hunter2\" hunter2"}) {
    const auto parsed = parse_gateway(file_with_secret(secret), sources);
    ASSERT_FALSE(parsed.has_value()) << secret;
    for (const auto& mistake : parsed.error()) {
      EXPECT_THAT(mistake.expected, Not(HasSubstr("hunter"))) << secret;
      EXPECT_GT(mistake.line, 0);
    }
  }
}

}  // namespace
}  // namespace sallyport::settings
