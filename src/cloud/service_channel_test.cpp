#include "cloud/service_channel.h"

#include <gtest/gtest.h>

#include "cloud/channel_rig_test.h"

namespace sallyport::cloud {
namespace {

using namespace std::chrono_literals;

TEST_F(AChannel, asks_the_authentication_service_and_gives_its_word) {
  open();
  ask();
  ASSERT_EQ(client_->started.size(), 1U);
  const auto& request = client_->started.front().request;
  EXPECT_EQ(request.url, "https://127.0.0.1:8443/vipuserservices/AuthenticationService_1_8");
  EXPECT_EQ(request.addresses.at(0).to_string(), "127.0.0.1:8443");
  EXPECT_NE(request.body.find("sp1_0123456789012345678901"), std::string::npos);
  EXPECT_NE(request.body.find("123456</"), std::string::npos);
  EXPECT_LE(request.limit, patience);
  EXPECT_FALSE(request.fresh_connection);
  client_->answer_code("0000", "<credentialId>VSMT12345678</credentialId>");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::good);
  EXPECT_EQ(answers_[0].evidence, Evidence::answered);
  EXPECT_EQ(answers_[0].status, "0000");
  EXPECT_EQ(answers_[0].credential_id, "VSMT12345678");
  EXPECT_FALSE(answers_[0].idempotent_service);
  EXPECT_EQ(counted(Evidence::answered), 1U);
  EXPECT_EQ(channel_->in_flight(), 0U);
}

TEST_F(AChannel, tells_a_refusal_with_its_detail) {
  open();
  ask();
  client_->answer_code("6009",
                       "<detail>49B5</detail><detailMessage>Failed with an invalid OTP</detailMessage>");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::refused);
  EXPECT_EQ(answers_[0].status, "6009");
  EXPECT_EQ(answers_[0].status_detail, "49B5");
  EXPECT_TRUE(answers_[0].credential_id.empty());
}

TEST_F(AChannel, believes_no_answer_to_another_request) {
  open();
  ask();
  client_->answer(http(200, soap("AuthenticateUser", "sp1_999999999999999999999", "0000")));
  ask();
  client_->answer(http(200, soap("CheckOtp", "sp1_0123456789012345678901", "0000")));
  ask();
  client_->answer(http(200, "<html>It works!</html>"));
  ASSERT_EQ(answers_.size(), 3U);
  for (const auto& answer : answers_) {
    EXPECT_EQ(answer.outcome, Outcome::no_verdict);
    EXPECT_EQ(answer.evidence, Evidence::malformed);
  }
}

TEST_F(AChannel, takes_no_fault_for_a_verdict) {
  open();
  const auto fault = [](std::string_view code) {
    return "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><S:Fault><faultcode>S:" +
           std::string(code) + "</faultcode><faultstring>no</faultstring></S:Fault></S:Body></S:Envelope>";
  };
  ask();
  client_->answer(http(500, fault("Client")));
  ask();
  client_->answer(http(500, fault("Server")));
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].outcome, Outcome::no_verdict);
  EXPECT_EQ(answers_[0].evidence, Evidence::answered);
  EXPECT_TRUE(answers_[0].status.empty());
  EXPECT_EQ(answers_[1].outcome, Outcome::no_verdict);
  EXPECT_EQ(answers_[1].evidence, Evidence::service_error);
}

TEST_F(AChannel, does_not_send_what_the_services_schema_refuses) {
  open();
  channel_->authenticate_user({std::string(129, 'a'), "sp1_x", false, loop_.now().steady + patience},
                              base::Secret("123456"), std::nullopt,
                              [this](CodeAnswer answer) { answers_.push_back(std::move(answer)); });
  EXPECT_TRUE(client_->started.empty());
  loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::no_verdict);
  EXPECT_EQ(answers_[0].evidence, Evidence::local);
  EXPECT_EQ(answers_[0].detail.find("aaa"), std::string::npos);
  EXPECT_NE(answers_[0].detail.find("userId"), std::string::npos);
}

TEST_F(AChannel, says_when_the_service_is_idempotent) {
  open();
  ask();
  auto answer = http(200, soap("AuthenticateUser", "sp1_0123456789012345678901", "0000"));
  answer.headers.emplace_back("sallyport-idempotent", "1");
  client_->answer(std::move(answer));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(answers_[0].idempotent_service);
}

TEST_F(AChannel, repeats_once_on_a_fresh_connection_under_the_same_id_what_failed_on_a_reused_one) {
  open();
  ask();
  const auto first_body = client_->started.front().request.body;
  client_->answer(ended(net::HttpEnd::reset, true));
  EXPECT_TRUE(answers_.empty());
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_TRUE(client_->started.front().request.fresh_connection);
  EXPECT_EQ(client_->started.front().request.body, first_body);
  EXPECT_EQ(channel_->in_flight(), 1U);
  client_->answer(ended(net::HttpEnd::reset, true));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::reset);
  EXPECT_EQ(counted(Evidence::reset), 1U);
  EXPECT_TRUE(client_->started.empty());
}

TEST_F(AChannel, does_not_repeat_what_failed_on_a_fresh_connection_or_was_answered) {
  open();
  ask();
  client_->answer(ended(net::HttpEnd::refused));
  EXPECT_EQ(answers_.size(), 1U);
  ask();
  auto refusal = http(200, soap("AuthenticateUser", "sp1_0123456789012345678901", "6009"));
  refusal.connection_was_reused = true;
  client_->answer(std::move(refusal));
  EXPECT_EQ(answers_.size(), 2U);
  EXPECT_TRUE(client_->started.empty());
}

class AChannelOfTwoFamilies : public AChannel {
 protected:
  // Both stand in the list, the IPv4 one first or not.
  void open_both(bool v4_first = true) {
    open("https://no-such-host.invalid/vipuserservices/");
    const auto now = loop_.now().steady;
    channel_->keep(
        {"no-such-host.invalid:443", {{v4, now - (v4_first ? 0s : 1s)}, {v6, now - (v4_first ? 1s : 0s)}}});
    for (int turn = 0; turn < 300 && client_->started.empty(); ++turn) {
      if (turn == 0) ask();
      loop_.run_for(10ms);
    }
    ASSERT_EQ(client_->started.size(), 1U);
  }
  [[nodiscard]] std::vector<net::Endpoint> asked_at() const {
    return client_->started.back().request.addresses;
  }
  static net::HttpAnswer failed(net::HttpEnd end, const net::Endpoint& at, bool when_connected = true) {
    auto answer = ended(end);
    answer.tried = at;
    answer.request_left = when_connected;
    if (when_connected) answer.remote_address = at.address.to_string();
    return answer;
  }
  const net::Endpoint v4 = net::Endpoint::parse("192.0.2.1:443").value();
  const net::Endpoint v6 = net::Endpoint::parse("[2001:db8::1]:443").value();
};

TEST_F(AChannelOfTwoFamilies, tries_the_other_one_when_an_exchange_breaks_after_it_was_connected) {
  open_both();
  EXPECT_EQ(asked_at(), (std::vector{v4, v6}));
  const auto body = client_->started.front().request.body;
  client_->answer(failed(net::HttpEnd::reset, v4));
  EXPECT_TRUE(answers_.empty());
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_EQ(asked_at(), std::vector{v6});
  EXPECT_TRUE(client_->started.front().request.fresh_connection);
  EXPECT_EQ(client_->started.front().request.body, body) << "the same request id";
  client_->answer(failed(net::HttpEnd::reset, v6));
  ASSERT_EQ(answers_.size(), 1U) << "and no third time";
  EXPECT_EQ(answers_[0].evidence, Evidence::reset);
  EXPECT_EQ(counted(Evidence::reset), 1U);
  EXPECT_EQ(channel_->in_flight(), 0U);
}

TEST_F(AChannelOfTwoFamilies,
       takes_a_break_for_an_outage_where_the_other_family_does_not_work_on_this_machine) {
  open_both();
  client_->answer(failed(net::HttpEnd::reset, v4));
  client_->answer(failed(net::HttpEnd::local, v6, false));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::reset);
  EXPECT_NE(answers_[0].detail.find("192.0.2.1"), std::string::npos) << answers_[0].detail;
}

TEST_F(AChannelOfTwoFamilies, does_not_try_the_other_one_after_a_failure_to_connect_or_an_answer) {
  open_both();
  client_->answer(failed(net::HttpEnd::connect_timed_out, v4, false));
  EXPECT_EQ(answers_.size(), 1U);
  ask();
  auto answer = http(503, "");
  answer.tried = v4;
  answer.request_left = true;
  client_->answer(std::move(answer));
  EXPECT_EQ(answers_.size(), 2U);
  EXPECT_TRUE(client_->started.empty());
}

TEST_F(AChannelOfTwoFamilies, goes_to_the_other_one_first_after_a_time_out) {
  open_both(false);
  EXPECT_EQ(asked_at(), (std::vector{v6, v4}));
  client_->answer(failed(net::HttpEnd::timed_out, v6));
  EXPECT_EQ(answers_.size(), 1U) << "its time is used up";
  ask();
  EXPECT_EQ(asked_at(), (std::vector{v4, v6}));
}

TEST_F(AChannelOfTwoFamilies, takes_turns_while_an_exchange_is_not_answered) {
  open_both();
  loop_.run_for(600ms);
  const auto probe = [this] {
    channel_->server_time(loop_.now().steady + patience, true, [](ServerTimeAnswer) {});
  };
  probe();
  EXPECT_EQ(asked_at(), (std::vector{v6, v4}));
  probe();
  EXPECT_EQ(asked_at(), (std::vector{v4, v6}));
  probe();
  EXPECT_EQ(asked_at(), (std::vector{v6, v4}));
  const auto id = between(client_->started.back().request.body, "requestId>", "</");
  auto last = std::move(client_->started.back());
  client_->started.pop_back();
  auto answer = http(200, soap("GetServerTime", id, "0000", "<timestamp>2030-01-01T00:00:00.000Z</timestamp>"));
  answer.tried = v6;
  answer.remote_address = v6.address.to_string();
  last.done(std::move(answer));
  probe();
  EXPECT_EQ(asked_at(), (std::vector{v6, v4})) << "where it has answered";
  probe();
  EXPECT_EQ(asked_at(), (std::vector{v6, v4}));
}

TEST_F(AChannelOfTwoFamilies, does_not_take_somebody_else_at_a_kept_address_for_an_attack) {
  open_both();
  auto answer = failed(net::HttpEnd::connect_timed_out, v4, false);
  answer.others.push_back(failed(net::HttpEnd::service_not_trusted, v6, false));
  client_->answer(std::move(answer));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::name_not_resolved) << answers_[0].detail;
  EXPECT_NE(answers_[0].detail.find("2001:db8::1"), std::string::npos) << answers_[0].detail;
}

TEST_F(AChannel, takes_somebody_else_where_the_name_leads_for_an_attack_though_others_are_silent) {
  open("https://localhost:8443/vipuserservices/");
  for (int turn = 0; turn < 300 && client_->started.empty(); ++turn) {
    if (turn == 0) ask();
    loop_.run_for(10ms);
  }
  auto answer = ended(net::HttpEnd::connect_timed_out);
  answer.tried = net::Endpoint::parse("192.0.2.1:8443").value();
  auto other = ended(net::HttpEnd::service_not_trusted);
  other.tried = net::Endpoint::parse("127.0.0.1:8443").value();
  answer.others.push_back(std::move(other));
  client_->answer(std::move(answer));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::service_not_trusted);
  EXPECT_NE(answers_[0].detail.find("at 127.0.0.1; in vain at 1 more"), std::string::npos)
      << answers_[0].detail;
}

TEST_F(AChannel, keeps_to_its_slots_and_gives_a_free_one_to_the_least_patient) {
  options_.max_in_flight = 1;
  open();
  ask(2s, "sp1_first");
  ask(1900ms, "sp1_patient");
  ask(900ms, "sp1_hasty");
  EXPECT_EQ(channel_->in_flight(), 1U);
  EXPECT_EQ(channel_->waiting(), 2U);
  EXPECT_EQ(client_->started.size(), 1U);
  client_->answer_code("0000");
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_NE(client_->started.front().request.body.find("sp1_hasty"), std::string::npos);
  client_->answer_code("0000");
  EXPECT_NE(client_->started.front().request.body.find("sp1_patient"), std::string::npos);
  EXPECT_EQ(channel_->waiting(), 0U);
}

TEST_F(AChannel, ends_a_wait_for_a_slot_at_the_deadline_as_its_own_fault) {
  options_.max_in_flight = 1;
  open();
  ask(2s);
  ask(300ms);
  const auto begin = loop_.now().steady;
  while (answers_.empty() && loop_.now().steady - begin < 2s) loop_.run_for(5ms);
  EXPECT_GE(loop_.now().steady - begin, 290ms);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].outcome, Outcome::no_verdict);
  EXPECT_EQ(answers_[0].evidence, Evidence::local);
  EXPECT_EQ(channel_->waiting(), 0U);
}

TEST_F(AChannel, ends_each_wait_at_its_own_deadline) {
  options_.max_in_flight = 1;
  open();
  ask(2s);
  for (const auto patience_left : {90ms, 30ms, 60ms}) ask(patience_left);
  const auto begin = loop_.now().steady;
  while (answers_.size() < 3 && loop_.now().steady - begin < 2s) loop_.run_for(5ms);
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_GE(loop_.now().steady - begin, 80ms);
  EXPECT_EQ(counted(Evidence::local), 3U);
  EXPECT_EQ(channel_->in_flight(), 1U);
}

TEST_F(AChannel, bounds_its_waiting_line) {
  options_.max_in_flight = 1;
  options_.waiting_limit = 3;
  open();
  for (int i = 0; i < 6; ++i) ask();
  EXPECT_EQ(channel_->waiting(), 3U);
  EXPECT_TRUE(answers_.empty());  // never answered from inside the question
  loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].evidence, Evidence::local);
}

TEST_F(AChannel, takes_a_time_out_for_its_own_when_waiting_here_took_the_time) {
  options_.max_in_flight = 1;
  open();
  ask(2s, "sp1_first");
  ask(1s, "sp1_second");
  client_->answer_code("0000");
  client_->answer(ended(net::HttpEnd::timed_out));
  ask(1s, "sp1_third");
  client_->answer(ended(net::HttpEnd::timed_out));
  ASSERT_EQ(answers_.size(), 3U);
  EXPECT_EQ(answers_[1].evidence, Evidence::local);
  EXPECT_EQ(answers_[2].evidence, Evidence::timed_out);
}

TEST_F(AChannel, does_not_ask_when_no_patience_is_left) {
  open();
  ask(-1ms);
  EXPECT_TRUE(client_->started.empty());
  loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::local);
}

TEST_F(AChannel, says_that_the_name_is_not_resolved) {
  open("https://no-such-host.invalid/vipuserservices/");
  ask(3s);
  for (int turn = 0; turn < 300 && answers_.empty(); ++turn) loop_.run_for(10ms);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].evidence, Evidence::name_not_resolved);
  EXPECT_FALSE(answers_[0].detail.empty());
}

TEST_F(AChannel, goes_to_addresses_that_were_kept_when_the_name_is_not_resolved) {
  open("https://no-such-host.invalid/vipuserservices/");
  EXPECT_EQ(channel_->resolved_name(), "no-such-host.invalid:443");
  const auto kept = net::Endpoint::parse("192.0.2.1:443").value();
  const auto home = net::Endpoint::parse("127.0.0.1:443").value();
  const auto now = loop_.now().steady;
  channel_->keep({"another.invalid:443", {{net::Endpoint::parse("192.0.2.9:443").value(), now}}});
  channel_->keep({"no-such-host.invalid:443", {{home, now}, {kept, now - 24h}}});
  ask(3s);
  for (int turn = 0; turn < 300 && client_->started.empty(); ++turn) loop_.run_for(10ms);
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_EQ(client_->started.front().request.addresses, std::vector{kept}) << "and never back to this machine";
  EXPECT_TRUE(answers_.empty());
}

TEST_F(AChannel, hands_out_where_the_service_has_answered) {
  open("https://localhost:8443/vipuserservices/");
  for (int turn = 0; turn < 300 && client_->started.empty(); ++turn) {
    if (turn == 0) ask();
    loop_.run_for(10ms);
  }
  ASSERT_EQ(client_->started.size(), 1U);
  EXPECT_TRUE(channel_->take_proven().all.empty());
  auto answer = http(200, soap("AuthenticateUser", "sp1_0123456789012345678901", "6009"));
  answer.remote_address = "127.0.0.1";
  client_->answer(answer);
  const auto proven = channel_->take_proven();
  EXPECT_EQ(proven.name, "localhost:8443");
  ASSERT_EQ(proven.all.size(), 1U);
  EXPECT_EQ(proven.all[0].endpoint.to_string(), "127.0.0.1:8443");
  EXPECT_TRUE(channel_->take_proven().all.empty()) << "once";
  ask();
  client_->answer(answer);
  EXPECT_TRUE(channel_->take_proven().all.empty()) << "and not again within a minute";
}

TEST_F(AChannel, says_when_the_service_answers_where_its_name_does_not_lead) {
  open("https://localhost:8443/vipuserservices/");
  const auto answered_at = [this](const char* address, bool reused) {
    client_->started.clear();
    ask();
    for (int turn = 0; turn < 300 && client_->started.empty(); ++turn) loop_.run_for(10ms);
    auto answer = http(200, soap("AuthenticateUser", "sp1_0123456789012345678901", "6009"));
    answer.remote_address = address;
    answer.connection_was_reused = reused;
    client_->answer(std::move(answer));
    return channel_->elsewhere();
  };
  EXPECT_FALSE(answered_at("127.0.0.1", false));
  EXPECT_FALSE(answered_at("192.0.2.1", true))
      << "a connection from before may lead to where it has moved from";
  const auto where = answered_at("192.0.2.1", false);
  ASSERT_TRUE(where);
  EXPECT_EQ(where->address, "192.0.2.1");
  EXPECT_EQ(where->name, "localhost");
  EXPECT_NE(where->whereto.find("127.0.0.1"), std::string::npos) << where->whereto;
  EXPECT_TRUE(answered_at("127.0.0.1", true));
  EXPECT_FALSE(answered_at("127.0.0.1", false));
}

TEST_F(AChannel, has_no_name_to_keep_addresses_of_where_the_settings_give_an_address) {
  open();
  EXPECT_EQ(channel_->resolved_name(), "");
  ask();
  auto answer = http(200, soap("AuthenticateUser", "sp1_0123456789012345678901", "6009"));
  answer.remote_address = "127.0.0.1";
  client_->answer(answer);
  EXPECT_TRUE(channel_->take_proven().all.empty());
}

TEST_F(AChannel, tells_the_services_time_and_then_believes_its_own_clock) {
  options_.own_certificate_ends = std::chrono::sys_seconds(std::chrono::years(100));
  open();
  ask();
  client_->answer(ended(net::HttpEnd::service_certificate_expired));
  ServerTimeAnswer told;
  channel_->server_time(loop_.now().steady + patience, false,
                        [&](ServerTimeAnswer answer) { told = std::move(answer); });
  const auto& request = client_->started.front().request;
  EXPECT_EQ(request.url, "https://127.0.0.1:8443/vipuserservices/QueryService_1_8");
  const auto wall = std::chrono::floor<std::chrono::milliseconds>(loop_.now().wall);
  const auto id = between(request.body, "requestId>", "</");
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(wall - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()), int(time.subseconds().count()));
  client_->answer(
      http(200, soap("GetServerTime", id, "0000", std::string("<timestamp>") + text + "</timestamp>")));
  EXPECT_EQ(told.evidence, Evidence::answered);
  EXPECT_EQ(told.server_time, wall);
  ask();
  client_->answer(ended(net::HttpEnd::service_certificate_expired));
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].evidence, Evidence::clock_doubtful);
  EXPECT_EQ(answers_[1].evidence, Evidence::service_certificate_expired);
}

TEST_F(AChannel, may_be_ended_by_the_one_that_it_answers) {
  open();
  channel_->authenticate_user({"alice", "sp1_x", false, loop_.now().steady - 1s}, base::Secret("123456"),
                              std::nullopt, [this](CodeAnswer answer) {
                                answers_.push_back(std::move(answer));
                                channel_.reset();
                              });
  ask();
  loop_.run_for(10ms);
  EXPECT_EQ(answers_.size(), 1U);
}

}  // namespace
}  // namespace sallyport::cloud
