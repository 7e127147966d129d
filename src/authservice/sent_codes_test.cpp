#include "authservice/sent_codes.h"

#include "authservice/house_test.h"
#include "authservice/sending.h"

namespace sallyport::authservice {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t an_hour = 3'600'000'000;

TEST(SentCode, is_good_once_and_for_its_life) {
  const SentCode sent{base::Secret("123456"), 1000, false};
  EXPECT_EQ(judge(sent, {"123456", {}}, 999), CodeOutcome::accepted);
  EXPECT_EQ(judge(sent, {"123456", {}}, 1000), CodeOutcome::expired);
  EXPECT_EQ(judge(sent, {"123457", {}}, 999), CodeOutcome::refused);
  EXPECT_EQ(judge(sent, {"1234567", {}}, 999), CodeOutcome::refused);
  EXPECT_EQ(judge(sent, {"123456", "123457"}, 999), CodeOutcome::refused);
  EXPECT_EQ(judge({base::Secret("123456"), 1000, true}, {"123456", {}}, 999), CodeOutcome::replay);
  EXPECT_FALSE(counts_as_failure(CodeOutcome::expired));
}

TEST(Sends, are_limited_within_an_hour) {
  EXPECT_EQ(after_send({}, 2, 5), (Sends{1, 5}));
  EXPECT_EQ(after_send({1, 5}, 2, 6), (Sends{2, 5}));
  EXPECT_FALSE(after_send({2, 5}, 2, 7));
  EXPECT_EQ(after_send({2, 5}, 0, 7), (Sends{3, 5}));
  EXPECT_EQ(after_send({2, 5}, 2, 5 + an_hour), (Sends{1, 5 + an_hour}));
  EXPECT_EQ(after_send({2, an_hour}, 2, 7), (Sends{1, 7})) << "a clock set back locks nobody out";
}

TEST(CredentialKey, tells_telephones_from_tokens_and_addresses_without_case) {
  EXPECT_EQ(credential_key(CredentialKind::totp, "spto1"), "SPTO1");
  EXPECT_EQ(credential_key(CredentialKind::sms, "15551234567x12"), "sms:15551234567x12");
  EXPECT_EQ(credential_key(CredentialKind::email, "Alice@Example.com"), "email:alice@example.com");
  EXPECT_EQ(credential_key(CredentialKind::service, "desk1"), "service:DESK1");
  EXPECT_EQ(credential_key("voice:15551234567"), "voice:15551234567");
  EXPECT_EQ(credential_key("spto1"), "SPTO1");
  EXPECT_EQ(credential_key("fax:123"), "FAX:123");
}

class Sending : public HouseTest {
 protected:
  void SetUp() override {
    HouseTest::SetUp();
    house_->add_address("alice", CredentialKind::sms, phone);
    house_->add_address("alice", CredentialKind::email, "alice@example.com");
  }
  Outcome send(std::optional<CredentialKind> kind, const std::string& to, int minor = 8,
               std::optional<RequestMark> mark = {}) {
    CodeSending asked;
    asked.account = house_->account;
    asked.prepared_user = "alice";
    asked.kind = kind;
    asked.destination = to;
    asked.minor = minor;
    asked.carried = {true, false, true};
    return house_->done(
        [asked, mark](Session& s) { return once(s, mark, [&] { return send_code(s, asked); }); });
  }
  static std::string code_of(const Outcome& done) {
    EXPECT_EQ(done.status, vip::status::success);
    return done.deliveries.empty() ? "" : std::string(done.deliveries.front().code.reveal());
  }
  Outcome login(const std::string& code, int minor = 8) {
    auto asked = house_->attempt("alice", code);
    asked.minor = minor;
    return house_->done([asked](Session& s) { return authenticate_user(s, asked); });
  }
  static constexpr auto phone = "15551234567";
};

TEST_F(Sending, gives_a_code_that_is_good_once_and_names_the_telephone) {
  const auto sent = send({}, "");
  ASSERT_EQ(sent.deliveries.size(), 1U);
  EXPECT_EQ(sent.deliveries[0].kind, delivery::Delivery::Kind::sms);
  EXPECT_EQ(sent.deliveries[0].destination, phone);
  EXPECT_EQ(sent.deliveries[0].user, "alice");
  EXPECT_EQ(sent.deliveries[0].life, 300s);
  const auto code = code_of(sent);
  EXPECT_EQ(code.size(), 6U);
  const auto done = login(code);
  EXPECT_EQ(done.status, vip::status::success);
  EXPECT_EQ(done.credential_id, phone);
  EXPECT_EQ(done.credential_type, vip::CredentialType::sms_otp);
  EXPECT_EQ(login(code).why, Why::spent_code);
}

TEST_F(Sending, makes_the_code_before_worthless) {
  const auto first = code_of(send(CredentialKind::sms, phone));
  const auto second = code_of(send(CredentialKind::sms, phone));
  if (first == second) GTEST_SKIP() << "once in a million";
  EXPECT_EQ(login(first).why, Why::wrong_code);
  EXPECT_EQ(login(second).status, vip::status::success);
}

TEST_F(Sending, tells_a_code_that_is_too_old) {
  const auto code = code_of(send(CredentialKind::sms, phone));
  house_->elapsed += 300s;
  const auto late = login(code);
  EXPECT_EQ(late.status, vip::status::authentication_failed);
  EXPECT_EQ(late.detail, vip::detail::code_expired);
}

TEST_F(Sending, counts_wrong_codes_until_they_lock) {
  const auto code = code_of(send(CredentialKind::sms, phone));
  const auto wrong = code == "000000" ? "000001" : "000000";
  for (int i = 0; i < 9; ++i) EXPECT_EQ(login(wrong).why, Why::wrong_code);
  EXPECT_EQ(login(wrong).why, Why::locked_by_this);
  EXPECT_EQ(login(code).status, vip::status::no_enabled_credential);
  EXPECT_EQ(send(CredentialKind::sms, phone).status, vip::status::no_enabled_credential);
}

TEST_F(Sending, of_a_repeated_request_sends_once) {
  const auto mark = mark_request("certificate", "sp1_0123456789012345678901", "body");
  const auto code = code_of(send(CredentialKind::sms, phone, 8, mark));
  const auto again = send(CredentialKind::sms, phone, 8, mark);
  EXPECT_EQ(again.status, vip::status::success);
  EXPECT_TRUE(again.deliveries.empty());
  EXPECT_EQ(login(code).status, vip::status::success);
}

TEST_F(Sending, is_limited_to_one_address_and_free_again_after_a_success) {
  std::string code;
  for (int i = 0; i < 10; ++i) code = code_of(send(CredentialKind::sms, phone));
  EXPECT_EQ(send(CredentialKind::sms, phone).why, Why::too_many_sent);
  EXPECT_EQ(login(code).status, vip::status::success) << "the last one that was sent is good";
  EXPECT_EQ(send(CredentialKind::sms, phone).status, vip::status::success);
}

TEST_F(Sending, by_e_mail_is_there_for_version_1_10_alone) {
  EXPECT_EQ(send(CredentialKind::sms, phone).status, vip::status::success);
  const auto code = code_of(send(CredentialKind::email, "ALICE@example.com", 10));
  EXPECT_EQ(login(code, 8).why, Why::wrong_code);
  const auto done = login(code, 10);
  EXPECT_EQ(done.credential_id, "alice@example.com");
  EXPECT_EQ(done.credential_type, vip::CredentialType::email_otp);
  const auto bindings = [&](int minor) {
    return house_
        ->done([&](Session& s) { return user_info(s, *house_->account, {"alice", true, true, minor}); })
        .credential_binding_detail.size();
  };
  EXPECT_EQ(bindings(8), 1U);
  EXPECT_EQ(bindings(10), 2U);
}

TEST_F(Sending, refuses_what_is_not_the_users_or_is_not_carried) {
  house_->add_address("bob", CredentialKind::sms, "15550000000");
  house_->add_address("alice", CredentialKind::voice, phone);
  EXPECT_EQ(send(CredentialKind::sms, "15550000000").status, vip::status::no_binding);
  EXPECT_EQ(send(CredentialKind::sms, "15559999999").status, vip::status::no_binding);
  EXPECT_EQ(send(CredentialKind::voice, phone).status, vip::status::credential_type_not_supported);
}

TEST_F(Sending, at_registration_proves_the_telephone) {
  const auto registered = [&](CredentialKind kind, const std::string& name) {
    const Registration asked{house_->account, kind, name, {}, {true, true, true}};
    return house_->done([asked](Session& s) { return register_credential(s, asked); });
  };
  const auto sent = registered(CredentialKind::sms, "15557654321");
  const auto code = code_of(sent);
  const auto again = registered(CredentialKind::sms, "15557654321");
  EXPECT_EQ(again.status, vip::status::credential_already_registered);
  EXPECT_EQ(again.detail, vip::detail::already_activated);
  EXPECT_EQ(registered(CredentialKind::voice, "15557654321").status, vip::status::success) << "it rings too";
  const auto added = [&](const std::string& with) {
    const CredentialAddition asked{house_->account,
                                   "alice",
                                   "15557654321",
                                   "",
                                   vip::CredentialType::sms_otp,
                                   GivenCodes{base::Secret(with), {}}};
    return house_->done([asked](Session& s) { return add_credential(s, asked); });
  };
  EXPECT_EQ(added(code == "000000" ? "000001" : "000000").status, vip::status::authentication_failed);
  EXPECT_EQ(added(code).status, vip::status::success);
  const auto service = registered(CredentialKind::service, "DESK0001");
  EXPECT_EQ(service.handed_out.size(), 6U);
  EXPECT_TRUE(service.deliveries.empty());
  EXPECT_EQ(registered(CredentialKind::service, "DESK0001").status, vip::status::success) << "the next code";
}

TEST_F(Sending, keeps_no_code_in_clear) {
  const auto code = code_of(send(CredentialKind::sms, phone));
  const auto kept = house_->done([&](Session& s) {
    auto rows = s.records.queries().ask("SELECT code FROM sent_code");
    return rows.next() ? std::string(base::as_text(rows.blob(0))) : std::string();
  });
  EXPECT_FALSE(kept.empty());
  EXPECT_EQ(kept.find(code), std::string::npos);
}

}  // namespace
}  // namespace sallyport::authservice
