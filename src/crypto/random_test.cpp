#include "crypto/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <map>
#include <numeric>

#include "base/encoding.h"
#include "crypto/constant_time.h"
#include "crypto/keyed_hash.h"

namespace sallyport::crypto {
namespace {

TEST(Random, gives_other_octets_each_time) {
  EXPECT_EQ(random_bytes(1000).size(), 1000U);
  EXPECT_NE(random_bytes(16), random_bytes(16));
  EXPECT_TRUE(random_bytes(0).empty());
}

TEST(Random, below_a_bound_reaches_every_value_and_no_other) {
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) ++seen.at(random_below(5));
  for (const auto count : seen) EXPECT_NEAR(count, 1000, 200);  // 7 standard deviations
  EXPECT_EQ(random_below(1), 0U);
}

TEST(Random, base62_uses_all_letters_and_digits_alike) {
  const auto text = random_base62(std::size_t{62} * 400);
  ASSERT_EQ(text.size(), std::size_t{62} * 400);
  std::map<char, int> seen;
  for (const auto c : text) ++seen[c];
  EXPECT_EQ(seen.size(), 62U);
  for (const auto& [c, count] : seen) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c))) << c;
    EXPECT_NEAR(count, 400, 150) << c;
  }
}

TEST(KeyedHash, gives_the_values_of_the_siphash_paper) {
  KeyedHash::Key key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  const KeyedHash hash(key);
  base::Bytes message;
  EXPECT_EQ(hash(message), 0x726fdb47dd0e0e31U);
  for (std::uint8_t i = 0; i < 15; ++i) message.push_back(i);
  EXPECT_EQ(hash(base::ByteView(message).first(1)), 0x74f839c593dc67fdU);
  EXPECT_EQ(hash(base::ByteView(message).first(8)), 0x93f5f5799a932462U);
  EXPECT_EQ(hash(message), 0xa129ca6149be45e5U);  // appendix A
}

TEST(KeyedHash, differs_under_another_key) {
  EXPECT_NE(KeyedHash::with_random_key()(base::as_bytes("alice")),
            KeyedHash::with_random_key()(base::as_bytes("alice")));
}

TEST(ConstantTime, equal_means_the_same_octets_and_length) {
  EXPECT_TRUE(constant_time_equal({}, {}));
  EXPECT_TRUE(constant_time_equal(base::as_bytes("abc"), base::as_bytes("abc")));
  EXPECT_FALSE(constant_time_equal(base::as_bytes("abc"), base::as_bytes("abd")));
  EXPECT_FALSE(constant_time_equal(base::as_bytes("abc"), base::as_bytes("ab")));
}

}  // namespace
}  // namespace sallyport::crypto
