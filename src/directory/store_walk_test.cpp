#include "directory/store_walk.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;

struct Script {  // what one store does
  StoreAnswer answer;
  bool silent = false;
  int asked = 0, asked_in_vain = 0;
};

class ScriptedStore final : public Store {
 public:
  explicit ScriptedStore(Script& script) : script_(script) {}
  void ask(const std::shared_ptr<Question>&, StoreDone done) override {
    ++script_.asked;
    if (script_.silent) return held_.push_back(std::move(done));
    done(script_.answer);
  }
  void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) override {
    ++script_.asked_in_vain;
    done();
  }
  void report(std::vector<ConnectionReport>& into) const override {
    into.push_back({"scripted", "here", true, true, ""});
  }
  void try_connections(std::function<void()> done) override { done(); }

 private:
  Script& script_;
  std::vector<StoreDone> held_;
};

Script says(Outcome outcome, bool in_vain = false) {
  Script script;
  script.answer.answer.outcome = outcome;
  script.answer.answer.entry.user_store = "scripted";
  script.answer.asked_in_vain = in_vain;
  return script;
}

class Walking : public testing::Test {
 protected:
  Answer check(std::vector<Script*> scripts, bool skip = false, std::string password = "pw",
               std::string user = "alice") {
    std::vector<StoreInOrder> stores;
    for (auto* script : scripts) stores.push_back({std::make_unique<ScriptedStore>(*script), skip});
    const auto walk = walk_over(loop_, std::move(stores));
    Answer got;
    int calls = 0;
    walk->check_first_factor(user, base::Secret(password), loop_.now().steady + 50ms, [&](Answer answer) {
      got = std::move(answer);
      ++calls;
    });
    EXPECT_EQ(calls, 0) << "never from inside the call";
    loop_.run_for(120ms);
    EXPECT_EQ(calls, 1);
    return got;
  }
  net::Loop loop_;
};

TEST_F(Walking, goes_on_only_when_the_user_is_unknown) {
  for (const auto outcome : {Outcome::good, Outcome::ambiguous_user, Outcome::wrong_password,
                             Outcome::account_unusable, Outcome::unavailable}) {
    auto first = says(outcome, outcome == Outcome::unavailable);
    auto second = says(Outcome::good);
    EXPECT_EQ(check({&first, &second}).outcome, outcome);
    EXPECT_EQ(second.asked, 0);
  }
  auto first = says(Outcome::unknown_user);
  auto second = says(Outcome::wrong_password);
  EXPECT_EQ(check({&first, &second}).outcome, Outcome::wrong_password);
}

TEST_F(Walking, skips_a_store_only_where_it_may_and_only_before_it_knew_the_user) {
  auto dead = says(Outcome::unavailable, true);
  auto good = says(Outcome::good);
  EXPECT_EQ(check({&dead, &good}, true).outcome, Outcome::good);
  auto lost_in_bind = says(Outcome::unavailable, false);
  EXPECT_EQ(check({&lost_in_bind, &good}, true).outcome, Outcome::unavailable);
  auto unknown = says(Outcome::unknown_user);
  EXPECT_EQ(check({&dead, &unknown}, true).outcome, Outcome::unknown_user);
  EXPECT_EQ(check({&dead, &dead}, true).outcome, Outcome::unavailable) << "nothing could be asked";
}

TEST_F(Walking, spends_a_check_on_a_user_whom_nobody_knows) {
  auto first = says(Outcome::unknown_user);
  auto last = says(Outcome::unknown_user);
  EXPECT_EQ(check({&first, &last}).outcome, Outcome::unknown_user);
  EXPECT_EQ(first.asked_in_vain + last.asked_in_vain, 1);
}

TEST_F(Walking, ends_at_the_deadline_whatever_a_store_does) {
  auto silent = says(Outcome::good);
  silent.silent = true;
  EXPECT_EQ(check({&silent}).outcome, Outcome::unavailable);
}

TEST_F(Walking, asks_no_store_for_an_empty_password_one_with_nul_or_a_name_that_is_none) {
  auto store = says(Outcome::good);
  EXPECT_EQ(check({&store}, false, "").outcome, Outcome::wrong_password);
  EXPECT_EQ(check({&store}, false, std::string("a\0b", 3)).outcome, Outcome::wrong_password);
  EXPECT_EQ(check({&store}, false, std::string("\0", 1)).outcome, Outcome::wrong_password);
  EXPECT_EQ(check({&store}, false, "pw", "  ").outcome, Outcome::unknown_user);
  EXPECT_EQ(check({&store}, false, "pw", "a\xFF").outcome, Outcome::unknown_user);
  EXPECT_EQ(check({&store}, false, "pw", std::string("alice\0", 6)).outcome, Outcome::unknown_user);
  EXPECT_EQ(store.asked, 0);
}

TEST_F(Walking, calls_nobody_after_it_has_gone) {
  auto script = says(Outcome::good);
  std::vector<StoreInOrder> stores;
  stores.push_back({std::make_unique<ScriptedStore>(script), false});
  auto walk = walk_over(loop_, std::move(stores));
  walk->look_up("alice", loop_.now().steady + 10ms, [](Answer) { FAIL(); });
  walk.reset();
  loop_.run_for(30ms);
}

}  // namespace
}  // namespace sallyport::directory
