// What was acknowledged stays, whatever happens to the process or the disk.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "authservice/house_test.h"
#include "crypto/random.h"

namespace sallyport::authservice {
namespace {

using Durability = HouseTest;

// Spends code after code, and says each counter that was acknowledged.
[[noreturn]] void spend_codes(const std::string& folder, int to) {
  House house(folder);
  if (!house.open()) ::_exit(1);
  auto next = house.done(
      [&](Session& s) { return s.records.credential(s.records.account("ACME"), "SPHO00000001")->moving.next; });
  while (true) {
    if (house.login("alice", House::code(next)).status != vip::status::success) ::_exit(2);
    if (::write(to, &next, sizeof next) != sizeof next) ::_exit(3);
    ++next;
  }
}

TEST_F(Durability, no_acknowledged_counter_goes_back_when_the_process_is_killed_again_and_again) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  house_->thread.reset();
  std::int64_t acknowledged = -1;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) spend_codes(folder_, ends[1]);
    ::close(ends[1]);
    const auto before = acknowledged;
    std::int64_t next = 0;
    const auto enough = before + 5 + static_cast<std::int64_t>(crypto::random_below(40));
    while (acknowledged < enough && ::read(ends[0], &next, sizeof next) == sizeof next) acknowledged = next;
    ::kill(child, SIGKILL);
    while (::read(ends[0], &next, sizeof next) == sizeof next) acknowledged = next;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    ASSERT_GT(acknowledged, before);
    ASSERT_TRUE(house_->open());
    const auto kept = house_->done([&](Session& s) {
      return s.records.credential(s.records.account("ACME"), "SPHO00000001")->moving.next;
    });
    EXPECT_GT(kept, acknowledged);
    EXPECT_LE(kept, acknowledged + 2) << "at most one more was spent than was said";
    EXPECT_NE(house_->login("alice", House::code(acknowledged)).status, vip::status::success);
    house_->thread.reset();
  }
}

struct Said {
  std::uint64_t push = 0;
  bool approved = false;  // said after the approval was acknowledged; before, only that the push is there
};

// Sends push after push and approves every second one, and says each thing that was acknowledged.
[[noreturn]] void approve_pushes(const std::string& folder, int to) {
  House house(folder);
  auto unlimited = *house.account;
  unlimited.pushes.limit = 0;
  house.account = std::make_shared<const AccountPolicy>(unlimited);
  if (!house.open()) ::_exit(1);
  const auto say = [to](const Said& said) {
    if (::write(to, &said, sizeof said) != sizeof said) ::_exit(3);
  };
  for (bool approves = true;; approves = !approves) {
    const auto push = house.push("alice").push->transaction;
    say({push, false});
    if (!approves) continue;
    if (house.answer(push, true).status != 200) ::_exit(2);
    say({push, true});
  }
}

TEST_F(Durability, no_approval_is_lost_and_none_is_made_up_when_the_process_is_killed) {
  house_->add_token("alice", CredentialKind::totp, "SPTO00000001", true);
  house_->thread.reset();
  for (int round = 0; round < 6; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) approve_pushes(folder_, ends[1]);
    ::close(ends[1]);
    std::vector<std::uint64_t> sent, approved;
    Said said;
    const auto enough = 10 + crypto::random_below(40);
    const auto hear = [&] {
      if (::read(ends[0], &said, sizeof said) != sizeof said) return false;
      (said.approved ? approved : sent).push_back(said.push);
      return true;
    };
    while (sent.size() < enough && hear()) {
    }
    ::kill(child, SIGKILL);
    while (hear()) {
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    ASSERT_TRUE(house_->open());
    for (const auto push : approved) EXPECT_EQ(house_->poll(push).status, vip::status::push_approved);
    // Of those whose approval was not said, only the very last may have been approved all the same.
    std::size_t unsaid = 0;
    for (const auto push : sent) unsaid += house_->poll(push).status == vip::status::push_approved ? 1 : 0;
    EXPECT_LE(unsaid, approved.size() + 1);
    EXPECT_GE(unsaid, approved.size());
    house_->thread.reset();
  }
}

// Nothing may be written past what the files hold now, as on a full disk; then there is space again.
int log_in_on_a_full_disk(const std::string& folder) {
  ::signal(SIGXFSZ, SIG_IGN);
  House house(folder);
  if (!house.open()) return 1;
  rlimit limit{1024, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  auto asked = house.attempt("alice", House::code(0));
  for (int i = 0; i < 3; ++i) {
    if (house.ask([asked](Session& s) { return authenticate_user(s, asked); }).get()) return 2;
  }
  if (house.failures < 3) return 3;
  const auto read = [&] { return house.ask([](Session& s) { return s.records.account("ACME"); }).get(); };
  for (int i = 1; i <= 3; ++i) {
    house.elapsed = std::chrono::seconds(2 * i);  // time for a trial
    if (!read() || house.recoveries != 0) return 5;
  }
  if (house.failures < 5) return 6;  // of the trials
  limit.rlim_cur = RLIM_INFINITY;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  auto after = house.ask([asked](Session& s) { return authenticate_user(s, asked); }).get();
  if (!after || after->status != vip::status::success) return 4;
  for (int i = 0; i < 1000 && house.recoveries == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return house.recoveries == 1 ? 0 : 7;
}

TEST_F(Durability, a_full_disk_acknowledges_nothing_until_a_write_shows_that_there_is_space_again) {
  house_->add_token("alice", CredentialKind::hotp, "SPHO00000001");
  house_->thread.reset();
  const auto child = ::fork();
  if (child == 0) ::_exit(log_in_on_a_full_disk(folder_));
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  ASSERT_TRUE(house_->open());
  EXPECT_NE(house_->login("alice", House::code(0)).status, vip::status::success) << "it was spent in the end";
}

TEST_F(Durability, the_database_is_one_service_s_alone) {
  House second(folder_);
  auto refused = second.open();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("another process"), std::string::npos);
}

TEST_F(Durability, secrets_are_sealed_anew_after_a_change_of_the_key) {
  for (int i = 0; i < 450; ++i) house_->add_token("user" + std::to_string(i), CredentialKind::hotp);
  house_->thread.reset();
  house_->secrets_left = -1;
  ASSERT_TRUE(house_->open(other_key, {test_key}));
  for (int i = 0; i < 1000 && house_->secrets_left != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(house_->secrets_left, 0);
  EXPECT_EQ(house_->resealed, 450);
  house_->thread.reset();
  ASSERT_TRUE(house_->open(other_key));
  EXPECT_EQ(house_->login("user449", House::code(0)).status, vip::status::success);
}

TEST_F(Durability, without_its_key_a_secret_is_an_internal_error_and_nothing_is_counted) {
  house_->add_token("alice", CredentialKind::hotp);
  house_->thread.reset();
  ASSERT_TRUE(house_->open(other_key));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(house_->login("alice", House::code(0)).why, Why::secret_does_not_open);
  house_->thread.reset();
  ASSERT_TRUE(house_->open(test_key));
  EXPECT_EQ(house_->login("alice", House::code(0)).status, vip::status::success);
}

TEST_F(Durability, a_failing_piece_of_work_does_not_take_the_others_with_it) {
  house_->add_token("alice", CredentialKind::hotp);
  std::promise<void> gate;
  auto holding = house_->ask([opened = gate.get_future().share()](Session&) {
    opened.wait();
    return 0;
  });
  auto bad = house_->ask([](Session& s) {
    s.records.queries().run("INSERT INTO account(id, name) VALUES(1, 'ACME')");
    return 0;
  });
  auto good = house_->ask(
      [asked = house_->attempt("alice", House::code(0))](Session& s) { return authenticate_user(s, asked); });
  gate.set_value();
  EXPECT_TRUE(holding.get());
  EXPECT_FALSE(bad.get());
  auto answer = good.get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, vip::status::success);
}

TEST_F(Durability, a_full_queue_refuses_at_once) {
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  auto holding = house_->ask([opened](Session&) {
    opened.wait();
    return 0;
  });
  std::vector<std::future<store::DatabaseResult<int>>> waiting;
  for (std::size_t i = 0; i < DatabaseThread::queue_limit + DatabaseThread::batch_limit; ++i) {
    waiting.push_back(house_->ask([](Session&) { return 1; }));
  }
  waiting.push_back(house_->ask([](Session&) { return 1; }));
  EXPECT_FALSE(waiting.back().get());
  gate.set_value();
  EXPECT_TRUE(waiting.front().get());
  EXPECT_TRUE(holding.get());
}

}  // namespace
}  // namespace sallyport::authservice
