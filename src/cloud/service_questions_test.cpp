// What each question sends and what its answers mean; how a channel asks is service_channel_test.cpp's.
#include <gtest/gtest.h>

#include "cloud/channel_rig_test.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

TEST_F(AChannel, asks_the_query_service_what_a_user_can_sign_in_with) {
  open();
  UserAnswer user;
  channel_->user_methods({"alice", "sp1_user", false, loop_.now().steady + patience},
                         [&](UserAnswer answer) { user = std::move(answer); });
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_EQ(client_->started.front().request.url, "https://127.0.0.1:8443/vipuserservices/QueryService_1_8");
  EXPECT_NE(client_->started.front().request.body.find("<userId>alice</userId>"), std::string::npos);
  client_->answer(http(
      200,
      soap("GetUserInfo", "sp1_user", "0000",
           "<userId>alice</userId><userStatus>ACTIVE</userStatus><numBindings>1</numBindings>"
           "<credentialBindingDetail><credentialId>4915112345678</credentialId><credentialType>SMS_OTP"
           "</credentialType><credentialStatus>ENABLED</credentialStatus><bindingDetail><bindStatus>ENABLED"
           "</bindStatus><lastBindTime>2024-03-01T12:34:56.789Z</lastBindTime></bindingDetail>"
           "</credentialBindingDetail>")));
  EXPECT_EQ(user.outcome, Outcome::good) << user.detail;
  ASSERT_EQ(user.destinations.size(), 1U);
  EXPECT_EQ(user.destinations[0].address, "4915112345678");
  EXPECT_FALSE(user.has_code);
}

TEST_F(AChannel, sends_a_pin_before_the_code_and_refuses_here_what_no_pin_or_code_can_be) {
  open();
  const auto with = [this](const std::string& code, const std::string& pin) {
    channel_->authenticate_user({"alice", "sp1_0123456789012345678901", false, loop_.now().steady + patience},
                                base::Secret(code), base::Secret(pin),
                                [this](CodeAnswer answer) { answers_.push_back(std::move(answer)); });
  };
  with("123456", "sesame");
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_NE(client_->started.front().request.body.find("<pin>sesame</pin><otpAuthData><otp>123456</otp>"),
            std::string::npos);
  client_->answer_code("601F");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::refused);
  EXPECT_EQ(answers_[0].status, "601F");
  with("123456", "abc");
  with("12 456", "sesame");
  EXPECT_TRUE(client_->started.empty());
  EXPECT_EQ(answers_.size(), 1U) << "never from inside the question";
  loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 3U);
  for (std::size_t i : {1U, 2U}) {
    EXPECT_EQ(answers_[i].outcome, Outcome::refused);
    EXPECT_EQ(answers_[i].evidence, Evidence::local);
    EXPECT_TRUE(answers_[i].status.empty());
  }
  EXPECT_EQ(answers_[1].detail, "the PIN must have 4 to 128 characters");
}

TEST_F(AChannel, resolves_the_proxys_name_and_not_the_services) {
  options_.proxy = ServiceChannel::Proxy{"127.0.0.1", 3128};
  open("https://no-such-host.invalid/vipuserservices/");
  ask();
  ASSERT_EQ(client_->started.size(), 1U);
  const auto& request = client_->started.front().request;
  EXPECT_TRUE(request.url.starts_with("https://no-such-host.invalid:443/"));
  EXPECT_EQ(request.addresses.at(0).to_string(), "127.0.0.1:3128");
  client_->answer(ended(net::HttpEnd::proxy_failed));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::no_verdict);
  EXPECT_EQ(answers_[0].evidence, Evidence::proxy_failed);
  EXPECT_EQ(counted(Evidence::proxy_failed), 1U);
}

TEST_F(AChannel, takes_a_proxy_without_an_address_for_its_failure) {
  options_.proxy = ServiceChannel::Proxy{"no-such-proxy.invalid", 3128};
  open("https://127.0.0.1:8443/vipuserservices/");
  ask(3s);
  for (int turn = 0; turn < 300 && answers_.empty(); ++turn) loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::proxy_failed);
  EXPECT_TRUE(answers_[0].detail.starts_with("proxy no-such-proxy.invalid: ")) << answers_[0].detail;
}

}  // namespace
}  // namespace sallyport::cloud
