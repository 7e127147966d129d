#include "net/tls.h"

#include <fstream>
#include <sstream>

#include "net/link.h"
#include "net/test_peer_test.h"

namespace sallyport::net {
namespace {

const base::Secret password("changeit");

std::string contents(const std::string& name) {
  std::ostringstream out;
  out << std::ifstream(certificate_file(name)).rdbuf();
  return out.str();
}

std::string write(const std::string& name, const std::string& text) {
  std::ofstream(certificate_file(name)) << text;
  return certificate_file(name);
}

TEST(LoadIdentity, reads_pem_in_two_files_and_in_one) {
  const auto two = load_identity(certificate_file("client.pem"), certificate_file("client.key"), {});
  ASSERT_TRUE(two) << two.error().what;
  const auto both = write("both.pem", contents("client.key") + contents("ca.pem") + contents("client.pem"));
  const auto one = load_identity(both, "", {});
  ASSERT_TRUE(one) << one.error().what;
  EXPECT_EQ(facts_of(one->certificate_pem)->common_name, "client")
      << "leaf first, whatever the order in the file";
  EXPECT_EQ(one->key_pem.reveal(), two->key_pem.reveal());
}

TEST(LoadIdentity, reads_pkcs12_of_today_and_of_old) {
  for (const char* name : {"client.p12", "client_legacy.p12"}) {
    const auto loaded = load_identity(certificate_file(name), "", password);
    ASSERT_TRUE(loaded) << loaded.error().what;
    EXPECT_EQ(facts_of(loaded->certificate_pem)->common_name, "client");
    EXPECT_EQ(loaded->key_pem.reveal(), identity("client").key_pem.reveal());
    EXPECT_NE(loaded->certificate_pem.find("BEGIN", 20), std::string::npos) << "the chain comes with it";
  }
}

TEST(LinkTls, says_why_a_file_of_authorities_is_none) {
  const auto words = [](const std::string& file) {
    const auto made = LinkTls::make({.ca_file = file, .identity = {}});
    return made ? std::string() : made.error().what;
  };
  const auto none = certificate_file("none.pem"), folder = certificate_file("");
  EXPECT_EQ(words(none), none + ": cannot be read: No such file or directory");
  EXPECT_EQ(words(folder), folder + ": cannot be read: Is a directory");
  EXPECT_NE(words(write("empty.pem", "")).find("no certificate of an authority could be read"),
            std::string::npos);
  EXPECT_EQ(words(certificate_file("ca.pem")), "");
}

TEST(LoadIdentity, opens_a_locked_key) {
  EXPECT_TRUE(load_identity(certificate_file("client.pem"), certificate_file("client_locked.key"), password));
}

void expect_words(const base::Result<Identity>& loaded, const std::string& file, const std::string& words) {
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().what.find(file), std::string::npos) << loaded.error().what;
  EXPECT_NE(loaded.error().what.find(words), std::string::npos) << loaded.error().what;
  EXPECT_EQ(loaded.error().what.find("wrong password"), std::string::npos) << "no secret in an error";
}

TEST(LoadIdentity, says_which_file_is_wrong_and_how) {
  const auto file = [](const char* name) { return certificate_file(name); };
  const base::Secret wrong("wrong password");
  expect_words(load_identity(file("none.pem"), "", {}), "none.pem", "No such file");
  expect_words(load_identity(file("client.pem"), file("none.key"), {}), "none.key", "No such file");
  expect_words(load_identity(file("client.p12"), "", wrong), "client.p12", "password is wrong");
  expect_words(load_identity(file("client.pem"), file("client_locked.key"), wrong), "client_locked.key",
               "is wrong");
  expect_words(load_identity(file("client.pem"), file("client_locked.key"), {}), "client_locked.key",
               "wants a password");
  expect_words(load_identity(file("client.pem"), file("server.key"), {}), "client.pem",
               "belongs to the private key");
  expect_words(load_identity(file("client.pem"), "", {}), "client.pem", "no private key");
  expect_words(load_identity(write("noise", "\x30\x82 not PKCS#12"), "", {}), "noise",
               "neither PEM nor PKCS#12");
  expect_words(load_identity(write("empty", ""), "", {}), "empty", "nothing");
  expect_words(load_identity(write("cut.pem", contents("client.pem").substr(0, 200)), "", {}), "cut.pem",
               "no certificate");
}

TEST(CertificateFacts, are_those_of_the_first_certificate) {
  const auto facts = facts_of(contents("client.pem") + contents("ca.pem"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->subject, "CN=client,O=Example");
  EXPECT_EQ(facts->common_name, "client");
  EXPECT_EQ(facts->fingerprint_sha256.size(), 64U);
  EXPECT_EQ(facts->not_after - facts->not_before, std::chrono::days(3650));
  EXPECT_FALSE(facts_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

}  // namespace
}  // namespace sallyport::net
