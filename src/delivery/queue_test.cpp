#include "delivery/queue.h"

#include <gmock/gmock.h>

#include "delivery/health.h"

namespace sallyport::delivery {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::SteadyTime start{1'000s};

ParcelPointer parcel(const std::string& id, base::SteadyTime now = start, std::chrono::seconds life = 60s,
                     const std::string& user = "", Delivery::Kind kind = Delivery::Kind::sms) {
  auto made = std::make_shared<Parcel>();
  made->id = id;
  made->accepted.steady = now;
  made->delivery.kind = kind;
  made->delivery.user = user.empty() ? id : user;
  made->delivery.life = life;
  return made;
}

std::vector<std::string> begun(const Queue::Turn& turn) {
  std::vector<std::string> ids;
  for (const auto& attempt : turn.begin) ids.push_back(attempt.parcel->id);
  return ids;
}

std::vector<std::pair<std::string, Why>> dropped(const std::vector<Queue::Dropped>& all) {
  std::vector<std::pair<std::string, Why>> ids;
  for (const auto& each : all) ids.emplace_back(each.parcel->id, each.why);
  return ids;
}

TEST(Pause, doubles_up_to_the_longest) {
  EXPECT_EQ(pause_after(1, 1s, 30s), 1s);
  EXPECT_EQ(pause_after(2, 1s, 30s), 2s);
  EXPECT_EQ(pause_after(5, 1s, 30s), 16s);
  EXPECT_EQ(pause_after(6, 1s, 30s), 30s);
  EXPECT_EQ(pause_after(1'000'000, 1s, 30s), 30s);
  EXPECT_EQ(pause_after(1, 5s, 5s), 5s);
}

TEST(DeliveryQueue, first_in_begins_first_and_no_more_than_may_at_once) {
  Queue queue({.at_once = 2});
  for (const auto* id : {"a", "b", "c"}) EXPECT_THAT(queue.add(parcel(id), start), IsEmpty());
  const auto turn = queue.advance(start);
  EXPECT_THAT(begun(turn), ElementsAre("a", "b"));
  EXPECT_THAT(begun(queue.advance(start)), IsEmpty());
  EXPECT_EQ(queue.under_way(), 2U);
  EXPECT_THAT(queue.ended(turn.begin[0].ticket, Ended::delivered, start), IsEmpty());
  EXPECT_THAT(begun(queue.advance(start)), ElementsAre("c"));
  EXPECT_EQ(queue.held(), 2U);
}

TEST(DeliveryQueue, what_failed_is_tried_again_after_its_pause_until_its_life_is_over) {
  Queue queue({.retry_first = 1s, .retry_most = 30s});
  queue.add(parcel("a", start, 10s), start);
  auto now = start;
  std::vector<base::Duration> attempts;
  std::vector<Queue::Dropped> gone;
  while (gone.empty()) {
    const auto wake = queue.wake();
    ASSERT_TRUE(wake);
    now = std::max(now, *wake);
    const auto turn = queue.advance(now);
    for (const auto& attempt : turn.begin) {
      EXPECT_EQ(attempt.number, static_cast<int>(attempts.size()) + 1);
      attempts.push_back(now - start);
      gone = queue.ended(attempt.ticket, Ended::failed, now);
    }
    gone.insert(gone.end(), turn.dropped.begin(), turn.dropped.end());
  }
  // 1 + 2 + 4 s of pauses; the next would end after 15 s.
  EXPECT_THAT(attempts, ElementsAre(0s, 1s, 3s, 7s));
  ASSERT_THAT(dropped(gone), ElementsAre(std::pair("a", Why::expired)));
  EXPECT_EQ(gone[0].attempts, 4);
  EXPECT_EQ(queue.held(), 0U);
  EXPECT_FALSE(queue.wake());
}

TEST(DeliveryQueue, nothing_begins_when_its_life_is_over) {
  Queue queue({.at_once = 1});
  queue.add(parcel("a", start, 60s), start);
  queue.add(parcel("b", start, 5s), start);
  const auto first = queue.advance(start);
  EXPECT_EQ(queue.wake(), start + 5s) << "b's end";
  const auto late = queue.advance(start + 5s);
  EXPECT_THAT(dropped(late.dropped), ElementsAre(std::pair("b", Why::expired)));
  queue.ended(first.begin[0].ticket, Ended::delivered, start + 6s);
  EXPECT_THAT(begun(queue.advance(start + 6s)), IsEmpty());
  EXPECT_THAT(dropped(queue.add(parcel("c", start, 6s), start + 6s)),
              ElementsAre(std::pair("c", Why::expired)));
  EXPECT_THAT(dropped(queue.add(parcel("d", start, 0s), start)), ElementsAre(std::pair("d", Why::expired)));
}

TEST(DeliveryQueue, when_full_what_is_out_of_life_goes_and_then_what_would_be_first) {
  Queue queue({.held = 3, .at_once = 1});
  queue.add(parcel("under way", start, 1s), start);
  queue.advance(start);
  queue.add(parcel("long", start, 60s), start);
  queue.add(parcel("short", start, 10s), start);
  EXPECT_THAT(dropped(queue.add(parcel("new", start, 30s), start)), ElementsAre(std::pair("short", Why::full)));
  EXPECT_THAT(dropped(queue.add(parcel("newer", start + 40s, 60s), start + 40s)),
              ElementsAre(std::pair("new", Why::expired)));
  EXPECT_EQ(queue.held(), 3U);
}

TEST(DeliveryQueue, full_of_what_is_under_way_it_takes_no_more) {
  Queue queue({.held = 1, .at_once = 1});
  queue.add(parcel("a"), start);
  queue.advance(start);
  EXPECT_THAT(dropped(queue.add(parcel("b"), start)), ElementsAre(std::pair("b", Why::full)));
}

TEST(DeliveryQueue, one_user_gets_one_at_a_time_in_order_and_others_do_not_wait) {
  Queue queue({});
  queue.add(parcel("a1", start, 60s, "alice"), start);
  queue.add(parcel("a2", start, 60s, "alice"), start);
  queue.add(parcel("b1", start, 60s, "bob"), start);
  const auto turn = queue.advance(start);
  EXPECT_THAT(begun(turn), ElementsAre("a1", "b1"));
  queue.ended(turn.begin[0].ticket, Ended::delivered, start);
  EXPECT_THAT(begun(queue.advance(start)), ElementsAre("a2"));
}

TEST(DeliveryQueue, a_code_does_not_follow_a_newer_one) {
  Queue queue({});
  queue.add(parcel("old", start, 60s, "alice"), start);
  const auto old = queue.advance(start);
  queue.add(parcel("new", start, 60s, "alice"), start);
  queue.ended(old.begin[0].ticket, Ended::failed, start);
  const auto next = queue.advance(start);
  EXPECT_THAT(begun(next), ElementsAre("new")) << "it does not wait for the old one's pause";
  EXPECT_THAT(dropped(queue.ended(next.begin[0].ticket, Ended::delivered, start)),
              ElementsAre(std::pair("old", Why::overtaken)));
  EXPECT_EQ(queue.held(), 0U);
}

TEST(DeliveryQueue, a_push_does_for_each_of_them_is_a_login_of_its_own) {
  Queue queue({});
  queue.add(parcel("old", start, 60s, "alice", Delivery::Kind::push), start);
  const auto old = queue.advance(start);
  queue.add(parcel("new", start, 60s, "alice", Delivery::Kind::push), start);
  queue.ended(old.begin[0].ticket, Ended::failed, start);
  const auto next = queue.advance(start);
  EXPECT_THAT(queue.ended(next.begin[0].ticket, Ended::delivered, start), IsEmpty());
  EXPECT_THAT(begun(queue.advance(start + 1s)), ElementsAre("old"));
}

TEST(DeliveryQueue, a_notice_does_for_each_says_something_else) {
  Queue queue({.retry_first = 1s, .retry_most = 1s});
  queue.add(parcel("began", start, 60s, "x", Delivery::Kind::notice), start);
  const auto first = queue.advance(start).begin.at(0).ticket;
  queue.ended(first, Ended::failed, start);
  queue.add(parcel("ended", start, 60s, "x", Delivery::Kind::notice), start);
  const auto newer = queue.advance(start).begin.at(0).ticket;
  EXPECT_THAT(queue.ended(newer, Ended::delivered, start), IsEmpty());
  EXPECT_THAT(begun(queue.advance(start + 1s)), ElementsAre("began"));
}

TEST(DeliveryQueue, what_is_refused_is_not_tried_again) {
  Queue queue({});
  queue.add(parcel("a"), start);
  const auto turn = queue.advance(start);
  EXPECT_THAT(dropped(queue.ended(turn.begin[0].ticket, Ended::refused, start)),
              ElementsAre(std::pair("a", Why::refused)));
  EXPECT_EQ(queue.held(), 0U);
}

TEST(Health, a_channel_that_fails_is_named_once_and_then_every_ten_minutes) {
  Health health;
  EXPECT_TRUE(health.failed(start));
  EXPECT_FALSE(health.failed(start + 9min));
  EXPECT_TRUE(health.failed(start + 10min));
  EXPECT_EQ(health.delivered(), 3);
  EXPECT_EQ(health.delivered(), 0);
}

TEST(Health, one_that_fails_now_and_then_makes_two_lines_a_minute) {
  Health health;
  int lines = 0;
  for (auto now = start; now < start + 10min; now += 1s) {
    lines += health.failed(now) ? 1 : 0;
    lines += health.delivered() > 0 ? 1 : 0;
  }
  EXPECT_EQ(lines, 20);
}

}  // namespace
}  // namespace sallyport::delivery
