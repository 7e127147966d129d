// From logins to the alarm: what LoginOwner counts, and what is told of it and when.
#include "server/refusal_watch.h"

#include <gmock/gmock.h>

#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using Answer = RefusalSurge::Answer;
using Count = RefusalSurge::Count;
using rig::Rig;
using testing::HasSubstr;

class ALogin : public testing::Test {
 protected:
  // Of alice; the service says this.
  void ends(cloud::Outcome outcome, std::string status, cloud::Evidence evidence = cloud::Evidence::answered) {
    rig_.pass(5min);  // what was counted before is not any more
    ++number_;
    rig_.send({.id = number_, .authenticator = number_});
    rig_.stores->release();
    while (!rig_.channel->asked.empty()) {
      auto one = std::move(rig_.channel->asked.front());
      rig_.channel->asked.pop_front();
      cloud::CodeAnswer answer;
      answer.outcome = outcome;
      answer.evidence = evidence;
      answer.status = status;
      answer.credential_id = "VSMT12345678";
      one.done(std::move(answer));
    }
  }
  Count count() { return rig_.limits.refusals(rig_.now.steady); }

  Rig rig_;
  std::uint8_t number_ = 0;
};

TEST_F(ALogin, counts_as_refused_when_the_service_does_not_know_a_user_whom_it_knew) {
  ends(cloud::Outcome::refused, "6003");
  EXPECT_EQ(count(), (Count{0, 0}));  // it never knew her
  ends(cloud::Outcome::good, "0000");
  EXPECT_EQ(count(), (Count{0, 0}));
  ends(cloud::Outcome::good, "0000");
  EXPECT_EQ(count(), (Count{1, 0}));
  ends(cloud::Outcome::refused, "6009");
  EXPECT_EQ(count(), (Count{1, 0}));
  for (const auto* status : {"6001", "6003", "6008"}) {
    ends(cloud::Outcome::refused, status);
    EXPECT_EQ(count(), (Count{1, 1})) << status;
  }
}

TEST_F(ALogin, that_the_service_did_not_judge_says_nothing) {
  ends(cloud::Outcome::good, "0000");
  ends(cloud::Outcome::no_verdict, "", cloud::Evidence::http_error);
  rig_.pass(10s);
  EXPECT_EQ(count(), (Count{0, 0}));
  rig_.send({.password = "wrong123456", .id = 200, .authenticator = 200});
  rig_.stores->release();
  EXPECT_EQ(count(), (Count{0, 0}));
}

// Its loggers write into one list.
class OneLog : public telemetry::Log {
 public:
  std::unique_ptr<telemetry::Logger> make_logger() override {
    struct Into : telemetry::Logger {
      explicit Into(rig::Lines& out) : lines(out) {}
      void log(const telemetry::Message& m, base::WallTime t, std::vector<telemetry::Field> f) override {
        lines.log(m, t, std::move(f));
      }
      void log_rarely(const telemetry::Message& m, base::Time t, std::vector<telemetry::Field> f,
                      base::Duration apart) override {
        lines.log_rarely(m, t, std::move(f), apart);
      }
      rig::Lines& lines;
    };
    return std::make_unique<Into>(lines);
  }
  void reopen() override {}
  base::Result<void> apply(const settings::Log&) override { return {}; }
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }
  rig::Lines lines;
};

class ASurge : public testing::Test {
 protected:
  void answer(Answer answer, std::uint64_t first, std::uint64_t last, base::Duration when) {
    for (auto user = first; user <= last; ++user)
      limits_.service_answered(user, answer, false, at(when).steady);
  }
  static base::Time at(base::Duration since_start) {
    const auto wall = base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
    return {base::SteadyTime(1h + since_start),
            wall + std::chrono::duration_cast<std::chrono::microseconds>(since_start), true};
  }
  double gauge_after_look(base::Duration when) {
    watch_.look(at(when));
    const auto text = metrics_.text();
    constexpr std::string_view name = "\nsallyport_refusal_surge ";
    const auto found = text.find(name);
    return found == std::string::npos ? -1 : std::stod(text.substr(found + name.size()));
  }

  [[nodiscard]] std::size_t told(const telemetry::Message& message) const {
    return log_.lines.of(message).size();
  }

  SharedLimits limits_{validation::GuardLimits{}};
  telemetry::Metrics metrics_;
  OneLog log_;
  Notices notices_{log_, metrics_};
  RefusalWatch watch_{log_, metrics_, notices_, limits_};
};

TEST_F(ASurge, is_seen_in_the_metric_while_it_holds) {
  answer(Answer::accepted, 1, 12, 0s);
  EXPECT_EQ(gauge_after_look(1s), 0);
  answer(Answer::unknown_there, 1, 10, 1min);
  EXPECT_EQ(gauge_after_look(1min), 1);
  EXPECT_EQ(gauge_after_look(2min), 1);
  EXPECT_EQ(gauge_after_look(7min), 0);
}

TEST_F(ASurge, is_told_once_and_so_is_its_end_and_then_not_again_for_ten_minutes) {
  namespace messages = telemetry::messages;
  answer(Answer::accepted, 1, 12, 0s);
  watch_.look(at(1s));
  EXPECT_EQ(told(messages::refusal_surge_over), 0U);
  for (auto second = 60s; second < 120s; second += 1s) {
    answer(Answer::unknown_there, 1, 10, second);
    watch_.look(at(second));
  }
  ASSERT_EQ(told(messages::refusal_surge), 1U);
  const auto line = log_.lines.of(messages::refusal_surge)[0];
  EXPECT_EQ(line.field("refused") + " of " + line.field("users"), "10 of 10");
  const auto swings = [&](base::Duration when) {
    answer(Answer::accepted, 1, 12, when);
    watch_.look(at(when));
    answer(Answer::unknown_there, 1, 10, when + 1s);
    watch_.look(at(when + 1s));
  };
  swings(3min);
  EXPECT_EQ(told(messages::refusal_surge_over), 1U);
  swings(5min);
  EXPECT_EQ(told(messages::refusal_surge), 1U);
  EXPECT_EQ(told(messages::refusal_surge_over), 1U);
  swings(12min);
  EXPECT_EQ(told(messages::refusal_surge), 2U);
}

TEST(NewsOfASurge, says_how_many_and_what_to_do) {
  const auto now = base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  const auto begun = refusal_surge_begins({12, 7}, now);
  EXPECT_EQ(begun.event, "refusal_surge");
  EXPECT_THAT(begun.text, HasSubstr("Seen at: 2026-03-01 00:00:00 UTC\nUsers who are refused: 7 of 12"));
  EXPECT_THAT(begun.text, HasSubstr("What to do: Ask who changed users at the service"));
  EXPECT_THAT(begun.text, HasSubstr("(SP0830)"));
  EXPECT_EQ(refusal_surge_is_over({12, 5}, now).event, "refusal_surge_over");
}

}  // namespace
}  // namespace sallyport::server
