#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"

namespace sallyport::crypto {
namespace {

using base::as_bytes;

AeadKey key_of(std::string_view hex) {
  const auto octets = *base::from_hex(hex);
  return AeadKey(std::span<const std::uint8_t, AeadKey::key_size>(octets));
}
const std::string_view sample_key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr AeadKey::Nonce sample_nonce = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce,
                                         0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};

TEST(Aead, gives_the_values_of_the_gcm_specification) {
  // Test cases 13 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
  EXPECT_EQ(base::to_hex(key_of(std::string(64, '0')).seal({}, {}, {})), "530f8afbc74536b9a963b4f1c4cb738b");
  const auto plaintext = *base::from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
      "b16aedf5aa0de657ba637b39");
  const auto associated = *base::from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  EXPECT_EQ(base::to_hex(key_of(sample_key).seal(sample_nonce, plaintext, associated)),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(Aead, opens_what_it_sealed) {
  const auto key = key_of(sample_key);
  const auto sealed = key.seal(sample_nonce, as_bytes("hunter2"), as_bytes("alice"));
  EXPECT_EQ(key.open_secret(sample_nonce, sealed, as_bytes("alice"))->reveal(), "hunter2");
  const auto empty = key.seal(sample_nonce, {}, {});
  EXPECT_TRUE(key.open(sample_nonce, empty, {})->empty());
}

TEST(Aead, opens_nothing_when_any_bit_differs) {
  const auto key = key_of(sample_key);
  const auto sealed = key.seal(sample_nonce, as_bytes("hunter2"), as_bytes("alice"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(key.open(sample_nonce, changed, as_bytes("alice")));
  }
  auto other_nonce = sample_nonce;
  other_nonce[0] ^= 1U;
  EXPECT_FALSE(key.open(other_nonce, sealed, as_bytes("alice")));
  EXPECT_FALSE(key.open(sample_nonce, sealed, as_bytes("bob")));
  EXPECT_FALSE(key_of(std::string(64, '0')).open(sample_nonce, sealed, as_bytes("alice")));
}

TEST(Aead, opens_nothing_that_is_shorter_than_a_tag) {
  const auto key = key_of(sample_key);
  const auto sealed = key.seal(sample_nonce, as_bytes("hunter2"), {});
  for (std::size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(key.open(sample_nonce, base::ByteView(sealed).first(length), {}));
}

TEST(Aead, draws_nonces_that_differ) { EXPECT_NE(AeadKey::random_nonce(), AeadKey::random_nonce()); }

}  // namespace
}  // namespace sallyport::crypto
