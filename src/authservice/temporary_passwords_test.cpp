#include "authservice/temporary_passwords.h"

#include "authservice/house_test.h"

namespace sallyport::authservice {
namespace {

using namespace std::chrono_literals;

class Temporary : public HouseTest {
 protected:
  void SetUp() override {
    HouseTest::SetUp();
    house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  }
  Outcome set(std::optional<std::string> password = {}, vip::TemporaryPasswordAttributes attributes = {},
              std::optional<RequestMark> mark = {}) {
    TemporaryPasswordSetting asked;
    asked.account = house_->account;
    asked.prepared_user = "alice";
    if (password) asked.password = base::Secret(*password);
    asked.attributes = attributes;
    return house_->done(
        [asked, mark](Session& s) { return once(s, mark, [&] { return set_temporary_password(s, asked); }); });
  }
  vip::Status attributes() {
    return house_->done([&](Session& s) {
      auto found = temporary_password_attributes(s, *house_->account, "alice");
      return found ? vip::status::success : found.error();
    });
  }
  vip::Status clear() {
    return house_->done(
        [&](Session& s) { return clear_temporary_password(s, *house_->account, "alice").status; });
  }
  static constexpr auto not_set = vip::status::temporary_password_not_set;
};

TEST(TemporaryExpiry, is_later_than_now_and_within_thirty_days) {
  const base::WallTime now{1'700'000'000s};
  EXPECT_EQ(expiry_of({}, 86'400s, now), 1'700'086'400'000'000);
  EXPECT_EQ(expiry_of(now + 1s, 60s, now), 1'700'000'001'000'000);
  EXPECT_FALSE(expiry_of(now, 60s, now));
  EXPECT_TRUE(expiry_of(now + 720h, 60s, now));
  EXPECT_FALSE(expiry_of(now + 720h + 1us, 60s, now));
}

TEST_F(Temporary, password_is_drawn_when_none_is_given_and_stands_in_for_codes_until_it_expires) {
  const auto done = set();
  const std::string password(done.handed_out.reveal());
  EXPECT_EQ(password.size(), 6U);
  EXPECT_EQ(attributes(), vip::status::success);
  for (int i = 0; i < 2; ++i) {
    const auto login = house_->login("alice", password);
    EXPECT_EQ(login.status, vip::status::success);
    EXPECT_TRUE(login.credential_id.empty());
  }
  house_->elapsed += 24h;
  EXPECT_EQ(house_->login("alice", password).status, vip::status::authentication_failed);
  EXPECT_EQ(attributes(), not_set);
}

TEST_F(Temporary, password_for_one_use_is_gone_after_it) {
  EXPECT_TRUE(set("123456", {{}, true}).handed_out.empty()) << "who gave it knows it";
  EXPECT_EQ(house_->login("alice", "123456").status, vip::status::success);
  EXPECT_EQ(house_->login("alice", "123456").status, vip::status::authentication_failed);
  EXPECT_EQ(clear(), not_set);
}

TEST_F(Temporary, password_is_cleared_by_a_real_code) {
  set("123456");
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::success);
  EXPECT_EQ(attributes(), not_set);
  EXPECT_EQ(house_->login("alice", "123456").status, vip::status::authentication_failed);
}

TEST_F(Temporary, password_is_cleared_by_an_approved_push) {
  house_->add_token("alice", CredentialKind::totp, "SPTO00000001", true);
  set("123456");
  house_->answer(house_->push("alice").push->transaction, true);
  EXPECT_EQ(attributes(), not_set);
}

TEST_F(Temporary, password_needs_no_credential_and_bears_no_guessing) {
  house_->add_user("bob");
  TemporaryPasswordSetting asked;
  asked.account = house_->account;
  asked.prepared_user = "bob";
  asked.password = base::Secret("123456");
  house_->done([&](Session& s) { return set_temporary_password(s, asked); });
  EXPECT_EQ(house_->login("bob", "123456").status, vip::status::success);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(house_->login("bob", "000000").why, Why::wrong_code);
  EXPECT_EQ(house_->login("bob", "000000").why, Why::locked_by_this);
  EXPECT_EQ(house_->login("bob", "123456").status, vip::status::no_enabled_credential);
}

TEST_F(Temporary, attributes_are_of_a_password_that_is_set) {
  const auto change = [&](const vip::TemporaryPasswordAttributes& to) {
    return house_->done(
        [&](Session& s) { return set_temporary_password_attributes(s, *house_->account, "alice", to); });
  };
  EXPECT_EQ(change({}).status, not_set);
  EXPECT_EQ(clear(), not_set);
  set("123456");
  EXPECT_EQ(change({house_->wall + 721h, {}}).detail, vip::detail::expiration_date);
  EXPECT_EQ(set("123456", {house_->wall - 1s, {}}).detail, vip::detail::expiration_date);
  EXPECT_EQ(change({house_->wall + 48h, true}).status, vip::status::success);
  const auto kept = house_->done(
      [&](Session& s) { return temporary_password_attributes(s, *house_->account, "alice").value(); });
  EXPECT_EQ(kept.expiration_time, house_->wall + 48h);
  EXPECT_EQ(kept.one_time_use_only, true);
  EXPECT_EQ(clear(), vip::status::success);
  EXPECT_EQ(clear(), not_set);
}

TEST_F(Temporary, password_of_a_repeated_request_is_the_first_one) {
  const auto mark = mark_request("certificate", "sp1_0123456789012345678901", "body");
  const auto first = set({}, {}, mark);
  const auto again = set({}, {}, mark);
  EXPECT_FALSE(first.handed_out.empty());
  EXPECT_EQ(first.handed_out.reveal(), again.handed_out.reveal());
  const auto kept = house_->done([&](Session& s) {
    auto rows = s.records.queries().ask("SELECT answer FROM answered");
    return rows.next() ? std::string(base::as_text(rows.blob(0))) : std::string();
  });
  EXPECT_EQ(kept.find(first.handed_out.reveal()), std::string::npos);
}

TEST_F(Temporary, password_outlives_a_restart_and_a_change_of_the_key) {
  set("123456");
  house_->thread.reset();
  house_->secrets_left = -1;
  ASSERT_TRUE(house_->open(other_key, {test_key}));
  for (int i = 0; i < 1000 && house_->secrets_left != 0; ++i) std::this_thread::sleep_for(10ms);
  house_->thread.reset();
  ASSERT_TRUE(house_->open(other_key));
  EXPECT_EQ(house_->login("alice", "123456").status, vip::status::success);
}

TEST_F(Temporary, password_is_not_for_users_who_are_locked) {
  house_->done([&](Session& s) { return act_on_user(s, *house_->account, "alice", UserAction::lock); });
  EXPECT_EQ(set().status, vip::status::not_allowed_in_user_status);
}

}  // namespace
}  // namespace sallyport::authservice
