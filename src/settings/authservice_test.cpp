#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string small_file() {
  return R"(listen = ["127.0.0.1:8443"]
certificate_file = "service.pem"
client_ca_file = "ca.pem"
database = "db"
secrets_key = "env:SALLYPORT_SECRETS_KEY"
[[account]]
id = "example"
[[account.certificate]]
subject = "CN=gate"
)";
}

std::string changed(const std::string& from, const std::string& to) {
  auto text = small_file();
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<std::string> mistakes_of(const std::string& toml) {
  std::vector<std::string> out;
  const auto parsed = parse_authservice(toml, good_sources());
  if (!parsed)
    for (const auto& mistake : parsed.error()) out.push_back(mistake.to_string("f"));
  return out;
}

TEST(AuthServiceSettings, a_small_file_gets_the_defaults_of_the_documents) {
  const auto service = parse_authservice(small_file(), good_sources());
  ASSERT_TRUE(service.has_value()) << service.error().front().to_string("f");
  EXPECT_EQ(service->database, "/etc/sallyport/db");
  EXPECT_EQ(service->secrets_key.size(), 44U);
  EXPECT_EQ(service->issuer, "Sallyport");
  EXPECT_EQ(service->metrics.listen, "127.0.0.1:9465");
  const auto& account = service->accounts.at(0);
  EXPECT_EQ(account.lockout_failures, 10);
  EXPECT_EQ(account.totp_window, 10);
  EXPECT_EQ(account.totp_sync_window, 64);
  EXPECT_EQ(account.hotp_look_ahead, 10);
  EXPECT_EQ(account.hotp_sync_look_ahead, 100);
  EXPECT_EQ(account.certificates.at(0).role, AccountRole::validation);
}

TEST(AuthServiceSettings, the_example_file_is_right) {
  const auto service = parse_authservice(repository_file("docs/examples/authservice.toml"), good_sources());
  ASSERT_TRUE(service.has_value()) << service.error().front().to_string("authservice.toml");
  EXPECT_EQ(service->accounts.at(0).certificates.at(1).role, AccountRole::admin);
  EXPECT_TRUE(warnings(*service).empty());
}

TEST(AuthServiceSettings, a_fingerprint_is_read_in_the_form_that_openssl_prints) {
  std::string colons;
  for (int i = 0; i < 32; ++i) colons += i == 0 ? "AB" : ":AB";
  const auto service = parse_authservice(
      changed("subject = \"CN=gate\"", "fingerprint_sha256 = \"" + colons + "\""), good_sources());
  ASSERT_TRUE(service.has_value()) << service.error().front().to_string("f");
  EXPECT_THAT(service->accounts[0].certificates[0].fingerprint_sha256, testing::StartsWith("ababab"));
}

TEST(AuthServiceSettings, each_mistake_is_named_with_its_line_and_key) {
  struct Case {
    std::string from, to, mistake;
  };
  const std::vector<Case> cases{
      {"env:SALLYPORT_SECRETS_KEY", "env:OTHER", "f:5: secrets_key: expected 32 octets as base 64"},
      {"database", "old_secrets_keys = [\"x\"]\ndatabase", "f:4: old_secrets_keys[0]: expected 32 octets"},
      {"database", "issuer = \"a:b\"\ndatabase", "f:4: issuer: expected a name"},
      {"[\"127.0.0.1:8443\"]", "[\"[::1]:1\", \"[0::1]:1\"]", "f:1: listen: expected [0::1]:1 only once"},
      {"client_ca_file", "client_ca", "did you mean \"client_ca_file\"?"},
      {"client_ca_file", "client_ca", "f:1: client_ca_file: expected this key: path"},
      {"\"example\"", "\"ex ample\"", "f:7: account[0].id: expected 3 to 50 letters and digits"},
      {"\"example\"", "\"example\"\nlockout_failures = 1",
       "f:8: account[0].lockout_failures: expected 0 (never) or a whole number from 2 to 64"},
      {"\"example\"", "\"example\"\ntotp_window = 65",
       "f:8: account[0].totp_window: expected a whole number from 2 to 64, found 65"},
      {"\"example\"", "\"example\"\ntotp_window = 40\ntotp_sync_window = 20",
       "f:9: account[0].totp_sync_window: expected at least totp_window (40)"},
      {"\"example\"", "\"example\"\nhotp_look_ahead = 1",
       "f:8: account[0].hotp_look_ahead: expected a whole number from 2 to 64"},
      {"\"example\"", "\"example\"\nhotp_sync_look_ahead = 5",
       "f:8: account[0].hotp_sync_look_ahead: expected at least hotp_look_ahead"},
      {"\"127.0.0.1:8443\"]", "\"127.0.0.1:8443\"]\nmetrics = {listen = \"127.0.0.1:8443\"}",
       "f:2: metrics.listen: expected an address that nobody else has: the service listens on 127.0.0.1:8443"},
      {"8443", "9465", "f:1: metrics.listen: expected an address that nobody else has"},
      {"subject = \"CN=gate\"", "role = \"validation\"",
       "f:8: account[0].certificate[0]: expected either fingerprint_sha256 or subject"},
      {"subject", "role = \"owner\"\nsubject",
       "f:9: account[0].certificate[0].role: expected one of \"validation\", \"management\", \"admin\""},
      {"subject", "fingerprint_sha256 = \"00\"\nsubject",
       "f:9: account[0].certificate[0].fingerprint_sha256: expected 64 hexadecimal digits"},
      {"subject = \"CN=gate\"",
       "subject = \"CN=gate\"\n[[account]]\nid = \"example\"\n[[account.certificate]]\nsubject = \"CN=gate\"",
       "f:11: account[1].id: expected another id"},
      {"subject = \"CN=gate\"",
       "subject = \"CN=gate\"\n[[account]]\nid = \"other\"\n[[account.certificate]]\nsubject = \"CN=gate\"",
       "f:12: account[1].certificate[0]: expected a certificate of one account"},
  };
  for (const auto& one : cases)
    EXPECT_THAT(mistakes_of(changed(one.from, one.to)), Contains(HasSubstr(one.mistake))) << one.to;
}

TEST(AuthServiceSettings, a_subject_is_a_name_as_openssl_prints_it) {
  const auto with = [](const std::string& subject) {
    return mistakes_of(changed("\"CN=gate\"", "'" + subject + "'"));
  };
  for (const auto* good : {"CN=gate1.example.com,O=Example Ltd", "UID=a+CN=b,DC=ex,DC=test", "CN=", "2.5.4.3=x",
                           "CN=a=b", R"(O=M\C3\BCller\, Sohn,C=DE)", R"(CN=\#a\ )"}) {
    EXPECT_THAT(with(good), ElementsAre()) << good;
  }
  for (const auto* bad : {"", "gate1", "/O=Example/CN=x", "CN=a, O=b", "CN=a ,O=b", "CN = a", "CN=a,", "CN=a,b",
                          "CN=a;O=b", "O=Müller", R"(CN=a\)", R"(CN=a\x)", "2x=a", " CN=a"})
    EXPECT_THAT(with(bad), ElementsAre(HasSubstr("f:9: account[0].certificate[0].subject: expected a DN of RFC "
                                                 "2253 without blanks around its commas, like \"CN=gate1,")))
        << bad;
}

TEST(AuthServiceSettings, a_lockout_of_0_means_never_and_is_warned_of) {
  const auto service =
      parse_authservice(changed("\"example\"", "\"example\"\nlockout_failures = 0"), good_sources());
  ASSERT_TRUE(service.has_value());
  EXPECT_EQ(service->accounts[0].lockout_failures, 0);
  EXPECT_EQ(warnings(*service).at(0).key, "account[0].lockout_failures");
}

TEST(AuthServiceSettings, an_empty_file_is_told_all_that_it_lacks) { EXPECT_EQ(mistakes_of("").size(), 6U); }

}  // namespace
}  // namespace sallyport::settings
