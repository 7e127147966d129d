#include "settings/delivery.h"

#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string with_delivery(const std::string& delivery) {
  return "listen = [\"127.0.0.1:8443\"]\ncertificate_file = \"service.pem\"\nclient_ca_file = \"ca.pem\"\n"
         "database = \"db\"\nsecrets_key = \"env:SALLYPORT_SECRETS_KEY\"\n[[account]]\nid = \"example\"\n"
         "[[account.certificate]]\nsubject = \"CN=gate\"\n" +
         delivery;
}

base::Result<Delivery, Mistakes> parse(const std::string& delivery) {
  auto parsed = parse_authservice(with_delivery(delivery), good_sources());
  if (!parsed) return std::unexpected(parsed.error());
  return parsed->delivery;
}

std::string channel(const std::string& keys) { return "[[delivery.channel]]\nname = \"one\"\n" + keys; }

constexpr auto command = "kind = \"command\"\nkinds = [\"sms\"]\nargv = [\"/bin/hook\", \"a b\"]\n";
constexpr auto webhook =
    "kind = \"webhook\"\nkinds = [\"push\", \"sms\"]\nurl = \"https://hooks.example.com/x\"\n";
constexpr auto smtp =
    "kind = \"smtp\"\nkinds = [\"email\"]\nhost = \"mail.example.com\"\nfrom = \"a@example.com\"\n";

std::string mistake_of(const std::string& delivery) {
  const auto parsed = parse(delivery);
  return parsed ? "" : parsed.error().front().to_string("f").substr(2);
}

TEST(DeliverySettings, without_the_section_nothing_is_delivered) {
  const auto delivery = parse("");
  ASSERT_TRUE(delivery) << delivery.error().front().to_string("f");
  EXPECT_TRUE(delivery->channels.empty());
  EXPECT_EQ(delivery->queue_limit, 10'000);
  EXPECT_EQ(delivery->retry_first, milliseconds(1'000));
  EXPECT_EQ(delivery->retry_most, milliseconds(30'000));
}

TEST(DeliverySettings, a_channel_of_each_kind_is_read_with_its_defaults) {
  const auto delivery = parse(channel(command) + "[[delivery.channel]]\nname = \"two\"\n" + webhook +
                              "[[delivery.channel]]\nname = \"three\"\n" + smtp +
                              "body = \"\"\"\nDear {user},\nthe code is {code}.\n\"\"\"\n");
  ASSERT_TRUE(delivery) << delivery.error().front().to_string("f");
  ASSERT_EQ(delivery->channels.size(), 3U);
  EXPECT_THAT(delivery->channels[0].argv, ElementsAre("/bin/hook", "a b"));
  EXPECT_EQ(delivery->channels[0].time_limit, seconds(10));
  EXPECT_EQ(delivery->channels[0].at_once, 8);
  EXPECT_THAT(delivery->channels[1].kinds, ElementsAre(DeliveryKind::push, DeliveryKind::sms));
  EXPECT_TRUE(delivery->channels[1].bearer_token.empty());
  EXPECT_EQ(delivery->channels[2].port, 587);
  EXPECT_EQ(delivery->channels[2].security, MailSecurity::starttls);
  EXPECT_EQ(delivery->channels[2].body, "Dear {user},\nthe code is {code}.\n");
  EXPECT_THAT(delivery->channels[2].subject, HasSubstr("code"));
}

TEST(DeliverySettings, the_port_of_mail_follows_its_security) {
  EXPECT_EQ(parse(channel(smtp) + "security = \"tls\"\n")->channels[0].port, 465);
  EXPECT_EQ(parse(channel(smtp) + "security = \"tls\"\nport = 10465\n")->channels[0].port, 10465);
  const auto here =
      "kind = \"smtp\"\nkinds = [\"email\"]\nhost = \"localhost\"\nfrom = \"a@b\"\nsecurity = \"none\"\n";
  EXPECT_EQ(parse(channel(here))->channels[0].port, 25);
}

TEST(DeliverySettings, each_mistake_is_named) {
  struct Case {
    std::string delivery, mistake;
  };
  const std::string two = channel(command) + "[[delivery.channel]]\nname = \"one\"\n" + command;
  const std::vector<Case> cases{
      {channel("kind = \"command\"\nkinds = [\"sms\"]\n"), "delivery.channel[0].argv: expected this key"},
      {channel("kind = \"command\"\nkinds = [\"sms\"]\nargv = [\"hook\"]\n"), "expected the absolute path"},
      {channel("kind = \"webhook\"\nkinds = [\"sms\"]\n"), "delivery.channel[0].url: expected this key"},
      {channel("kind = \"webhook\"\nkinds = [\"fax\"]\nurl = \"https://a\"\n"), "kinds[0]: expected one of"},
      {channel("kind = \"webhook\"\nkinds = []\nurl = \"https://a\"\n"), "at least one"},
      {channel("kind = \"webhook\"\nkinds = [\"sms\"]\nurl = \"http://a.example/\"\n"), "url: expected a URL"},
      {channel(command) + "url = \"https://a\"\n", "delivery.channel[0].url: expected only with another kind"},
      {channel(webhook) + "password = \"env:SALLYPORT_SECRETS_KEY\"\n", "password: expected only with another"},
      {channel(smtp) + "security = \"none\"\n", "clear text"},
      {channel(smtp) + "user = \"a\"\n", "expected user and password together"},
      {channel("kind = \"smtp\"\nkinds = [\"sms\"]\nhost = \"h\"\nfrom = \"a@b\"\n"), "expected [\"email\"]"},
      {channel("kind = \"smtp\"\nkinds = [\"email\"]\nhost = \"h\"\nfrom = \"a\"\n"),
       "expected a mail address"},
      {channel("kind = \"smtp\"\nkinds = [\"email\"]\nhost = \"h\"\nfrom = \"<a@b>\"\n"),
       "expected a mail address"},
      {channel(smtp) + "subject = \"{password}\"\n", "expected only {code}, {minutes}, {user} and {text}"},
      {channel(smtp) + "body = \"{code\"\n", "expected only {code}, {minutes}, {user} and {text}"},
      {channel(smtp) + "subject = \"a\\nBcc: b\"\n", "without control characters"},
      {"[delivery]\nretry_first = \"10s\"\nretry_most = \"5s\"\n", "expected at least retry_first (10s)"},
      {two, "delivery.channel[1].name: expected another name"},
  };
  for (const auto& each : cases)
    EXPECT_THAT(mistake_of(each.delivery), HasSubstr(each.mistake)) << each.delivery;
}

TEST(DeliverySettings, a_kind_that_two_channels_carry_is_warned_of) {
  const auto parsed = parse_authservice(
      with_delivery(channel(command) + "[[delivery.channel]]\nname = \"two\"\n" + webhook), good_sources());
  ASSERT_TRUE(parsed) << parsed.error().front().to_string("f");
  const auto all = warnings(*parsed);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].what, "2 channels carry sms: a user gets each of them 2 times");
}

TEST(WebhookUrl, is_https_or_on_this_machine) {
  const auto url = parse_webhook_url("https://hooks.example.com/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(parse_webhook_url("http://[::1]:81")->port, 81);
  EXPECT_EQ(parse_webhook_url("http://localhost/")->port, 80);
  for (const char* wrong :
       {"", "https://", "https:///x", "ftp://a", "https://u:p@a/", "https://a/#x", "https://a b/",
        "http://10.0.0.1/", "http://localhost.example.com/", "https://a:0/", "https://a\r\nb/"})
    EXPECT_FALSE(parse_webhook_url(wrong)) << wrong;
}

}  // namespace
}  // namespace sallyport::settings
