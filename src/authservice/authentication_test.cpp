#include "authservice/authentication.h"

#include "authservice/house_test.h"

namespace sallyport::authservice {
namespace {

using Login = HouseTest;

TEST_F(Login, is_accepted_once_and_names_the_credential_and_an_authentication_id) {
  house_->add_token("alice", CredentialKind::totp, "SPTO00000001");
  const auto first = house_->login("alice", House::code(now_step()));
  EXPECT_EQ(first.status, vip::status::success);
  EXPECT_EQ(first.credential_id, "SPTO00000001");
  EXPECT_EQ(authn_id_text(first.authn_id).size(), 16U);
  const auto again = house_->login("alice", House::code(now_step()));
  EXPECT_EQ(again.status, vip::status::authentication_failed);
  EXPECT_EQ(again.detail, vip::detail::invalid_otp);
  EXPECT_EQ(again.why, Why::spent_code);
}

TEST_F(Login, accepts_exactly_one_of_fifty_requests_with_one_code_and_locks_nobody) {
  house_->add_token("alice", CredentialKind::hotp);
  std::vector<std::future<store::DatabaseResult<Outcome>>> answers;
  std::vector<std::thread> senders;
  std::mutex lock;
  for (int i = 0; i < 50; ++i) {
    senders.emplace_back([&] {
      auto answer = house_->ask([asked = house_->attempt("alice", House::code(0))](Session& s) {
        return authenticate_user(s, asked);
      });
      const std::lock_guard guard(lock);
      answers.push_back(std::move(answer));
    });
  }
  for (auto& sender : senders) sender.join();
  int accepted = 0;
  for (auto& answer : answers) accepted += answer.get().value().status == vip::status::success ? 1 : 0;
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(house_->login("alice", House::code(1)).status, vip::status::success);
}

TEST_F(Login, of_users_that_cannot_is_told_apart) {
  EXPECT_EQ(house_->login("nobody", "123456").status, vip::status::user_does_not_exist);
  house_->add_user("bob");
  EXPECT_EQ(house_->login("bob", "123456").status, vip::status::no_enabled_credential);
  house_->add_token("carol", CredentialKind::hotp);
  house_->done([&](Session& s) {
    return update_user(s, {house_->account, "carol", {}, UserStatus::disabled, {}, {}, {}});
  });
  EXPECT_EQ(house_->login("carol", House::code(0)).status, vip::status::not_allowed_in_user_status);
  house_->done([&](Session& s) {
    return update_user(s, {house_->account, "carol", {}, UserStatus::active, {}, {}, {}});
  });
  EXPECT_EQ(house_->login("carol", House::code(0)).status, vip::status::success);
}

TEST_F(Login, with_a_letter_in_the_code_fails_without_the_detail_as_captured) {
  house_->add_token("alice", CredentialKind::hotp);
  EXPECT_FALSE(house_->login("alice", "12345a").detail);
  EXPECT_EQ(house_->login("alice", "1234567").detail, vip::detail::invalid_otp);
}

TEST_F(Login, beyond_the_look_ahead_asks_for_a_second_code_and_takes_it) {
  house_->add_token("alice", CredentialKind::hotp);
  EXPECT_EQ(house_->login("alice", House::code(50)).detail, vip::detail::second_code_required);
  const auto resynced = house_->done([asked = house_->attempt("alice", House::code(50), House::code(51))](
                                         Session& s) { return authenticate_user(s, asked); });
  EXPECT_EQ(resynced.status, vip::status::success);
  EXPECT_EQ(house_->login("alice", House::code(52)).status, vip::status::success);
}

TEST_F(Login, locks_the_credential_at_the_tenth_wrong_code_and_only_unlocking_helps) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  for (int i = 0; i < 9; ++i) EXPECT_EQ(house_->login("alice", "000000").why, Why::wrong_code) << i;
  EXPECT_EQ(house_->login("alice", "000000").why, Why::locked_by_this);
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::no_enabled_credential);
  restart();
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::no_enabled_credential)
      << "a restart unlocks nobody";
  house_->done([&](Session& s) {
    return act_on_credential(s, *house_->account, {CredentialAction::unlock, "SPHO00000001", {}, {}, {}});
  });
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::success);
}

TEST_F(Login, starts_counting_anew_after_a_success) {
  house_->add_token("alice", CredentialKind::hotp);
  for (std::int64_t round = 0; round < 3; ++round) {
    for (int i = 0; i < 9; ++i) house_->login("alice", "000000");
    EXPECT_EQ(house_->login("alice", House::code(round)).status, vip::status::success) << round;
  }
}

TEST_F(Login, locks_the_whole_user_where_the_account_says_so) {
  house_->account =
      std::make_shared<const AccountPolicy>(AccountPolicy{"ACME", {3}, settings::LockoutScope::user, {}});
  house_->add_token("alice", CredentialKind::hotp);
  house_->add_token("alice", CredentialKind::totp);
  for (int i = 0; i < 3; ++i) house_->login("alice", "000000");
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::not_allowed_in_user_status);
}

TEST_F(Login, under_another_account_finds_nobody) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->account = std::make_shared<const AccountPolicy>(AccountPolicy{"OTHER", {}, {}, {}});
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::user_does_not_exist);
}

TEST_F(Login, with_a_wrong_pin_spends_no_code_and_counts) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->done([&](Session& s) {
    return update_user(s, {house_->account, "alice", {}, {}, {}, std::string("$hash"), {}});
  });
  auto with_pin = [&](bool right) {
    auto asked = house_->attempt("alice", House::code(0));
    asked.pin = CheckedPin{"$hash", right};
    return house_->done([asked](Session& s) { return authenticate_user(s, asked); });
  };
  EXPECT_EQ(with_pin(false).status, vip::status::invalid_pin);
  EXPECT_EQ(with_pin(true).status, vip::status::success);
  for (int i = 0; i < 10; ++i) with_pin(false);
  EXPECT_EQ(with_pin(true).status, vip::status::not_allowed_in_user_status);
}

TEST_F(Login, by_credential_needs_no_user_and_activates_when_asked) {
  house_->done([&](Session& s) {
    NewCredential asked;
    asked.kind = CredentialKind::hotp;
    asked.name = "SPHO00000009";
    asked.secret = token_secret;
    return new_credential(s, *house_->account, {}, asked);
  });
  auto authenticate = [&](const std::string& name, vip::CredentialType type, bool activate,
                          std::int64_t place) {
    const CredentialsAuthentication asked{
        house_->account, {{name, type}}, activate, {base::Secret(House::code(place)), {}}};
    return house_->done([asked](Session& s) { return authenticate_credentials(s, asked); });
  };
  using enum vip::CredentialType;
  EXPECT_EQ(authenticate("SPHO00000009", standard_otp, false, 0).detail, vip::detail::bad_token_state);
  EXPECT_EQ(authenticate("SPHO00000009", sms_otp, true, 0).status, vip::status::invalid_credential_type);
  EXPECT_EQ(authenticate("NONE", standard_otp, true, 0).status, vip::status::credential_id_not_valid);
  EXPECT_EQ(authenticate("NONE", sms_otp, true, 0).status, vip::status::credential_id_not_valid);
  EXPECT_EQ(authenticate("NONE", certificate, true, 0).status, vip::status::credential_type_not_supported);
  EXPECT_EQ(authenticate("spho00000009", standard_otp, true, 0).status, vip::status::success);
  EXPECT_EQ(authenticate("SPHO00000009", standard_otp, false, 0).status, vip::status::authentication_failed);
  EXPECT_EQ(authenticate("SPHO00000009", standard_otp, false, 1).status, vip::status::success);
}

TEST_F(Login, by_credential_is_refused_unchecked_for_a_time_after_too_many_guesses) {
  AccountPolicy policy{"ACME", {}, {}, {}, {.limit = 3, .time = std::chrono::minutes(5)}};
  for (const auto* name : {"SPHO00000001", "SPHO00000002"})
    house_->add_token("alice", CredentialKind::hotp, name);
  const auto guess = [&](const std::string& name, const std::string& code) {
    const CredentialsAuthentication asked{std::make_shared<const AccountPolicy>(policy),
                                          {{name, vip::CredentialType::standard_otp}},
                                          false,
                                          {base::Secret(code), {}}};
    return house_->done([asked](Session& s) { return authenticate_credentials(s, asked); });
  };
  guess("SPHO00000001", "000000");
  guess("SPHO00000001", "000000");
  EXPECT_EQ(guess("SPHO00000001", House::code(0)).status, vip::status::success) << "which ends the row";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess("SPHO00000001", "000000").why, Why::wrong_code);
  const auto refused = guess("SPHO00000001", House::code(1));
  EXPECT_EQ(refused.status, vip::status::authentication_failed);
  EXPECT_EQ(refused.detail, vip::detail::invalid_otp);
  EXPECT_EQ(refused.why, Why::too_many_guesses);
  EXPECT_EQ(guess("SPHO00000002", House::code(0)).status, vip::status::success) << "another credential";
  EXPECT_EQ(house_->login("alice", House::code(1)).status, vip::status::success) << "nothing is locked";
  house_->elapsed = std::chrono::minutes(5);
  EXPECT_EQ(guess("SPHO00000001", House::code(2)).status, vip::status::success);
  policy.guesses.limit = 0;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(guess("SPHO00000001", "000000").why, Why::wrong_code);
}

RequestMark mark(std::string_view certificate, std::string_view body,
                 std::string_view id = "sp1_0123456789ABCDEFGHIJKL") {
  return mark_request(certificate, id, body).value();
}

TEST(RequestId, is_idempotent_only_with_prefix_and_22_base_62_characters) {
  EXPECT_TRUE(is_idempotent_id("sp1_0123456789ABCDEFGHIJkl"));
  for (const auto* id : {"", "sp1_", "1234", "sp1_0123456789ABCDEFGHIJk", "sp1_0123456789ABCDEFGHIJ_l",
                         "SP1_0123456789ABCDEFGHIJkl"}) {
    EXPECT_FALSE(is_idempotent_id(id)) << id;
    EXPECT_FALSE(mark_request("certificate", id, "body"));
  }
}

TEST_F(Login, that_is_repeated_gets_its_first_answer_also_after_a_restart) {
  house_->add_token("alice", CredentialKind::hotp);
  const auto first = house_->login("alice", House::code(0), mark("A", "body"));
  ASSERT_EQ(first.status, vip::status::success);
  for (int i = 0; i < 2; ++i) {
    const auto again = house_->login("alice", House::code(0), mark("A", "body"));
    EXPECT_EQ(again.status, vip::status::success);
    EXPECT_EQ(again.authn_id, first.authn_id);
    EXPECT_EQ(again.credential_id, first.credential_id);
    EXPECT_EQ(again.why, Why::repeated);
    restart();
  }
}

TEST_F(Login, that_is_repeated_with_another_body_is_refused_and_spends_nothing) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->login("alice", House::code(0), mark("A", "body"));
  const auto other = house_->login("alice", House::code(1), mark("A", "another"));
  EXPECT_EQ(other.status, vip::status::schema_validation_failed);
  EXPECT_EQ(other.why, Why::repeated_with_another_body);
  EXPECT_EQ(house_->login("alice", House::code(1)).status, vip::status::success);
}

TEST_F(Login, with_anothers_request_id_is_a_login_of_its_own) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->login("alice", House::code(0), mark("A", "body"));
  EXPECT_EQ(house_->login("alice", House::code(0), mark("B", "body")).why, Why::spent_code);
}

TEST_F(Login, that_is_repeated_after_a_minute_is_a_new_one) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->login("alice", House::code(0), mark("A", "body"));
  house_->elapsed = std::chrono::seconds(61);
  EXPECT_EQ(house_->login("alice", House::code(0), mark("A", "body")).why, Why::spent_code);
}

TEST_F(Login, that_was_refused_is_refused_again_and_counted_once) {
  house_->add_token("alice", CredentialKind::hotp);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(house_->login("alice", "000000", mark("A", "wrong")).status, vip::status::authentication_failed);
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::success);
}

}  // namespace
}  // namespace sallyport::authservice
