#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using std::chrono::minutes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string small_file() {
  return R"([service]
url = "https://vip.example.com/vipuserservices"
certificate_file = "vip.pem"

[[user_store]]
name = "corp"
urls = ["ldap://127.0.0.1:3890"]
base_dn = "dc=example,dc=com"

[[validation_server]]
name = "vpn"
listen = ["127.0.0.1:1812"]

[[validation_server.client]]
name = "gate"
addresses = ["192.0.2.0/24"]
secret = "0123456789abcdef"
)";
}

std::string changed(const std::string& from, const std::string& to) {
  auto text = small_file();
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// "LINE KEY: expected ..." of every mistake.
std::vector<std::string> mistakes_of(const std::string& toml, const SecretSources& sources = good_sources()) {
  std::vector<std::string> out;
  const auto parsed = parse_gateway(toml, sources);
  if (!parsed)
    for (const auto& mistake : parsed.error()) out.push_back(mistake.to_string("f"));
  return out;
}

TEST(GatewaySettings, challenges_need_a_key_that_seals_them_and_pushes_a_client_that_can_be_told_apart) {
  const auto with = [](const std::string& server, const std::string& client, const std::string& top = "") {
    return mistakes_of(
        top + changed("listen = [\"127.0.0.1:1812\"]\n", "listen = [\"127.0.0.1:1812\"]\n" + server) + client);
  };
  EXPECT_THAT(with("mode = \"challenge\"\n", ""), ElementsAre(HasSubstr("cluster.key: expected a key")));
  EXPECT_THAT(with("mode = \"challenge\"\n", "", "[cluster]\nkey = \"0123456789abcdef\"\n"), ElementsAre());
  EXPECT_THAT(with("", "join_retries = \"same_login\"\n"), ElementsAre(HasSubstr("ride on another's push")));
  EXPECT_THAT(with("methods = [\"code\"]\n", "join_retries = \"same_login\"\n"), ElementsAre());
  EXPECT_THAT(with("methods = [\"code\", \"code\"]\n", ""), ElementsAre(HasSubstr("only once")));
  EXPECT_THAT(with("methods = [\"fax\"]\n", ""), ElementsAre(HasSubstr("one of \"code\"")));
  EXPECT_THAT(with("mode = \"code\"\nmethods = [\"push\"]\n", ""),
              ElementsAre(HasSubstr("expected only with mode")));
  EXPECT_THAT(with("mode = \"code\"\nsecond_factor_first = true\n", ""),
              ElementsAre(HasSubstr("expected only with mode")));
  EXPECT_THAT(with("mode = \"challenge\"\nmethods = [\"code\"]\n", "shows_challenges = false\n"),
              ElementsAre(HasSubstr("nobody could sign in")));
}

TEST(GatewaySettings, codes_by_mail_need_the_later_api) {
  auto text = changed("listen = [\"127.0.0.1:1812\"]\n",
                      "listen = [\"127.0.0.1:1812\"]\nmethods = [\"code\", \"email\"]\n");
  EXPECT_THAT(
      mistakes_of(text),
      ElementsAre(HasSubstr("f:13: validation_server[0].methods: expected no \"email\", or service.api")));
  text.insert(text.find("url"), "api = \"1.10\"\n");
  EXPECT_THAT(mistakes_of(text), ElementsAre());
}

TEST(GatewaySettings, prompts_hold_what_is_filled_in_and_no_other_words_in_braces) {
  const auto with = [](const std::string& line) {
    return mistakes_of(changed("[[validation_server.client]]",
                               "[validation_server.prompts]\n" + line + "\n[[validation_server.client]]"));
  };
  for (const auto* good : {"choice = \"Choose: {choices}\"", "sent = \"Enter the code\"",
                           "sent = \"Sent to {destination}\"", "number = \"{number}\""})
    EXPECT_THAT(with(good), ElementsAre()) << good;
  const std::string place = "f:15: validation_server[0].prompts.";
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"choice = \"Choose\"", "choice: expected {choices} in the text: without it nobody can answer"},
      {"choice = \"{choices}, {user}\"", "choice: expected only {choices} in braces"},
      {"choice = \"{choices} {choices}\"", "choice: expected {choices} only once"},
      {"number = \"Choose\"", "number: expected {number} in the text"},
      {"sent = \"Sent to {dest}\"", "sent: expected only {destination} in braces"},
      {"sent = \"Sent to {destination\"", "sent: expected only {destination} in braces"},
      {"code = \"Code, {user}\"", "code: expected no braces: nothing is filled in here"},
      {"push_text = \"Is it you, {user}?\"", "push_text: expected no braces"},
      {"code = \"\"", "code: expected a text of 1 to 200 octets"}};
  for (const auto& [line, mistake] : mistakes) EXPECT_THAT(with(line), ElementsAre(HasSubstr(place + mistake)));
}

TEST(GatewaySettings, reply_attributes_have_one_name_and_one_source) {
  const auto with = [](const std::string& lines) {
    return mistakes_of(small_file() + "[[validation_server.reply_attribute]]\n" + lines);
  };
  EXPECT_THAT(with("name = \"Filter-Id\"\nvalue = \"staff\"\n"), ElementsAre());
  EXPECT_THAT(with("vendor = 9\nnumber = 1\nfrom = \"mail\"\ngroup = \"cn=a\"\n"), ElementsAre());
  EXPECT_THAT(with("vendor = 9\nvalue = \"x\"\n"), ElementsAre(HasSubstr("either name, or vendor and number")));
  EXPECT_THAT(with("name = \"Class\"\nvalue = \"x\"\nfrom = \"mail\"\n"),
              ElementsAre(HasSubstr("either value or from")));
  EXPECT_THAT(with("name = \"Class\"\ntype = \"text\"\nvalue = \"x\"\n"),
              ElementsAre(HasSubstr("a name has its type")));
}

TEST(GatewaySettings, a_small_file_gets_the_defaults_of_the_documents) {
  const auto gateway = parse_gateway(small_file(), good_sources());
  ASSERT_TRUE(gateway.has_value()) << gateway.error().front().to_string("f");
  EXPECT_EQ(gateway->drain_limit, seconds(15));
  EXPECT_EQ(gateway->log.file, "-");
  EXPECT_EQ(gateway->metrics.listen, "127.0.0.1:9464");
  EXPECT_EQ(gateway->service->url, "https://vip.example.com/vipuserservices/");
  EXPECT_EQ(gateway->service->certificate_file, "/etc/sallyport/vip.pem");
  EXPECT_EQ(gateway->service->api, "1.8");
  EXPECT_EQ(gateway->service->request_timeout, seconds(5));
  EXPECT_EQ(gateway->service->max_in_flight, 4096);
  const auto& store = gateway->user_stores.at(0);
  EXPECT_EQ(store.connections.at(0).port, 3890);
  EXPECT_EQ(store.filter, "(&(objectClass=person)(uid=%s))");
  EXPECT_EQ(store.probe_interval, seconds(10));
  const auto& server = gateway->validation_servers.at(0);
  EXPECT_EQ(server.mode, Mode::password_code);
  EXPECT_EQ(server.code_digits, 6);
  EXPECT_TRUE(server.look_up_user);
  EXPECT_EQ(server.reject_delay, seconds(1));
  EXPECT_EQ(server.max_logins, 20000);
  EXPECT_FALSE(server.accounting_acknowledge);
  const auto& client = server.clients.at(0);
  EXPECT_EQ(client.secret.reveal(), "0123456789abcdef");
  EXPECT_EQ(client.patience(), milliseconds(8500));
  EXPECT_EQ(client.join_retries, JoinRetries::same_station);
}

TEST(GatewaySettings, the_example_file_is_right_and_says_what_it_says) {
  const auto gateway = parse_gateway(repository_file("docs/examples/gateway.toml"), good_sources());
  ASSERT_TRUE(gateway.has_value()) << gateway.error().front().to_string("gateway.toml");
  EXPECT_EQ(gateway->log.syslog.at(0).port, 6514);
  EXPECT_EQ(gateway->log.syslog.at(0).ca_file, "/etc/sallyport/logs-ca.pem");
  EXPECT_EQ(gateway->service->certificate_password.reveal(),
            "sixteen octets or more of VIP_CERTIFICATE_PASSWORD");
  const auto& corp = gateway->user_stores.at(0);
  EXPECT_EQ(corp.bind_password.reveal(), "secret in /etc/sallyport/corp.password");
  EXPECT_EQ(corp.connections.at(1).host, "dc2.example.com");
  EXPECT_EQ(corp.connections.at(1).port, 636);
  EXPECT_EQ(corp.connections.at(1).tls, DirectoryTls::ldaps);
  EXPECT_EQ(corp.remember_dn, minutes(1));
  EXPECT_EQ(gateway->user_stores.at(1).kind, UserStoreKind::file);
  const auto& vpn = gateway->validation_servers.at(0);
  EXPECT_THAT(vpn.user_stores, ElementsAre("corp", "contractors"));
  EXPECT_TRUE(vpn.accounting_acknowledge);
  EXPECT_EQ(vpn.clients.at(1).message_authenticator, MessageAuthenticatorPolicy::observe);
  EXPECT_EQ(vpn.clients.at(1).observe_until, "2027-03-31");
  EXPECT_EQ(vpn.clients.at(1).join_retries, JoinRetries::same_packet);
  EXPECT_EQ(gateway->validation_servers.at(1).mode, Mode::code);
}

TEST(GatewaySettings, all_mistakes_come_at_once_in_the_files_order) {
  const auto mistakes = mistakes_of(R"(workers = "two"
drain_limit = 15
[service]
url = "http://vip.example.com/"
certificate_file = "vip.pem"
[[user_store]]
name = "corp"
urls = ["ldap://dc1.example.com"]
base_dn = "dc=example"
bind_dm = "cn=x"
[[validation_server]]
name = "vpn"
listen = ["127.0.0.1"]
code_digits = 7
user_stores = ["crop"]
[[validation_server.client]]
name = "gate"
addresses = ["10.1.2.3/8"]
secret = "short"
)");
  EXPECT_THAT(
      mistakes,
      ElementsAre(
          "f:1: workers: expected a whole number from 0 to 256, found a text",
          "f:2: drain_limit: expected a duration from 0s to 5m with its unit, like \"5m\", found a number "
          "without one",
          HasSubstr("f:4: service.url: expected a URL like \"https://"),
          HasSubstr("f:8: user_store[0].urls: expected ldaps:// or start_tls = true for dc1.example.com"),
          "f:10: user_store[0].bind_dm: expected a key that exists: did you mean \"bind_dn\"?",
          HasSubstr("f:13: validation_server[0].listen[0]: expected an address with a port"),
          "f:14: validation_server[0].code_digits: expected 6 or 8",
          "f:15: validation_server[0].user_stores: expected the name of a [[user_store]], found \"crop\"",
          "f:18: validation_server[0].client[0].addresses[0]: expected a prefix without host bits: "
          "\"10.0.0.0/8\"",
          "f:19: validation_server[0].client[0].secret: expected a secret of at least 8 octets, found 5"));
}

struct Case {
  std::string from, to, mistake;
};

const std::vector<Case> changes_that_are_mistakes{
    {"[service]", "x = \n[service]", "f:1: expected TOML"},
    {"[service]", "gr\u00f6\u00dfe = 1\n[service]", "f:1: expected TOML"},
    {"[service]", "[[service]]", "f:1: service: expected a table: [service]"},
    {"[service]", "[servce]", "f:1: servce: expected a key that exists: did you mean \"service\"?"},
    {"[service]", "[servce]", "f:10: service: expected a table [service]"},
    {"certificate_file", "#", "f:1: service.certificate_file: expected this key"},
    {"[[user_store]]", "[user_store]", "user_store: expected tables: [[user_store]]"},
    {"name = \"corp\"", "name = \"\"", "f:6: user_store[0].name: expected a name of 1 to 64"},
    {"name = \"corp\"", "name = \"co\\u0000rp\"",
     "f:6: user_store[0].name: expected a text without control characters"},
    {"name = \"corp\"", "name = \"corp\"\nkind = \"flie\"",
     "f:7: user_store[0].kind: expected one of \"ldap\", \"file\""},
    {"name = \"corp\"", "name = \"corp\"\nkind = \"file\"",
     "f:5: user_store[0].file: expected this key with kind = \"file\""},
    {"name = \"corp\"", "name = \"corp\"\nkind = \"file\"",
     "f:8: user_store[0].urls: expected only with kind = \"ldap\""},
    {"name = \"corp\"", "name = \"corp\"\nfile = \"u\"",
     "f:7: user_store[0].file: expected only with kind = \"file\""},
    {"[\"ldap://127.0.0.1:3890\"]", "[]", "f:7: user_store[0].urls: expected a list with at least one"},
    {"[\"ldap://127.0.0.1:3890\"]", "\"ldap://127.0.0.1\"",
     "f:7: user_store[0].urls: expected a list of texts"},
    {"[\"ldap://127.0.0.1:3890\"]", "[\"ldap://h/dc=x\"]",
     "f:7: user_store[0].urls[0]: expected \"ldap://host\""},
    {"[\"ldap://127.0.0.1:3890\"]", "[\"http://h\"]", "f:7: user_store[0].urls[0]: expected \"ldap://host\""},
    {"[\"ldap://127.0.0.1:3890\"]", "[\"ldap://h:0\"]", "f:7: user_store[0].urls[0]: expected \"ldap://host\""},
    {"[\"ldap://127.0.0.1:3890\"]", "[\"ldap://192.0.2.1\"]",
     "f:7: user_store[0].urls: expected ldaps:// or start_tls = true for 192.0.2.1"},
    {"[\"ldap://127.0.0.1:3890\"]", "[\"ldaps://h\"]\nstart_tls = true",
     "f:8: user_store[0].start_tls: expected only ldap://"},
    {"base_dn", "bind_dn = \"cn=x\"\nbase_dn",
     "f:8: user_store[0].bind_password: expected this key beside bind_dn"},
    {"base_dn", "bind_password = \"x\"\nbase_dn",
     "f:8: user_store[0].bind_dn: expected this key beside bind_password"},
    {"base_dn", "filter = \"(uid=x)\"\nbase_dn", "f:8: user_store[0].filter: expected \"%s\" in the filter"},
    {"base_dn", "filter = \"(uid=%d)(%s)\"\nbase_dn", "f:8: user_store[0].filter: expected no other"},
    {"base_dn", "filter = \"((uid=%s)\"\nbase_dn", "f:8: user_store[0].filter: expected an LDAP filter"},
    {"base_dn", "bind_name = \"x\"\nbase_dn", "f:8: user_store[0].bind_name: expected \"%s\" once"},
    {"base_dn", "bind_name = \"%s%u\"\nbase_dn", "f:8: user_store[0].bind_name: expected \"%s\" once"},
    {"base_dn", "bind_name = \"%s@x\"\nbind_dn = \"cn=x\"\nbase_dn",
     "f:8: user_store[0].bind_name: expected only without bind_dn"},
    {"base_dn", "domains = [\"a@b\"]\nbase_dn", "f:8: user_store[0].domains[0]: expected the name of a domain"},
    {"base_dn", "groups = \"nested\"\nbase_dn", "f:8: user_store[0].groups: expected one of"},
    {"base_dn", "group_member_attributes = []\nbase_dn", "expected a list with at least one"},
    {"base_dn", "user_name_attribute = \"u id\"\nbase_dn",
     "f:8: user_store[0].user_name_attribute: expected the name of an attribute"},
    {"base_dn", "remember_dn = \"1500ms\"\nbase_dn",
     "f:8: user_store[0].remember_dn: expected a duration from 0s to 1d in whole seconds, found 1500ms"},
    {"base_dn", "remember_dn = \"8d\"\nbase_dn",
     "f:8: user_store[0].remember_dn: expected a duration from 0s to 1d, found 8d"},
    {"base_dn", "remember_dn = \"5 m\"\nbase_dn",
     "f:8: user_store[0].remember_dn: expected a duration from 0s to 1d as a text"},
    {"base_dn", "pool = 0\nbase_dn", "f:8: user_store[0].pool: expected a whole number from 1 to 256, found 0"},
    {"[[validation_server]]",
     "[[user_store]]\nname = \"corp\"\nkind = \"file\"\nfile = \"u\"\n[[validation_server]]",
     "f:11: user_store[1].name: expected another name: user_store[0] has \"corp\" already"},
    {"listen = [\"127.0.0.1:1812\"]", "", "f:10: validation_server[0].listen: expected this key"},
    {"\"127.0.0.1:1812\"", "\"127.0.0.1:99999\"",
     "f:12: validation_server[0].listen[0]: expected an address with a port"},
    {"\"127.0.0.1:1812\"", "\"127.0.0.1:1812\", \"127.0.0.1:1812\"",
     "f:12: validation_server[0].listen: expected an address that nobody else has"},
    {"\"127.0.0.1:1812\"]", "\"127.0.0.1:1812\", \"127.0.0.1:1813\"]\naccounting = \"acknowledge\"",
     "validation_server[0] listens on 127.0.0.1:1813 already"},
    {"\"127.0.0.1:1812\"]", "\"127.0.0.1:1812\"]\naccounting = \"yes\"",
     "f:13: validation_server[0].accounting: expected one of"},
    {"\"127.0.0.1:1812\"]", "\"127.0.0.1:1812\"]\nlook_up_user = false",
     "f:13: validation_server[0].look_up_user: expected only with mode"},
    {"\"127.0.0.1:1812\"]", "\"127.0.0.1:1812\"]\nuser_stores = [\"corp\", \"corp\"]",
     "expected each user store once"},
    {"[[validation_server.client]]", "[[validation_server.clients]]", "did you mean \"client\"?"},
    {"[[validation_server.client]]", "[[validation_server.clients]]",
     "f:10: validation_server[0].client: expected at least one"},
    {"[\"192.0.2.0/24\"]", "[\"192.0.2.0/33\"]",
     "f:16: validation_server[0].client[0].addresses[0]: expected a prefix length from 0 to 32"},
    {"[\"192.0.2.0/24\"]", "[\"gate.example.com\"]",
     "f:16: validation_server[0].client[0].addresses[0]: expected an address or a prefix"},
    {"[\"192.0.2.0/24\"]", "[\"2001:db8::1/32\"]", "expected a prefix without host bits: \"2001:db8::/32\""},
    {"[\"192.0.2.0/24\"]", "[\"192.0.2.0/24\", \"::ffff:192.0.2.0/120\"]",
     "expected ::ffff:192.0.2.0/120 only once: client[0]"},
    {"secret", "message_authenticator = \"observe\"\nsecret",
     "f:17: validation_server[0].client[0].observe_until: expected a date"},
    {"secret", "observe_until = 2027-01-01\nsecret",
     "f:17: validation_server[0].client[0].observe_until: expected only with"},
    {"secret", "message_authenticator = \"observe\"\nobserve_until = \"2027-02-30\"\nsecret",
     "f:18: validation_server[0].client[0].observe_until: expected a date, like"},
    {"secret", "join_retries = \"always\"\nsecret",
     "expected one of \"same_packet\", \"same_station\", \"same_login\""},
    {"secret", "timeout = \"500ms\"\ntries = 1\nsecret",
     "f:17: validation_server[0].client[0].timeout: expected timeout x tries of at least 1s"},
    {"secret = \"0123456789abcdef\"", "secret = 12345678",
     "f:17: validation_server[0].client[0].secret: expected a secret as a text"},
    {"secret = \"0123456789abcdef\"", "secret = \"\"",
     "f:17: validation_server[0].client[0].secret: expected a secret"},
    {"secret = \"0123456789abcdef\"", "secret = \"env:\"", "expected the name of an environment variable"},
};

TEST(GatewaySettings, each_mistake_is_named_with_its_line_and_key) {
  for (const auto& one : changes_that_are_mistakes)
    EXPECT_THAT(mistakes_of(changed(one.from, one.to)), Contains(HasSubstr(one.mistake))) << one.to;
}

TEST(GatewaySettings, two_servers_may_not_listen_on_one_address) {
  const auto second =
      small_file() +
      "[[validation_server]]\nname = \"vpn\"\nlisten = [\"127.0.0.1:1812\"]\n"
      "[[validation_server.client]]\nname = \"g\"\naddresses = [\"::/0\"]\nsecret = \"0123456789abcdef\"\n"
      "[[validation_server.client]]\nname = \"g\"\naddresses = [\"::1\"]\nsecret = \"0123456789abcdef\"\n";
  EXPECT_THAT(
      mistakes_of(second),
      ElementsAre(
          "f:19: validation_server[1].name: expected another name: validation_server[0] has \"vpn\" already",
          "f:20: validation_server[1].listen: expected an address that nobody else has: validation_server[0] "
          "listens on "
          "127.0.0.1:1812 already",
          "f:26: validation_server[1].client[1].name: expected another name: client[0] has \"g\" already"));
}

TEST(GatewaySettings, a_server_that_looks_users_up_needs_stores_that_can_be_searched_without_a_password) {
  auto text = changed("base_dn", "bind_name = \"%s@ex.test\"\nbase_dn");
  EXPECT_THAT(mistakes_of(text), ElementsAre());
  text.insert(text.find("name = \"vpn\""), "mode = \"code\"\n");
  EXPECT_THAT(mistakes_of(text), ElementsAre(HasSubstr("nobody can be looked up in \"corp\"")));
  text.insert(text.find("name = \"vpn\""), "look_up_user = false\n");
  EXPECT_THAT(mistakes_of(text), ElementsAre());
}

TEST(GatewaySettings, a_server_that_checks_passwords_needs_a_user_store_and_one_that_does_not_does_not) {
  auto text = small_file();
  text.erase(text.find("[[user_store]]"), text.find("[[validation_server]]") - text.find("[[user_store]]"));
  EXPECT_THAT(mistakes_of(text),
              ElementsAre(HasSubstr("f:5: validation_server[0].user_stores: expected a [[user_store]]")));
  const auto at = text.find("name = \"vpn\"");
  auto code = text;
  code.insert(at, "mode = \"code\"\n");
  EXPECT_THAT(mistakes_of(code), ElementsAre(HasSubstr("or look_up_user = false")));
  code.insert(at, "look_up_user = false\n");
  EXPECT_THAT(mistakes_of(code), ElementsAre());
}

TEST(GatewaySettings, an_empty_file_is_told_what_it_lacks) {
  EXPECT_THAT(mistakes_of(""),
              ElementsAre("f:1: validation_server: expected at least one [[validation_server]]"));
}

TEST(GatewaySettings, clear_text_to_loopback_or_where_it_is_asked_for_or_inside_start_tls_is_let_through) {
  for (const auto* urls :
       {"[\"ldap://localhost\"]", "[\"ldap://[::1]\"]", "[\"ldap://127.9.9.9:389\"]",
        "[\"ldap://dc1\"]\nstart_tls = true", "[\"ldap://dc1\"]\nallow_clear_text = true", "[\"ldaps://dc1\"]"})
    EXPECT_THAT(mistakes_of(changed("[\"ldap://127.0.0.1:3890\"]", urls)), ElementsAre()) << urls;
}

constexpr base::WallTime last_day =
    std::chrono::sys_days(std::chrono::year(2027) / 1 / 1) + std::chrono::hours(23);

TEST(GatewaySettings, warnings_name_what_is_allowed_and_unwise) {
  EXPECT_TRUE(warnings(*parse_gateway(changed("certificate_file", "ca_file = \"ca.pem\"\ncertificate_file"),
                                      good_sources()),
                       last_day)
                  .empty());
  auto text = changed(
      "urls = [\"ldap://127.0.0.1:3890\"]",
      "urls = [\"ldap://dc1\", \"ldaps://dc2\"]\nallow_clear_text = true\nskip_when_unreachable = true");
  const std::string secret = "secret = \"0123456789abcdef\"";
  text.replace(text.find(secret), secret.size(),
               "secret = \"12345678\"\ntimeout = \"2s\"\nmessage_authenticator = \"observe\"\nobserve_until = "
               "2027-01-01");
  text += "[metrics]\nlisten = \"0.0.0.0:9464\"\n";
  const auto gateway = parse_gateway(text, good_sources());
  ASSERT_TRUE(gateway.has_value()) << gateway.error().front().to_string("f");
  std::vector<std::string> keys;
  for (const auto& warning : warnings(*gateway, last_day)) {
    keys.push_back(warning.key);
    EXPECT_THAT(warning.what, testing::Not(HasSubstr("12345678")));
  }
  EXPECT_THAT(keys,
              ElementsAre("metrics.listen", "service.ca_file", "user_store[0].allow_clear_text",
                          "user_store[0].ca_file", "user_store[0].skip_when_unreachable",
                          "validation_server[0].client[0].timeout", "validation_server[0].client[0].secret",
                          "validation_server[0].client[0].message_authenticator"));
  EXPECT_THAT(warnings(*gateway, last_day)[5].what,
              HasSubstr("on the client itself set its time-out for one try to 3s (with 3 tries)"));
  EXPECT_THAT(warnings(*gateway, last_day)[7].what, HasSubstr("until 2027-01-01: its answers"));
  EXPECT_THAT(warnings(*gateway, last_day + std::chrono::hours(1))[7].what,
              HasSubstr("though observe_until = 2027-01-01 is past"));
}

}  // namespace
}  // namespace sallyport::settings
