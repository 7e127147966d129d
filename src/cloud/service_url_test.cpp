#include "cloud/service_url.h"

#include <gtest/gtest.h>

namespace sallyport::cloud {
namespace {

TEST(ServiceUrl, names_the_path_of_each_service_with_its_version) {
  const auto url = ServiceUrl::parse("https://userservices-auth.vip.symantec.com/vipuserservices/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "userservices-auth.vip.symantec.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->of("AuthenticationService", "1.8"),
            "https://userservices-auth.vip.symantec.com:443/vipuserservices/AuthenticationService_1_8");
  EXPECT_EQ(url->of("QueryService", "1.10"),
            "https://userservices-auth.vip.symantec.com:443/vipuserservices/QueryService_1_10");
}

TEST(ServiceUrl, takes_a_port_a_literal_and_a_path_without_its_slash) {
  EXPECT_EQ(ServiceUrl::parse("HTTPS://LocalHost:8443/vip")->base, "https://localhost:8443/vip/");
  EXPECT_EQ(ServiceUrl::parse("https://127.0.0.1:8443")->base, "https://127.0.0.1:8443/");
  const auto v6 = ServiceUrl::parse("https://[::1]:8443/vipuserservices/");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->base, "https://[::1]:8443/vipuserservices/");
  EXPECT_EQ(ServiceUrl::parse("https://[2001:db8::5]/")->port, 443);
}

TEST(ServiceUrl, refuses_what_it_would_have_to_guess_about) {
  for (const char* wrong : {"",
                            "http://vip.example/",
                            "vip.example/",
                            "https://",
                            "https:///path",
                            "https://user@vip.example/",
                            "https://vip.example:0/",
                            "https://vip.example:65536/",
                            "https://vip.example:80x/",
                            "https://vip.example:/",
                            "https://vip.example/a?b=c",
                            "https://vip.example/a#b",
                            "https://vip.example/a b",
                            "https://vip.example/\r\nX: y",
                            "https://[::1",
                            "https://[::1]8443/",
                            "https://[10.0.0.1]/",
                            "https://[]/",
                            "https://-vip.example/",
                            "https://vip example/",
                            "https://vip.example\\@evil.example/",
                            "https://vip.example/%2e%2e/"}) {
    EXPECT_FALSE(ServiceUrl::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace sallyport::cloud
