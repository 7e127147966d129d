#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/encoding.h"

namespace sallyport::crypto {
namespace {

using base::as_bytes;
using base::to_hex;

TEST(Hash, gives_the_digests_of_rfc_1321_and_fips_180) {
  EXPECT_EQ(to_hex(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5({as_bytes("message digest")})), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(to_hex(sha1({as_bytes("abc")})), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha256({as_bytes("abc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha512({as_bytes("abc")})),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hash, reads_its_parts_as_if_they_lay_end_to_end) {
  EXPECT_EQ(md5({as_bytes("mess"), as_bytes(""), as_bytes("age digest")}), md5({as_bytes("message digest")}));
}

TEST(Hash, is_the_same_in_every_thread_and_again_and_again) {
  const auto expected = sha256({as_bytes("abc")});
  std::thread([&] {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(sha256({as_bytes("abc")}), expected);
  }).join();
  EXPECT_EQ(sha256({as_bytes("abc")}), expected);
}

}  // namespace
}  // namespace sallyport::crypto
