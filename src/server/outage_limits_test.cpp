#include "server/outage_limits.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;

constexpr base::SteadyTime start{1000s};

TEST(OutageLimits, let_each_user_in_so_often_and_no_more_until_the_outage_ends) {
  OutageLimits limits;
  const OutageLimits::Rules rules{.logins_per_user = 2};
  EXPECT_TRUE(limits.take(rules, "alice", start));
  EXPECT_TRUE(limits.take(rules, "alice", start));
  EXPECT_FALSE(limits.refusal_is_news());
  EXPECT_FALSE(limits.take(rules, "alice", start));
  EXPECT_TRUE(limits.refusal_is_news());
  EXPECT_FALSE(limits.refusal_is_news()) << "once an outage";
  EXPECT_TRUE(limits.take(rules, "bob", start));
  limits.give_back("alice");
  EXPECT_TRUE(limits.take(rules, "alice", start));
  EXPECT_FALSE(limits.take(rules, "alice", start));
  EXPECT_EQ(limits.logins(), 3U);
  limits.ends();
  EXPECT_TRUE(limits.take(rules, "alice", start));
}

TEST(OutageLimits, end_what_goes_on_for_too_long_counted_from_its_first_beginning) {
  OutageLimits limits;
  const OutageLimits::Rules rules{.time = 1h};
  limits.begins(start);
  limits.begins(start + 30min);  // it came back for a moment, and not to normal
  EXPECT_TRUE(limits.take(rules, "alice", start + 59min));
  EXPECT_FALSE(limits.take(rules, "alice", start + 60min));
  limits.ends();
  limits.begins(start + 61min);
  EXPECT_TRUE(limits.take(rules, "alice", start + 2h));
}

TEST(OutageLimits, raise_one_alarm_an_outage_and_refuse_nobody_for_it) {
  OutageLimits limits;
  const OutageLimits::Rules rules{.logins_alarm = 2};
  EXPECT_TRUE(limits.take(rules, "alice", start));
  EXPECT_FALSE(limits.alarm_is_due(rules));
  EXPECT_TRUE(limits.take(rules, "bob", start));
  EXPECT_TRUE(limits.alarm_is_due(rules));
  EXPECT_TRUE(limits.take(rules, "carol", start));
  EXPECT_FALSE(limits.alarm_is_due(rules));
  limits.ends();
  EXPECT_FALSE(limits.alarm_is_due(rules));
}

TEST(OutageLimits, count_on_from_what_the_record_knows) {
  OutageLimits limits;
  const OutageLimits::Rules rules{.logins_per_user = 2, .logins_alarm = 3};
  limits.restore("alice");
  limits.restore("alice");
  EXPECT_FALSE(limits.take(rules, "alice", start));
  EXPECT_TRUE(limits.take(rules, "bob", start));
  EXPECT_TRUE(limits.alarm_is_due(rules));
}

TEST(OutageLimits, without_any_count_nothing) {
  OutageLimits limits;
  EXPECT_TRUE(limits.take({}, "alice", start));
  EXPECT_EQ(limits.logins(), 0U);
}

}  // namespace
}  // namespace sallyport::server
