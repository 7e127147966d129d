#include "crypto/hmac.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/kdf.h"

namespace sallyport::crypto {
namespace {

using base::as_bytes;
using base::Bytes;
using base::to_hex;

std::string mac(HashAlgorithm algorithm, base::ByteView key, std::string_view message) {
  return to_hex(HmacKey(algorithm, key).sign({as_bytes(message)}).octets());
}

TEST(Hmac, gives_the_values_of_rfc_2202) {
  EXPECT_EQ(mac(HashAlgorithm::md5, Bytes(16, 0x0b), "Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
  EXPECT_EQ(mac(HashAlgorithm::md5, as_bytes("Jefe"), "what do ya want for nothing?"),
            "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(mac(HashAlgorithm::md5, Bytes(80, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  EXPECT_EQ(mac(HashAlgorithm::sha1, Bytes(20, 0x0b), "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(mac(HashAlgorithm::sha1, Bytes(80, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Hmac, gives_the_values_of_rfc_4231) {
  EXPECT_EQ(mac(HashAlgorithm::sha256, as_bytes("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(mac(HashAlgorithm::sha512, as_bytes("Jefe"), "what do ya want for nothing?"),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(
      mac(HashAlgorithm::sha512, Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
      "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

TEST(Hmac, verifies_whole_and_truncated_values_and_nothing_else) {
  const HmacKey key(HashAlgorithm::sha256, as_bytes("key"));
  const auto good = key.sign({as_bytes("message")});
  EXPECT_TRUE(key.verify({as_bytes("mess"), as_bytes("age")}, good.octets()));
  EXPECT_TRUE(key.verify({as_bytes("message")}, good.first(16)));
  EXPECT_FALSE(key.verify({as_bytes("message")}, good.first(9)));
  EXPECT_FALSE(key.verify({as_bytes("message")}, {}));
  EXPECT_FALSE(key.verify({as_bytes("massage")}, good.octets()));
  Bytes longer(good.octets().begin(), good.octets().end());
  longer.push_back(0);
  EXPECT_FALSE(key.verify({as_bytes("message")}, longer));
  EXPECT_FALSE(HmacKey(HashAlgorithm::sha256, as_bytes("kez")).verify({as_bytes("message")}, good.octets()));
}

TEST(Hkdf, gives_the_values_of_rfc_5869) {
  const auto salt = *base::from_hex("000102030405060708090a0b0c");
  const auto purpose = *base::from_hex("f0f1f2f3f4f5f6f7f8f9");
  Bytes output(42);
  hkdf_sha256(Bytes(22, 0x0b), salt, base::as_text(purpose), output);
  EXPECT_EQ(to_hex(output),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  hkdf_sha256(Bytes(22, 0x0b), {}, "", output);
  EXPECT_EQ(to_hex(output),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, gives_other_keys_for_other_purposes) {
  EXPECT_NE(derive_key(as_bytes("secret"), {}, "state"), derive_key(as_bytes("secret"), {}, "codes"));
}

}  // namespace
}  // namespace sallyport::crypto
