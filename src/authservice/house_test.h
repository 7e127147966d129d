#pragma once
// For this room's tests: a database in a folder of its own, its thread, and work done in turn.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "authservice/admin_work.h"
#include "authservice/database_thread.h"
#include "authservice/management.h"
#include "base/encoding.h"

namespace sallyport::authservice {

inline const base::Secret test_key{"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};
inline const base::Secret other_key{"OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="};
inline const base::Secret token_secret{"12345678901234567890"};

// How far the house's clocks run ahead; the database's thread looks at them whenever it likes.
class Elapsed {
 public:
  Elapsed& operator=(base::Duration to) { return count_ = to.count(), *this; }
  Elapsed& operator+=(base::Duration more) { return count_ += more.count(), *this; }
  Elapsed& operator-=(base::Duration less) { return count_ -= less.count(), *this; }
  operator base::Duration() const {
    return base::Duration(count_.load());
  }  // NOLINT(google-explicit-constructor)

 private:
  std::atomic<base::Duration::rep> count_{0};
};

class House {
 public:
  explicit House(std::string folder) : folder_(std::move(folder)) {}
  base::Result<void> open(const base::Secret& key = test_key, const std::vector<base::Secret>& old = {}) {
    DatabaseEvents events;
    events.failed = [this](const store::DatabaseError&) { ++failures; };
    events.recovered = [this] { ++recoveries; };
    events.resealed = [this](const Resealed& secrets) {
      resealed = secrets.count;
      secrets_left = secrets.left;
    };
    events.pushes_expired = [this](std::int64_t count) { expired_pushes += count; };
    events.committed = [this](std::size_t batch, base::Duration) {
      largest_batch = std::max(largest_batch.load(), batch);
    };
    auto now = [this] {
      return base::Time{std::chrono::steady_clock::now() + base::Duration(elapsed), wall + elapsed_wall(),
                        true};
    };
    auto started = DatabaseThread::start({folder_ + "/db", SecretBox::make(key, old).value(), events, now});
    if (!started) return std::unexpected(started.error());
    thread = std::move(*started);
    return {};
  }
  template <class Run>
  auto ask(Run run) {
    using Value = std::invoke_result_t<Run&, Session&>;
    auto promise = std::make_shared<std::promise<store::DatabaseResult<Value>>>();
    auto future = promise->get_future();
    thread->submit(work(std::move(run),
                        [promise](store::DatabaseResult<Value> done) { promise->set_value(std::move(done)); }));
    return future;
  }
  template <class Run>
  auto done(Run run) {
    return ask(std::move(run)).get().value();
  }
  [[nodiscard]] std::chrono::microseconds elapsed_wall() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(base::Duration(elapsed));
  }

  Outcome add_user(const std::string& name) {
    return done([=, this](Session& s) { return create_user(s, {account, {name, name}, {}, false}); });
  }
  AdminAnswer add_token(const std::string& user, CredentialKind kind, const std::string& name = "",
                        bool push = false) {
    return done([=, this](Session& s) {
      NewCredential asked;
      asked.kind = kind;
      asked.name = name;
      asked.secret = token_secret;
      asked.user = UserName{user, user};
      asked.create_user = true;
      asked.push = push;
      return new_credential(s, *account, {}, asked);
    });
  }
  // A code of one of the kinds that are sent goes to `address`.
  AdminAnswer add_address(const std::string& user, CredentialKind kind, const std::string& address) {
    return done([=, this](Session& s) {
      NewCredential asked;
      asked.kind = kind;
      asked.name = address;
      asked.user = UserName{user, user};
      asked.create_user = true;
      return new_credential(s, *account, {}, asked);
    });
  }
  Outcome push(const std::string& user, const PushWish& wish = {}, std::optional<RequestMark> mark = {}) {
    const UserPush asked{account, user, {}, wish};
    return done([asked, mark](Session& s) {
      return once(s, mark, [&] { return authenticate_user_with_push(s, asked); });
    });
  }
  vip::PushTransactionStatus poll(std::uint64_t transaction) {
    return done([=, this](Session& s) {
      return poll_pushes(s, *account, {transaction_text(transaction)}).transaction_status.front();
    });
  }
  AdminAnswer answer(std::uint64_t transaction, bool approves, const std::string& number = "") {
    return done([=, this](Session& s) {
      return answer_push(s, *account, PushOrder{transaction_text(transaction), {approves, number}, {}});
    });
  }
  static std::string code(std::int64_t place) {
    return write_code(OathKey(OathAlgorithm::sha1, 6, token_secret.reveal_octets()).code(place), 6);
  }
  UserAuthentication attempt(const std::string& user, const std::string& text,
                             std::optional<std::string> second = {}) const {
    GivenCodes codes{base::Secret(text), std::nullopt};
    if (second) codes.second = base::Secret(*second);
    return {account, user, codes, {}};
  }
  Outcome login(const std::string& user, const std::string& text, std::optional<RequestMark> mark = {}) {
    return done([asked = attempt(user, text), mark](Session& s) {
      return once(s, mark, [&] { return authenticate_user(s, asked); });
    });
  }

  AccountPointer account = std::make_shared<const AccountPolicy>(AccountPolicy{"ACME", {}, {}, {}});
  base::WallTime wall{std::chrono::seconds(1'700'000'000)};
  Elapsed elapsed;
  std::atomic<int> failures{0}, recoveries{0};
  std::atomic<std::int64_t> resealed{-1}, secrets_left{-1}, expired_pushes{0};
  std::atomic<std::size_t> largest_batch{0};
  std::unique_ptr<DatabaseThread> thread;

 private:
  std::string folder_;
};

class HouseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "authservice_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    house_ = std::make_unique<House>(folder_);
    auto opened = house_->open();
    ASSERT_TRUE(opened) << opened.error().what;
  }
  void TearDown() override {
    house_.reset();
    std::filesystem::remove_all(folder_);
  }
  void restart() {
    house_->thread.reset();
    ASSERT_TRUE(house_->open());
  }
  [[nodiscard]] std::int64_t now_step() const { return totp_step(house_->wall, 30); }

  std::string folder_;
  std::unique_ptr<House> house_;
};

}  // namespace sallyport::authservice
