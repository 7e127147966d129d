#include "server/name_watch.h"

#include <gtest/gtest.h>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
namespace messages = telemetry::messages;

class Somewhere : public rig::FakeChannel {
 public:
  [[nodiscard]] std::optional<cloud::Elsewhere> elsewhere() const override { return where; }
  std::optional<cloud::Elsewhere> where;
};

TEST(NameWatch, tells_once_that_the_service_is_reached_where_its_name_does_not_lead_and_once_that_it_is_over) {
  telemetry::Metrics metrics;
  auto logger = std::make_unique<rig::Lines>();
  const auto& lines = *logger;
  std::vector<News> news;
  NameWatch watch(std::move(logger), metrics, [&](const News& one) { news.push_back(one); });
  Somewhere channel;
  const auto look = [&](base::Duration at) { watch.look(channel, base::Time{} + at); };
  look(0s);
  EXPECT_TRUE(news.empty());
  channel.where = {"192.0.2.1", "vip.example.com", "203.0.113.9"};
  for (int i = 1; i < 100; ++i) look(i * 10s);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].event, "dns_changed");
  for (const char* word : {"192.0.2.1", "vip.example.com", "203.0.113.9", "What to do"})
    EXPECT_NE(news[0].text.find(word), std::string::npos) << word;
  EXPECT_EQ(lines.of(messages::dns_changed).size(), 1U);
  EXPECT_NE(metrics.text().find("sallyport_service_dns_changed 1"), std::string::npos);
  channel.where.reset();
  for (int i = 100; i < 110; ++i) look(i * 10s);
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[1].event, "dns_changed_is_over");
  EXPECT_EQ(lines.of(messages::dns_changed_is_over).size(), 1U);
  EXPECT_NE(metrics.text().find("sallyport_service_dns_changed 0"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::server
