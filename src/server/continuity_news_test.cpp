#include "server/continuity_news.h"

#include <gmock/gmock.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using continuity::Change;
using continuity::Evidence;
using continuity::State;
using continuity::Why;
using testing::HasSubstr;
using testing::Not;

base::Time at(base::Duration since_start) {
  const auto wall = base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  return {base::SteadyTime(1h + since_start),
          wall + std::chrono::duration_cast<std::chrono::microseconds>(since_start), true};
}

class ContinuityNewsOf : public testing::Test {
 protected:
  std::optional<News> change(State from, State to, Why why, base::Duration when, std::uint64_t let_in = 0) {
    return news_.of(Change{from, to, why, Evidence::connect_timed_out, at(when).steady}, "no \x1b route\n",
                    let_in, at(when));
  }
  std::optional<News> probe(Evidence evidence, base::Duration when) {
    return news_.of(evidence, side(evidence), "who?", at(when));
  }
  ContinuityNews news_;
};

TEST_F(ContinuityNewsOf, continuity_is_told_when_it_begins_and_when_it_ends) {
  EXPECT_FALSE(change(State::normal, State::suspect, Why::worry, 0s));
  const auto begun = change(State::suspect, State::continuity, Why::threshold, 5s, 7);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->event, "continuity_entered");
  EXPECT_THAT(begun->text, HasSubstr("State: continuity, since 2026-03-01 00:00:05 UTC\n"
                                     "In doubt since: 2026-03-01 00:00:00 UTC\n"
                                     "Cause: connect timed out (no ? route?)\nLogins let in so far: 0\n"));
  EXPECT_THAT(begun->text, HasSubstr("What to do: See to the service"));
  EXPECT_THAT(begun->text, HasSubstr("(SP0801)"));
  const auto ended = change(State::continuity, State::degraded, Why::first_good, 65s, 10);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->event, "continuity_left");
  EXPECT_THAT(ended->text, HasSubstr("since 2026-03-01 00:01:05 UTC\n"
                                     "Continuity had lasted since: 2026-03-01 00:00:05 UTC\n"
                                     "Why it ended: the service answers again\nLogins let in: 3\n"));
  EXPECT_FALSE(change(State::degraded, State::normal, Why::risen, 70s));
}

TEST_F(ContinuityNewsOf, degraded_is_told_once_in_ten_minutes_with_its_end) {
  const auto degrades = [&](base::Duration when) {
    return change(State::normal, State::degraded, Why::many_users_down, when).has_value();
  };
  const auto rises = [&](base::Duration when) {
    return change(State::degraded, State::normal, Why::risen, when).has_value();
  };
  EXPECT_TRUE(degrades(0s));
  EXPECT_TRUE(rises(30s));
  EXPECT_FALSE(degrades(60s));
  EXPECT_FALSE(rises(90s));
  EXPECT_TRUE(degrades(10min));
}

TEST_F(ContinuityNewsOf, continuity_out_of_degraded_is_told_and_the_end_of_degraded_is_not) {
  EXPECT_TRUE(change(State::suspect, State::degraded, Why::half_down, 0s));
  EXPECT_TRUE(change(State::degraded, State::continuity, Why::threshold, 10s));
  EXPECT_TRUE(change(State::continuity, State::degraded, Why::first_good, 20s));
  EXPECT_FALSE(change(State::degraded, State::normal, Why::risen, 25s));
}

TEST_F(ContinuityNewsOf, the_reason_for_the_end_is_in_words) {
  EXPECT_THAT(change(State::continuity, State::normal, Why::only_barred, 1s)->text,
              HasSubstr("somebody meant it"));
  EXPECT_THAT(change(State::continuity, State::suspect, Why::blind, 1s)->text, HasSubstr("trouble of its own"));
}

TEST_F(ContinuityNewsOf, what_looks_like_an_attack_is_told_once_until_it_is_over) {
  const auto first = probe(Evidence::service_not_trusted, 0s);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->event, "continuity_barred");
  EXPECT_THAT(first->text, HasSubstr("Cause: service not trusted (who?)"));
  EXPECT_FALSE(probe(Evidence::service_not_trusted, 1h));
  EXPECT_FALSE(probe(Evidence::timed_out, 2h));
  EXPECT_FALSE(probe(Evidence::service_not_trusted, 3h));
  EXPECT_FALSE(probe(Evidence::answered, 4h));
  EXPECT_TRUE(probe(Evidence::service_not_trusted, 5h));
  EXPECT_FALSE(probe(Evidence::answered, 5h + 1min));
  EXPECT_FALSE(probe(Evidence::service_not_trusted, 5h + 9min));
}

TEST(RecordNews, say_what_it_means_and_what_to_do) {
  const auto fails = record_fails("no space left", at(0s).wall);
  EXPECT_THAT(fails.text, HasSubstr("Cause: no space left\n"));
  EXPECT_THAT(fails.text, HasSubstr("What to do: Make room on the disk"));
  EXPECT_EQ(record_is_back(at(0s).wall).event, "record_back");
}

}  // namespace
}  // namespace sallyport::server
