#include "directory/hash_pool.h"

#include <gtest/gtest.h>

#include <vector>

#include "crypto/password_hash.h"

namespace sallyport::directory {
namespace {

using namespace std::chrono_literals;

class Hashing : public testing::Test {
 protected:
  static const std::string& hash() {
    static const std::string made = crypto::make_password_hash(base::Secret("hunter2"));
    return made;
  }
  net::Loop loop_;
};

TEST_F(Hashing, tells_the_loop_whether_the_password_fits) {
  HashPool::Asker asker(HashPool::shared(), loop_);
  std::vector<HashVerdict> verdicts;
  const auto take = [&](HashVerdict verdict) {
    verdicts.push_back(verdict);
    if (verdicts.size() == 2) loop_.stop();
  };
  const auto deadline = loop_.now().steady + 20s;
  ASSERT_TRUE(asker.verify(hash(), base::Secret("hunter2"), deadline, take));
  ASSERT_TRUE(asker.verify(hash(), base::Secret("hunter3"), deadline, take));
  EXPECT_FALSE(loop_.run_for(20s));
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_NE(verdicts[0], verdicts[1]);
}

TEST_F(Hashing, computes_nothing_that_nobody_waits_for_any_more) {
  HashPool::Asker asker(HashPool::shared(), loop_);
  auto verdict = HashVerdict::fits;
  ASSERT_TRUE(asker.verify(hash(), base::Secret("hunter2"), loop_.now().steady - 1s, [&](HashVerdict told) {
    verdict = told;
    loop_.stop();
  }));
  loop_.run_for(5s);
  EXPECT_EQ(verdict, HashVerdict::too_late);
}

TEST_F(Hashing, takes_no_more_than_its_limit) {
  const auto pool = std::make_shared<HashPool>(1, 4);
  HashPool::Asker asker(pool, loop_);
  int taken = 0;
  for (int i = 0; i < 20; ++i) {
    if (asker.verify(hash(), base::Secret("x"), loop_.now().steady + 20s, [](HashVerdict) {})) ++taken;
  }
  EXPECT_GE(taken, 4);
  EXPECT_LE(taken, 6);
}

TEST_F(Hashing, calls_nobody_whose_asker_is_gone) {
  {
    HashPool::Asker asker(HashPool::shared(), loop_);
    ASSERT_TRUE(asker.verify(hash(), base::Secret("x"), loop_.now().steady + 20s, [](HashVerdict) { FAIL(); }));
  }
  loop_.run_for(200ms);
}

}  // namespace
}  // namespace sallyport::directory
