// Pushes and sent codes over a channel: what is asked, in whose name, and that every wait ends once and
// rightly.
#include <gtest/gtest.h>

#include <map>

#include "cloud/channel_rig_test.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

std::string word(const std::string& id, const std::string& status, const std::string& more = "") {
  return "<transactionStatus><transactionId>" + id + "</transactionId><status>" + status +
         "</status><statusMessage>As it is</statusMessage>" + more + "</transactionStatus>";
}

class APush : public AChannel {
 protected:
  void SetUp() override { options_.push_poll_interval = 40ms; }

  void await(const std::string& id, base::Duration within = 5s) {
    channel_->await_push(id, loop_.now().steady + within, [this, id](PollAnswer answer) {
      EXPECT_FALSE(ends_.contains(id)) << "each wait ends once";
      ends_.emplace(id, std::move(answer));
    });
  }
  // Turns the loop until the next poll has left.
  bool polled() {
    for (int turn = 0; turn < 500 && client_->started.empty(); ++turn) loop_.run_for(5ms);
    return !client_->started.empty();
  }
  void tell(const std::string& words, const std::string& outer = "0000") {
    const auto id = between(client_->started.front().request.body, "requestId>", "</");
    client_->answer(http(200, soap("PollPushStatus", id, outer, words)));
  }
  std::map<std::string, PollAnswer> ends_;
};

TEST_F(APush, is_sent_with_its_texts_and_its_life) {
  open();
  PushAnswer push;
  channel_->send_push({"alice", "sp1_push", false, loop_.now().steady + patience},
                      {{"display.message.title", "VPN"}, {"display.message.text", "from 192.0.2.1"}}, 60s,
                      [&](PushAnswer answer) { push = std::move(answer); });
  ASSERT_EQ(client_->started.size(), 1U);
  const auto& request = client_->started.front().request;
  EXPECT_EQ(request.url, "https://127.0.0.1:8443/vipuserservices/AuthenticationService_1_8");
  EXPECT_NE(request.body.find("<displayParameters><Key>display.message.title</Key><Value>VPN</Value>"),
            std::string::npos);
  EXPECT_NE(request.body.find("<requestParameters><Key>request.timeout</Key><Value>60</Value>"),
            std::string::npos);
  client_->answer(http(200, soap("AuthenticateUserWithPush", "sp1_push", "6040",
                                 "<transactionId>8f2aa4c3edc0a1b2</transactionId>")));
  EXPECT_EQ(push.outcome, Outcome::good) << push.detail;
  EXPECT_EQ(push.status, "6040");
  EXPECT_EQ(push.transaction_id, "8f2aa4c3edc0a1b2");
  EXPECT_TRUE(push.number.empty());
}

TEST_F(APush, has_a_number_to_choose_where_the_newer_interface_gives_one) {
  options_.api = "1.10";
  open();
  PushAnswer push;
  channel_->send_push({"alice", "sp1_push", false, loop_.now().steady + patience}, {}, 60s,
                      [&](PushAnswer answer) { push = std::move(answer); });
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_TRUE(client_->started.front().request.url.ends_with("AuthenticationService_1_10"));
  client_->answer(http(200, soap("AuthenticateUserWithPush", "sp1_push", "6040",
                                 "<transactionId>8f2aa4c3edc0a1b2</transactionId>"
                                 "<numbersChallengeValue>42</numbersChallengeValue>")));
  EXPECT_EQ(push.number, "42");
}

TEST_F(APush, that_was_not_sent_is_refused_or_without_verdict) {
  open();
  std::vector<PushAnswer> pushes;
  for (const auto& [status, more] : std::vector<std::pair<std::string, std::string>>{
           {"6008", ""},
           {"6003", ""},
           {"601B", ""},
           {"0000", "<transactionId>8f2aa4c3edc0a1b2</transactionId>"},
           {"6040", ""},
           {"6040", "<transactionId>" + std::string(17, 'a') + "</transactionId>"},
           {"6005", ""}}) {
    channel_->send_push({"alice", "sp1_push", false, loop_.now().steady + patience}, {}, 60s,
                        [&](PushAnswer answer) { pushes.push_back(std::move(answer)); });
    client_->answer(http(200, soap("AuthenticateUserWithPush", "sp1_push", status, more)));
  }
  ASSERT_EQ(pushes.size(), 7U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(pushes[i].outcome, Outcome::refused) << pushes[i].status;
  for (std::size_t i = 3; i < 7; ++i) EXPECT_EQ(pushes[i].outcome, Outcome::no_verdict) << pushes[i].status;
  for (const auto& push : pushes) EXPECT_TRUE(push.transaction_id.empty());
}

TEST_F(APush, is_sent_once_more_under_the_same_id_when_a_kept_connection_fails) {
  open();
  channel_->send_push({"alice", "sp1_push", false, loop_.now().steady + patience}, {}, 60s, [](PushAnswer) {});
  const auto body = client_->started.front().request.body;
  client_->answer(ended(net::HttpEnd::reset, true));
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_EQ(client_->started.front().request.body, body);
  EXPECT_TRUE(client_->started.front().request.fresh_connection);
}

TEST_F(APush, ends_by_the_services_word_on_it) {
  open();
  for (const auto* id : {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff"}) await(id);
  ASSERT_TRUE(polled());
  EXPECT_EQ(client_->started.size(), 1U) << "all in one call";
  EXPECT_TRUE(client_->started.front().request.url.ends_with("QueryService_1_8"));
  tell(word("aaaa", "7000", "<credentialId>VSMT12345678</credentialId>") + word("bbbb", "7002") +
       word("cccc", "7004") + word("dddd", "7005") + word("eeee", "7001") + word("ffff", "7008"));
  ASSERT_EQ(ends_.size(), 5U);
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::good);
  EXPECT_EQ(ends_["aaaa"].credential_id, "VSMT12345678");
  for (const auto& [id, status] : std::map<std::string, std::string>{
           {"bbbb", "7002"}, {"cccc", "7004"}, {"dddd", "7005"}, {"ffff", "7008"}}) {
    EXPECT_EQ(ends_[id].outcome, Outcome::refused) << id;
    EXPECT_EQ(ends_[id].status, status);
    EXPECT_TRUE(ends_[id].credential_id.empty());
  }
  ASSERT_TRUE(polled());  // the one in progress alone
  EXPECT_EQ(client_->started.front().request.body.find("bbbb"), std::string::npos);
  tell(word("eeee", "7000"));
  EXPECT_EQ(ends_["eeee"].outcome, Outcome::good);
  EXPECT_EQ(counted(Evidence::answered), 2U) << "one for each poll";
}

TEST_F(APush, is_never_approved_by_a_word_on_another_or_by_two_words) {
  open();
  await("aaaa");
  const std::string approvals[] = {
      word("bbbb", "7000"),
      word("AAAA", "7000"),
      word(" aaaa", "7000"),
      word("aaaa", "7000") + word("aaaa", "7002"),
      "",
  };
  for (const auto& words : approvals) {
    ASSERT_TRUE(polled());
    tell(words);
    EXPECT_TRUE(ends_.empty()) << words;
  }
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7000"), "6001");
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7000"), "6005");
  ASSERT_TRUE(polled());
  client_->answer(http(200, soap("PollPushStatus", "sp1_of_another_one", "0000", word("aaaa", "7000"))));
  ASSERT_TRUE(polled());
  client_->answer(http(503, soap("PollPushStatus", "sp1_x", "0000", word("aaaa", "7000"))));
  EXPECT_TRUE(ends_.empty());
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7000"));
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::good);
}

TEST_F(APush, outlives_polls_that_fail_and_ends_at_its_deadline_with_the_last_ones_evidence) {
  open();
  await("aaaa", 600ms);
  await("bbbb", 300ms);
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7001") + word("bbbb", "7001"));
  const auto end = loop_.now().steady + 5s;
  while (!ends_.contains("aaaa") && loop_.now().steady < end) {
    if (!client_->started.empty()) client_->answer(ended(net::HttpEnd::refused));
    loop_.run_for(5ms);
  }
  ASSERT_EQ(ends_.size(), 2U);
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::no_verdict);
  EXPECT_EQ(ends_["aaaa"].evidence, Evidence::refused);
  EXPECT_TRUE(ends_["aaaa"].status.empty());
  EXPECT_GE(counted(Evidence::refused), 2U);
  EXPECT_GE(ends_["aaaa"].took, 590ms);
}

TEST_F(APush, that_nobody_answers_says_so) {
  open();
  await("aaaa", 300ms);
  const auto end = loop_.now().steady + 5s;
  while (ends_.empty() && loop_.now().steady < end) {
    if (!client_->started.empty()) tell(word("aaaa", "7001"));
    loop_.run_for(5ms);
  }
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::no_verdict);
  EXPECT_EQ(ends_["aaaa"].evidence, Evidence::answered);
  EXPECT_EQ(ends_["aaaa"].status, "7001");
}

TEST_F(APush, settles_one_login_only) {
  open();
  await("aaaa");
  std::optional<PollAnswer> second;
  channel_->await_push("aaaa", loop_.now().steady + 5s, [&](PollAnswer answer) { second = std::move(answer); });
  EXPECT_FALSE(second) << "never from inside the question";
  loop_.run_for(1ms);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, Outcome::no_verdict);
  EXPECT_EQ(second->evidence, Evidence::local);
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7000"));
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::good);
}

TEST_F(APush, whose_id_the_schema_cannot_hold_keeps_no_other_from_being_asked_about) {
  open();
  await("an id of more than sixteen");
  await("aaaa");
  loop_.run_for(1ms);
  EXPECT_EQ(ends_["an id of more than sixteen"].outcome, Outcome::no_verdict);
  ASSERT_TRUE(polled());
  tell(word("aaaa", "7000"));
  EXPECT_EQ(ends_["aaaa"].outcome, Outcome::good);
}

TEST_F(APush, may_end_the_channel_in_its_answer) {
  open();
  int ends = 0;
  for (const auto* id : {"aaaa", "bbbb"})
    channel_->await_push(id, loop_.now().steady + 5s, [&](const PollAnswer&) {
      ++ends;
      channel_.reset();
    });
  ASSERT_TRUE(polled());
  auto started = std::move(client_->started);  // the client ends with its channel
  const auto id = between(started.front().request.body, "requestId>", "</");
  started.front().done(
      http(200, soap("PollPushStatus", id, "0000", word("aaaa", "7000") + word("bbbb", "7000"))));
  EXPECT_EQ(ends, 1);
}

class ASentCode : public AChannel {
 protected:
  std::optional<Answer> send(Destination to) {
    std::optional<Answer> sent;
    channel_->send_code({"alice", "sp1_code", false, loop_.now().steady + patience}, std::move(to),
                        [&](Answer answer) { sent = std::move(answer); });
    if (!client_->started.empty()) {
      request_ = client_->started.front().request;
      client_->answer(http(200, soap("SendOtp", "sp1_code", status_)));
    }
    loop_.run_for(1ms);
    return sent;
  }
  std::string status_ = "0000";
  net::HttpRequest request_;
};

TEST_F(ASentCode, goes_by_the_management_service_to_the_destination) {
  open();
  EXPECT_EQ(send({Method::sms, "4915112345678"})->outcome, Outcome::good);
  EXPECT_EQ(request_.url, "https://127.0.0.1:8443/vipuserservices/ManagementService_1_8");
  EXPECT_NE(request_.body.find("<smsDeliveryInfo><phoneNumber>4915112345678</phoneNumber></smsDeliveryInfo>"),
            std::string::npos);
  EXPECT_EQ(send({Method::voice, "4930123456"})->outcome, Outcome::good);
  EXPECT_NE(request_.body.find("<voiceDeliveryInfo><phoneNumber>4930123456</phoneNumber>"), std::string::npos);
  status_ = "6007";
  EXPECT_EQ(send({Method::sms, "4915112345678"})->outcome, Outcome::refused);
  status_ = "6010";
  EXPECT_EQ(send({Method::sms, "4915112345678"})->outcome, Outcome::no_verdict);
}

TEST_F(ASentCode, goes_by_email_on_the_newer_interface_only) {
  open();
  const auto refused = send({Method::email, "alice@example.com"});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->outcome, Outcome::no_verdict);
  EXPECT_EQ(refused->evidence, Evidence::local);
  EXPECT_TRUE(request_.url.empty()) << "nothing was asked";
  options_.api = "1.10";
  open();
  EXPECT_EQ(send({Method::email, "alice@example.com"})->outcome, Outcome::good);
  EXPECT_NE(request_.body.find("alice@example.com"), std::string::npos);
  EXPECT_TRUE(request_.url.ends_with("ManagementService_1_10"));
}

}  // namespace
}  // namespace sallyport::cloud
