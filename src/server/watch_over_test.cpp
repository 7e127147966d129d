#include "server/watch_over.h"

#include <gtest/gtest.h>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

namespace messages = telemetry::messages;

class Reporting : public rig::FakeStores {
 public:
  [[nodiscard]] std::vector<directory::ConnectionReport> report() const override { return reports; }
  std::vector<directory::ConnectionReport> reports{{"corp", "ldap://dc1", false, false, ""},
                                                   {"corp", "ldap://dc2", false, false, ""}};
};

class Queueing : public rig::FakeChannel {
 public:
  [[nodiscard]] std::size_t waiting() const override { return in_line; }
  std::size_t in_line = 0;
};

struct Watched {
  Watched() { watch.adopt({}, {{"vpn", {stores, channel}}}); }
  void look() { watch.look({base::SteadyTime(std::chrono::seconds(++second)), {}, true}); }
  void set(bool first, bool second_one) {
    stores->reports[0].up = first;
    stores->reports[1].up = second_one;
    for (auto& report : stores->reports) report.detail = report.up ? "result 0" : "refused";
    look();
  }
  [[nodiscard]] std::size_t said(const telemetry::Message& message) const { return lines.of(message).size(); }

  telemetry::Metrics metrics;
  rig::Lines lines;
  std::shared_ptr<Reporting> stores = std::make_shared<Reporting>();
  std::shared_ptr<Queueing> channel = std::make_shared<Queueing>();
  WatchOver watch{metrics, lines, true};
  int second = 0;
};

TEST(WatchOver, says_that_a_store_can_be_asked_again_when_the_first_of_its_connections_is_back) {
  Watched w;
  w.look();
  EXPECT_TRUE(w.lines.lines.empty()) << "nothing has been tried yet";
  w.set(true, true);
  w.set(false, true);
  EXPECT_EQ(w.said(messages::user_store_connection_down), 1U);
  w.set(false, false);
  w.look();
  EXPECT_EQ(w.said(messages::user_store_back), 0U);
  w.set(true, false);
  w.set(true, true);
  EXPECT_EQ(w.said(messages::user_store_back), 1U);
  EXPECT_EQ(w.said(messages::user_store_skipped), 0U);
}

TEST(WatchOver, takes_a_directory_for_up_that_works_for_one_of_the_validation_servers) {
  Watched w;
  const auto others = std::make_shared<Reporting>();
  w.watch.adopt({}, {{"vpn", {w.stores, w.channel}}, {"web", {others, w.channel}}});
  w.set(true, true);
  EXPECT_EQ(w.said(messages::user_store_connection_up), 2U);
  for (auto& report : others->reports) report.detail = "refused";
  for (int i = 0; i < 3; ++i) w.look();
  EXPECT_EQ(w.said(messages::user_store_connection_down), 0U);
  EXPECT_EQ(w.said(messages::user_store_connection_up), 2U);
  w.set(false, true);
  EXPECT_EQ(w.said(messages::user_store_connection_down), 1U);
}

TEST(WatchOver, says_once_that_a_store_is_skipped_while_none_of_its_connections_is_up) {
  Watched w;
  for (auto& report : w.stores->reports) report.skip_when_unreachable = true;
  w.set(false, false);
  w.look();
  ASSERT_EQ(w.said(messages::user_store_skipped), 1U);
  EXPECT_EQ(w.lines.of(messages::user_store_skipped)[0].all(), "user_store=corp detail=refused ");
}

TEST(WatchOver, tells_a_refusal_of_our_service_account_from_a_connection_that_is_down) {
  Watched w;
  w.stores->reports[0].refuses_us = true;
  w.set(false, false);
  EXPECT_EQ(w.said(messages::user_store_refuses_us), 1U);
  EXPECT_EQ(w.said(messages::user_store_connection_down), 1U);
}

TEST(WatchOver, can_judge_while_a_store_can_be_asked_or_a_validation_server_needs_none) {
  Watched w;
  EXPECT_FALSE(w.watch.can_judge());
  w.set(false, true);
  EXPECT_TRUE(w.watch.can_judge());
  w.set(false, false);
  EXPECT_FALSE(w.watch.can_judge());
  w.watch.adopt({}, {{"vpn", {w.stores, w.channel}}, {"codes", {nullptr, w.channel}}});
  w.look();
  EXPECT_TRUE(w.watch.can_judge());
}

TEST(WatchOver, says_that_exchanges_wait_while_they_do) {
  Watched w;
  w.look();
  EXPECT_EQ(w.said(messages::exchange_queue_full), 0U);
  w.channel->in_line = 7;
  w.look();
  ASSERT_EQ(w.said(messages::exchange_queue_full), 1U);
  EXPECT_EQ(w.lines.of(messages::exchange_queue_full)[0].field("waiting"), "7");
}

TEST(OperatorLines, say_once_that_the_service_answers_again) {
  rig::Rig r;
  const auto log_in = [&](std::uint8_t id, bool answers) {
    r.send({.id = id, .authenticator = id});
    r.stores->release();
    while (!r.channel->asked.empty()) {
      if (answers)
        r.channel->release();
      else
        r.channel->fail(cloud::Evidence::refused);
    }
    r.pass(std::chrono::seconds(3));
  };
  log_in(1, true);
  EXPECT_EQ(r.lines.of(messages::service_back).size(), 0U);
  log_in(2, false);
  EXPECT_EQ(r.lines.of(messages::service_unreachable).size(), 1U);
  log_in(3, true);
  log_in(4, true);
  EXPECT_EQ(r.lines.of(messages::service_back).size(), 1U);
}

}  // namespace
}  // namespace sallyport::server
