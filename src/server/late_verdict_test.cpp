// Logins that a rung lets in while the service is still asked, and what its answer makes of them afterwards.
#include <gtest/gtest.h>

#include "server/recent_book.h"
#include "server/rig_test.h"

namespace sallyport::server::rig {
namespace {

using namespace std::chrono_literals;
namespace messages = telemetry::messages;

class ALateVerdict : public testing::Test {
 protected:
  ALateVerdict() {
    r_.shared->mode = continuity::Mode::automatic;
    auto& outside = r_.workers.front()->outside;
    outside.recent = &recent_;
    outside.record = [this](std::string line, std::move_only_function<void(bool)> done) {
      lines_.push_back(std::move(line));
      done(true);
    };
  }
  // Let in by a rung, and the service has the question.
  void let_in() {
    ++tries_;
    const auto request = r_.send({.id = tries_, .authenticator = tries_});
    r_.stores->release();
    ASSERT_EQ(r_.channel->asked.size(), 1U);
    continuity::Snapshot lost;
    lost.state = continuity::State::continuity;
    lost.valid_until = r_.now.steady + 3s;
    lost.cause = continuity::Evidence::timed_out;
    r_.workers.front()->owner.hear(lost);
    ASSERT_EQ(r_.sent.size(), 1U);
    EXPECT_EQ(r_.code_of(r_.sent[0], request), radius::Code::access_accept);
    ASSERT_EQ(lines_.size(), 1U);
    EXPECT_NE(lines_[0].find("\"let_in\""), std::string::npos) << lines_[0];
  }
  void answer(cloud::Outcome outcome, std::string status) {
    auto one = std::move(r_.channel->asked.front());
    r_.channel->asked.pop_front();
    cloud::CodeAnswer answer;
    answer.outcome = outcome;
    answer.status = std::move(status);
    one.done(std::move(answer));
  }
  [[nodiscard]] std::size_t alarms() { return r_.lines.of(messages::late_refusal).size(); }

  Rig r_;
  RecentBook recent_;
  const RecentBook::Who alice_{"alice.smith", "gate", {}, {}};
  std::vector<std::string> lines_;
  std::uint8_t tries_ = 0;
};

TEST_F(ALateVerdict, that_refuses_is_on_record_and_an_alarm) {
  let_in();
  answer(cloud::Outcome::refused, "6009");
  ASSERT_EQ(lines_.size(), 2U);
  for (const auto* piece : {"\"late_verdict\"", "\"alice.smith\"", "\"verdict\":\"refused\"", "\"6009\""})
    EXPECT_NE(lines_[1].find(piece), std::string::npos) << piece << " in " << lines_[1];
  EXPECT_EQ(alarms(), 1U);
  EXPECT_EQ(r_.sent.size(), 1U) << "the user is in";
}

TEST_F(ALateVerdict, that_is_a_yes_is_on_record_alone_and_none_is_nothing) {
  let_in();
  answer(cloud::Outcome::good, "0000");
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_NE(lines_[1].find("\"verdict\":\"good\""), std::string::npos) << lines_[1];
  EXPECT_EQ(alarms(), 0U);
}

TEST_F(ALateVerdict, that_never_comes_is_not_written) {
  let_in();
  answer(cloud::Outcome::no_verdict, "");
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(ALateVerdict, that_says_that_the_user_is_gone_voids_their_recent_success) {
  for (const auto* status : {"6009", "6003", "6008", "601B"}) {
    lines_.clear();
    r_.sent.clear();
    r_.pass(5min);
    recent_.succeeded(alice_, r_.now.wall);
    let_in();
    answer(cloud::Outcome::refused, status);
    EXPECT_EQ(recent_.has(alice_, 24h, r_.now.wall), std::string_view(status) == "6009") << status;
  }
}

}  // namespace
}  // namespace sallyport::server::rig
