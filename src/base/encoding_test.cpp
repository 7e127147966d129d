#include "base/encoding.h"

#include <gtest/gtest.h>

namespace sallyport::base {
namespace {

TEST(Encoding, follows_the_examples_of_rfc_4648) {
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_base64(as_bytes("fooba")), "Zm9vYmE=");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
  EXPECT_EQ(to_hex(as_bytes("foobar")), "666f6f626172");
}

TEST(Encoding, decodes_what_it_encoded) {
  Bytes octets;
  for (unsigned n = 0; n < 70; ++n) {
    EXPECT_EQ(from_base64(to_base64(octets)), octets);
    EXPECT_EQ(from_base32(to_base32(octets)), octets);
    EXPECT_EQ(from_hex(to_hex(octets)), octets);
    octets.push_back(static_cast<std::uint8_t>(n * 37));
  }
}

TEST(Encoding, base32_is_read_as_people_type_it) {
  EXPECT_EQ(from_base32("mzxw 6ytb-oi======"), from_base32("MZXW6YTBOI"));
  EXPECT_TRUE(from_base32("MZXW6YTBOI").has_value());
}

TEST(Encoding, refuses_what_is_not_well_formed) {
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("zz"));
  EXPECT_FALSE(from_base64("Zg="));
  EXPECT_FALSE(from_base64("Zh=="));  // bits left over are not zero
  EXPECT_FALSE(from_base32("M1"));    // 1 is not in the alphabet
  EXPECT_FALSE(from_base32("M"));
}

}  // namespace
}  // namespace sallyport::base
