#include "crypto/password_hash.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

using base::Secret;

const Secret hunter2{"hunter2"};

TEST(PasswordHash, verifies_what_it_made_and_no_other_password) {
  const auto hash = make_password_hash(hunter2);
  EXPECT_TRUE(hash.starts_with("$y$")) << hash;
  EXPECT_TRUE(valid_password_hash(hash));
  EXPECT_TRUE(verify_password(hash, hunter2));
  EXPECT_FALSE(verify_password(hash, Secret("hunter3")));
  EXPECT_NE(make_password_hash(hunter2), hash);
}

TEST(PasswordHash, verifies_scrypt_and_sha512_hashes_made_elsewhere) {
  // The first of the SHA-crypt specification; the scrypt one was made with Debian's libcrypt from Python.
  const std::string_view sha512 =
      "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
  EXPECT_TRUE(verify_password(sha512, Secret("Hello world!")));
  EXPECT_FALSE(verify_password(sha512, Secret("Hello world")));
  const std::string_view scrypt = "$7$BU..../....SodiumChloride$goL/IUfI4SmtmEjX/60uY31WlokLR7Y26LKNWdN0CKA";
  EXPECT_TRUE(verify_password(scrypt, hunter2));
  EXPECT_FALSE(verify_password(scrypt, Secret("hunter")));
}

TEST(PasswordHash, refuses_other_forms_and_broken_hashes) {
  const auto good = make_password_hash(hunter2);
  const auto shortened = good.substr(0, good.size() - 1);
  const auto setting = good.substr(0, good.rfind('$') + 1);
  for (const auto hash :
       {std::string_view(""), std::string_view("*0"), std::string_view("hunter2"), std::string_view("$y$"),
        std::string_view("$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"), std::string_view("$y$j9T$$"),
        std::string_view("{SSHA}abcdefgh"), std::string_view(shortened), std::string_view(setting)}) {
    EXPECT_FALSE(valid_password_hash(hash)) << hash;
    EXPECT_FALSE(verify_password(hash, hunter2)) << hash;
  }
}

TEST(PasswordHash, refuses_passwords_that_a_c_string_would_cut) {
  const auto hash = make_password_hash(hunter2);
  const auto with_nul = Secret(std::string_view("hunter2\0x", 9));
  EXPECT_FALSE(verify_password(hash, with_nul));
  EXPECT_TRUE(make_password_hash(with_nul).empty());
  EXPECT_TRUE(make_password_hash(Secret()).empty());
  EXPECT_FALSE(verify_password(hash, Secret(std::string(100000, 'a'))));
}

TEST(PasswordHash, of_nobody_is_valid_costs_the_same_and_fits_no_password) {
  EXPECT_TRUE(valid_password_hash(dummy_password_hash()));
  EXPECT_FALSE(verify_password(dummy_password_hash(), hunter2));
  const auto made = make_password_hash(hunter2);
  EXPECT_EQ(made.substr(0, 7), dummy_password_hash().substr(0, 7));  // form and cost
}

}  // namespace
}  // namespace sallyport::crypto
