#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

std::string file_with(const std::string& lines) {
  return "[[validation_server]]\nname = \"vpn\"\nmode = \"code\"\nlook_up_user = false\nlisten = "
         "[\"127.0.0.1:1812\"]\n"
         "[[validation_server.client]]\nname = \"gate\"\naddresses = [\"192.0.2.0/24\"]\nsecret = "
         "\"0123456789abcdef\"\n"
         "[service]\nurl = \"https://vip.example.com/\"\ncertificate_file = \"vip.pem\"\n" +
         lines;
}

std::vector<std::string> mistakes_of(const std::string& lines) {
  std::vector<std::string> out;
  const auto parsed = parse_gateway(file_with(lines), good_sources());
  if (!parsed)
    for (const auto& mistake : parsed.error()) out.push_back(mistake.to_string("f"));
  return out;
}

TEST(ServiceSettings, have_no_proxy_the_older_interface_and_three_seconds_between_polls_unless_told) {
  const auto gateway = parse_gateway(file_with(""), good_sources());
  ASSERT_TRUE(gateway);
  EXPECT_FALSE(gateway->service->proxy);
  EXPECT_EQ(gateway->service->api, "1.8");
  EXPECT_EQ(gateway->service->push_poll_interval, seconds(3));
}

TEST(ServiceSettings, name_a_proxy_with_its_port_and_who_we_are_to_it) {
  const auto gateway =
      parse_gateway(file_with("api = \"1.10\"\n[service.proxy]\nurl = \"http://[2001:db8::8]:3128/\"\n"
                              "user = 'CORP\\sallyport'\npassword = \"env:PROXY\"\n"
                              "authentication = \"digest\"\n"),
                    good_sources());
  ASSERT_TRUE(gateway) << gateway.error().front().to_string("f");
  EXPECT_EQ(gateway->service->api, "1.10");
  const auto& proxy = gateway->service->proxy;
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "2001:db8::8");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->user, "CORP\\sallyport");
  EXPECT_EQ(proxy->password.reveal(), "sixteen octets or more of PROXY");
  EXPECT_EQ(proxy->authentication, ProxyAuthentication::digest);
}

TEST(ServiceSettings, take_no_proxy_that_could_be_misread) {
  const auto url = [](const std::string& text) {
    return mistakes_of("[service.proxy]\nurl = \"" + text + "\"\n");
  };
  for (const auto* wrong :
       {"proxy.example.com:3128", "http://proxy.example.com", "https://proxy.example.com:3128",
        "http://user:hunter2@proxy.example.com:3128", "http://proxy.example.com:0",
        "http://proxy.example.com:3128/path", "socks5://proxy.example.com:1080", "http://:3128"})
    EXPECT_THAT(url(wrong),
                ElementsAre(AllOf(HasSubstr("service.proxy.url: expected a URL like \"http://proxy"),
                                  Not(HasSubstr("hunter2")))))
        << wrong;
  EXPECT_THAT(mistakes_of("[service.proxy]\nuser = \"a\"\n"),
              ElementsAre(HasSubstr("service.proxy.url: expected this key"),
                          HasSubstr("service.proxy.password: expected this key, as there is a user")));
  const std::string proxy = "[service.proxy]\nurl = \"http://p:3128\"\n";
  EXPECT_THAT(mistakes_of(proxy + "password = \"x\"\nauthentication = \"ntlm\"\n"),
              ElementsAre(HasSubstr("service.proxy.password: expected only with user"),
                          HasSubstr("service.proxy.authentication: expected only with user")));
  EXPECT_THAT(mistakes_of(proxy + "user = \"a:b\"\npassword = \"x\"\n"),
              ElementsAre(HasSubstr("service.proxy.user: expected a name without a colon")));
  EXPECT_THAT(mistakes_of(proxy + "user = \"a\"\npassword = \"x\"\nauthentication = \"negotiate\"\n"),
              ElementsAre(HasSubstr("expected one of \"any\", \"basic\", \"digest\", \"ntlm\"")));
}

TEST(ServiceSettings, know_two_versions_of_the_interface_and_poll_no_faster_than_once_a_second) {
  EXPECT_THAT(mistakes_of("api = \"1.9\"\n"),
              ElementsAre(HasSubstr("service.api: expected \"1.8\" or \"1.10\"")));
  EXPECT_THAT(mistakes_of("push_poll_interval = \"999ms\"\n"),
              ElementsAre(HasSubstr("service.push_poll_interval: expected a duration from 1s to 1m")));
}

TEST(ServiceSettings, warn_of_a_password_that_crosses_the_network_in_clear_text) {
  const auto warned = [](const std::string& host, const std::string& method) {
    return warnings(*parse_gateway(file_with("[service.proxy]\nurl = \"http://" + host +
                                             ":3128\"\nuser = \"a\"\npassword = \"b\"\nauthentication = \"" +
                                             method + "\"\n"),
                                   good_sources()),
                    {});
  };
  const auto about_proxy = Contains(Field(&Warning::key, "service.proxy.authentication"));
  EXPECT_THAT(warned("192.0.2.8", "basic"), about_proxy);
  EXPECT_THAT(warned("192.0.2.8", "digest"), Not(about_proxy));
  EXPECT_THAT(warned("127.0.0.1", "basic"), Not(about_proxy));
}

}  // namespace
}  // namespace sallyport::settings
