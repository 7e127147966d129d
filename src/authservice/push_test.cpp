#include <set>

#include "authservice/house_test.h"

namespace sallyport::authservice {
namespace {

using namespace std::chrono_literals;

class Push : public HouseTest {
 protected:
  void SetUp() override {
    HouseTest::SetUp();
    house_->add_token("alice", CredentialKind::totp, "SPTO00000001", true);
  }
  std::uint64_t sent(const std::string& user = "alice", const PushWish& wish = {}) {
    const auto done = house_->push(user, wish);
    EXPECT_EQ(done.status, vip::status::push_sent);
    return done.push ? done.push->transaction : 0;
  }
  vip::Status polled(std::uint64_t transaction) { return house_->poll(transaction).status; }
  void policy(const PushPolicy& pushes) {
    auto changed = *house_->account;
    changed.pushes = pushes;
    house_->account = std::make_shared<const AccountPolicy>(changed);
  }
};

TEST_F(Push, is_in_progress_until_it_is_approved_and_then_approved_as_often_as_one_asks) {
  const auto push = sent();
  EXPECT_EQ(polled(push), vip::status::push_in_progress);
  EXPECT_EQ(house_->answer(push, true).status, 200);
  house_->elapsed += 50min;
  for (int i = 0; i < 3; ++i) {
    const auto status = house_->poll(push);
    EXPECT_EQ(status.status, vip::status::push_approved);
    EXPECT_EQ(status.credential_id, "SPTO00000001");
    EXPECT_EQ(status.credential_type, vip::CredentialType::standard_otp);
    EXPECT_TRUE(status.authn_time);
  }
}

TEST_F(Push, once_answered_stays_as_it_was_answered) {
  const auto push = sent();
  EXPECT_EQ(house_->answer(push, false).status, 200);
  EXPECT_EQ(house_->answer(push, true).status, 409);
  EXPECT_EQ(polled(push), vip::status::push_denied);
}

TEST_F(Push, that_nobody_answers_expires_and_cannot_be_approved_any_more) {
  const auto push = sent("alice", {"", 20s, false, false});
  house_->elapsed += 19s;
  EXPECT_EQ(polled(push), vip::status::push_in_progress);
  house_->elapsed += 1s;
  EXPECT_EQ(polled(push), vip::status::push_expired);
  EXPECT_EQ(house_->answer(push, true).status, 409);
  EXPECT_EQ(polled(push), vip::status::push_expired);
}

TEST_F(Push, expired_stays_expired_when_the_clock_is_set_back) {
  const auto push = sent();
  house_->elapsed += 120s;
  house_->done([&](Session& s) { return s.pushes.expire(s.microseconds()); });
  house_->elapsed -= 110s;
  EXPECT_EQ(polled(push), vip::status::push_expired);
  EXPECT_EQ(house_->answer(push, true).status, 409);
}

TEST_F(Push, that_is_old_or_of_another_account_is_not_found) {
  const auto push = sent();
  const AccountPolicy other{"OTHER", {}, {}, {}};
  const auto asked = [&](const std::string& id) {
    return house_->done(
        [&](Session& s) { return poll_pushes(s, other, {id}).transaction_status.front().status; });
  };
  EXPECT_EQ(asked(transaction_text(push)), vip::status::push_not_found);
  const auto approval = house_->done([&](Session& s) {
    return answer_push(s, other, PushOrder{transaction_text(push), {true, ""}, {}}).status;
  });
  EXPECT_EQ(approval, 404);
  EXPECT_EQ(polled(push), vip::status::push_in_progress);
  EXPECT_EQ(polled(push + 1), vip::status::push_not_found);
  EXPECT_EQ(asked("abcd"), vip::status::push_not_found);
  house_->elapsed += 2h;
  house_->done([&](Session& s) { return s.pushes.expire(s.microseconds()); });
  EXPECT_EQ(polled(push), vip::status::push_not_found);
}

TEST_F(Push, needs_a_user_who_is_active_and_a_device_that_takes_it) {
  EXPECT_EQ(house_->push("nobody").status, vip::status::user_does_not_exist);
  house_->add_token("bob", CredentialKind::totp);
  EXPECT_EQ(house_->push("bob").status, vip::status::no_enabled_credential);
  house_->done([&](Session& s) {
    return act_on_credential(s, *house_->account, {CredentialAction::lock, "spto00000001", {}, {}, {}});
  });
  EXPECT_EQ(house_->push("alice").status, vip::status::no_enabled_credential);
  house_->done([&](Session& s) { return act_on_user(s, *house_->account, "alice", UserAction::lock); });
  EXPECT_EQ(house_->push("alice").status, vip::status::not_allowed_in_user_status);
}

TEST_F(Push, approved_lets_nobody_in_who_was_locked_meanwhile) {
  const auto push = sent(), second = sent();
  house_->answer(push, true);
  house_->done([&](Session& s) { return act_on_user(s, *house_->account, "alice", UserAction::lock); });
  EXPECT_EQ(polled(push), vip::status::push_not_authenticated);
  EXPECT_EQ(house_->answer(second, true).status, 409);
  house_->done([&](Session& s) { return delete_user(s, *house_->account, "alice"); });
  EXPECT_EQ(polled(push), vip::status::push_not_found);
}

TEST_F(Push, after_five_without_an_answer_waits_for_an_hour) {
  for (int i = 0; i < 5; ++i) sent();
  const auto refused = house_->push("alice");
  EXPECT_EQ(refused.status, vip::status::no_enabled_credential);
  EXPECT_EQ(refused.why, Why::too_many_pushes);
  EXPECT_TRUE(refused.deliveries.empty());
  house_->elapsed += 59min;
  EXPECT_EQ(house_->push("alice").why, Why::too_many_pushes);
  house_->elapsed += 2min;
  const auto push = sent();
  house_->answer(push, true);
  for (int i = 0; i < 5; ++i) sent();  // an answer ends the count
  EXPECT_EQ(house_->push("alice").why, Why::too_many_pushes);
  policy({60s, 300s, 0, {}});
  sent();
}

TEST_F(Push, asks_for_the_number_where_the_account_does_and_the_client_can_show_it) {
  policy({60s, 300s, 0, settings::PushNumbers::on});
  EXPECT_EQ(house_->push("alice").push->number, "");
  std::set<std::string> numbers;
  for (int i = 0; i < 40; ++i) numbers.insert(house_->push("alice", {"", {}, true, true}).push->number);
  EXPECT_GT(numbers.size(), 5U);
  for (const auto& number : numbers) EXPECT_EQ(number.size(), 2U);
  const auto done = house_->push("alice", {"", {}, true, true});
  const auto push = done.push->transaction;
  EXPECT_EQ(done.deliveries.at(0).number, done.push->number);
  EXPECT_EQ(house_->poll(push).detail, vip::detail::number_pending);
  EXPECT_EQ(house_->answer(push, true).status, 409) << "without a number nothing is decided";
  EXPECT_EQ(polled(push), vip::status::push_in_progress);
  EXPECT_EQ(house_->answer(push, true, done.push->number).status, 200);
  EXPECT_EQ(polled(push), vip::status::push_approved);
}

TEST_F(Push, with_a_wrong_number_is_denied_at_once) {
  policy({60s, 300s, 5, settings::PushNumbers::required});
  EXPECT_EQ(house_->push("alice").why, Why::number_not_shown);
  const auto done = house_->push("alice", {"", {}, true, false});
  const auto wrong = done.push->number == "10" ? "11" : "10";
  EXPECT_EQ(house_->answer(done.push->transaction, true, wrong).status, 409);
  const auto status = house_->poll(done.push->transaction);
  EXPECT_EQ(status.status, vip::status::push_denied);
  EXPECT_EQ(status.detail, vip::detail::number_failed);
  EXPECT_EQ(house_->answer(done.push->transaction, true, done.push->number).status, 409);
}

TEST_F(Push, of_a_repeated_request_is_one_push_with_one_delivery) {
  const auto mark = mark_request("certificate", "sp1_0123456789012345678901", "body");
  const PushWish wish{"VPN", {}, false, true};
  const auto first = house_->push("alice", wish, mark);
  const auto again = house_->push("alice", wish, mark);
  EXPECT_EQ(first.deliveries.size(), 1U);
  EXPECT_EQ(first.deliveries[0].text, "VPN");
  EXPECT_EQ(first.deliveries[0].credential, "SPTO00000001");
  EXPECT_EQ(first.deliveries[0].transaction_id, transaction_text(first.push->transaction));
  EXPECT_TRUE(again.deliveries.empty());
  EXPECT_EQ(again.status, vip::status::push_sent);
  EXPECT_EQ(again.push->transaction, first.push->transaction);
  EXPECT_EQ(again.push->credentials, first.push->credentials);
  EXPECT_TRUE(again.push->carried);
  EXPECT_NE(house_->push("alice", wish, mark_request("certificate", "1234", "body")).push->transaction,
            house_->push("alice", wish, mark_request("certificate", "1234", "body")).push->transaction);
}

TEST_F(Push, goes_to_every_device_of_the_user_and_any_of_them_may_answer) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000002", true);
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000003");
  house_->add_token("bob", CredentialKind::hotp, "SPHO00000004", true);
  const auto done = house_->push("alice", {"", {}, false, true});
  EXPECT_EQ(done.push->credentials.size(), 2U);
  EXPECT_EQ(done.deliveries.size(), 2U);
  const auto by = [&](const std::string& credential) {
    return house_->done([&](Session& s) {
      return answer_push(s, *house_->account,
                         PushOrder{transaction_text(done.push->transaction), {true, ""}, credential})
          .status;
    });
  };
  EXPECT_EQ(by("SPHO00000003"), 409) << "it takes no pushes";
  EXPECT_EQ(by("SPHO00000004"), 409) << "it is somebody else's";
  EXPECT_EQ(by("SPHO00000002"), 200);
  EXPECT_EQ(house_->poll(done.push->transaction).credential_id, "SPHO00000002");
}

TEST_F(Push, to_credentials_needs_no_user) {
  const auto asked = [&](const std::string& name) {
    return house_->done([&](Session& s) {
      return authenticate_credentials_with_push(
          s, {house_->account, {{name, vip::CredentialType::standard_otp}}, {"", {}, false, false}});
    });
  };
  EXPECT_EQ(asked("NONE00000000").status, vip::status::credential_id_not_valid);
  const auto done = asked("SPTO00000001");
  ASSERT_EQ(done.status, vip::status::push_sent);
  EXPECT_EQ(house_->answer(done.push->transaction, true).status, 200);
  EXPECT_EQ(polled(done.push->transaction), vip::status::push_approved);
  for (int i = 0; i < 5; ++i) asked("SPTO00000001");
  EXPECT_EQ(asked("SPTO00000001").why, Why::too_many_pushes);
}

TEST_F(Push, list_shows_those_in_progress_page_by_page) {
  policy({60s, 300s, 0, {}});
  house_->add_token("bob", CredentialKind::hotp, "SPHO00000004", true);
  for (int i = 0; i < 7; ++i) sent("alice", {"VPN", {}, false, false});
  house_->answer(sent(), false);
  sent("bob");
  std::set<std::string> seen;
  Page page;
  page.limit = 3;
  while (true) {
    auto answer = house_->done([&](Session& s) { return list_pushes(s, *house_->account, page); });
    for (const auto& push : answer.body.at("pushes").as_array())
      seen.emplace(push.as_object().at("transaction").as_string().c_str());
    const auto* next = answer.body.if_contains("next");
    if (next == nullptr) break;
    page.after = next->as_string().c_str();
  }
  EXPECT_EQ(seen.size(), 8U);
  const auto of_bob =
      house_->done([&](Session& s) { return list_pushes(s, *house_->account, {"bo", "", 100}); });
  EXPECT_EQ(of_bob.body.at("pushes").as_array().size(), 1U);
}

TEST_F(Push, is_answered_once_by_fifty_who_approve_it_at_the_same_moment) {
  const auto push = sent();
  std::vector<std::future<store::DatabaseResult<AdminAnswer>>> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(house_->ask([&](Session& s) {
      return answer_push(s, *house_->account, PushOrder{transaction_text(push), {true, ""}, {}});
    }));
  }
  int approved = 0;
  for (auto& answer : answers) approved += answer.get().value().status == 200 ? 1 : 0;
  EXPECT_EQ(approved, 1);
  EXPECT_EQ(polled(push), vip::status::push_approved);
}

TEST_F(Push, outlives_a_restart_and_is_swept_when_its_time_is_over) {
  const auto open = sent(), approved = sent();
  house_->answer(approved, true);
  restart();
  EXPECT_EQ(polled(open), vip::status::push_in_progress);
  EXPECT_EQ(polled(approved), vip::status::push_approved);
  house_->elapsed += 2min;
  EXPECT_EQ(polled(open), vip::status::push_expired);
  for (int i = 0; i < 1000 && house_->expired_pushes == 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(house_->expired_pushes, 1);
  EXPECT_FALSE(house_->done([&](Session& s) { return s.pushes.has_expired(s.microseconds()); }));
}

}  // namespace
}  // namespace sallyport::authservice
