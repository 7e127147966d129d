#include "settings/continuity.h"

#include <gmock/gmock.h>

#include "settings/example_files_test.h"

namespace sallyport::settings {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Lines 1 to 11 end with the server's own keys; `tables` come behind its client.
std::string file(const std::string& server_keys, const std::string& tables = "") {
  return "[service]\nurl = \"https://vip.example.com/\"\ncertificate_file = \"vip.pem\"\nca_file = \"ca.pem\"\n"
         "[[user_store]]\nname = \"corp\"\nurls = [\"ldap://127.0.0.1\"]\nbase_dn = \"dc=example\"\n"
         "[[validation_server]]\nname = \"vpn\"\nlisten = [\"127.0.0.1:1812\"]\n" +
         server_keys +
         "[[validation_server.client]]\nname = \"gate\"\naddresses = [\"::1\"]\nsecret = "
         "\"0123456789abcdef\"\n" +
         tables;
}

constexpr auto place = "[continuity]\nfolder = \"continuity\"\n";
constexpr auto automatic = "continuity = \"automatic\"\n";
constexpr auto blind = "mode = \"code\"\nlook_up_user = false\n";
constexpr auto pin = "mode = \"pin_code\"\n";

std::vector<std::string> mistakes_of(const std::string& toml) {
  std::vector<std::string> out;
  const auto parsed = parse_gateway(toml, good_sources());
  if (!parsed)
    for (const auto& mistake : parsed.error()) out.push_back(mistake.to_string("f"));
  return out;
}

Gateway parsed(const std::string& toml) {
  auto gateway = parse_gateway(toml, good_sources());
  EXPECT_TRUE(gateway.has_value()) << gateway.error().front().to_string("f");
  return gateway ? std::move(*gateway) : Gateway();
}

ValidationServer server_of(const std::string& toml) {
  auto gateway = parsed(toml);
  return gateway.validation_servers.empty() ? ValidationServer() : gateway.validation_servers[0];
}

TEST(ContinuitySettings, are_off_and_need_nothing_where_nothing_is_said) {
  const auto gateway = parsed(file(""));
  const auto& server = gateway.validation_servers.at(0);
  EXPECT_EQ(server.continuity, ContinuityMode::disabled);
  EXPECT_THAT(server.ladder, ElementsAre(Rung::any_code));
  EXPECT_THAT(server.ladders, IsEmpty());
  EXPECT_EQ(server.recent_days, std::chrono::days(7));
  EXPECT_EQ(server.continuity_limit, minutes(0));
  EXPECT_EQ(server.continuity_session_timeout, seconds(0));
  EXPECT_FALSE(server.continuity_class);
  EXPECT_EQ(gateway.continuity.profile, Continuity::article);
  EXPECT_EQ(gateway.continuity.worry, seconds(1));
  EXPECT_EQ(gateway.continuity.threshold, seconds(5));
  EXPECT_EQ(gateway.continuity.probe_interval, seconds(10));
  EXPECT_EQ(gateway.continuity.folder, "");
  EXPECT_EQ(control_socket_of(gateway.continuity), "");
  EXPECT_THAT(warnings(gateway, {}), IsEmpty());
}

TEST(ContinuitySettings, say_what_they_say) {
  const auto gateway = parsed(file(
      std::string(automatic) +
          "ladder = [\"recent_success\", \"deny\"]\nrecent_days = 14\nfirst_factor_elsewhere = false\n"
          "continuity_excluded_groups = [\"cn=admins\"]\ncontinuity_limit = \"4h\"\n"
          "continuity_logins_per_user = 20\ncontinuity_logins_alarm = 1000\ncontinuity_class = true\n"
          "continuity_session_timeout = \"2h\"\n[[validation_server.ladder_for]]\ngroup = \"cn=staff\"\n"
          "ladder = [\"any_code\"]\n[[validation_server.ladder_for]]\nattribute = \"employeeType\"\n"
          "value = \"contractor\"\nladder = [\"silent\"]\n",
      "[continuity]\nprofile = \"strict\"\nworry = \"1500ms\"\nthreshold = \"8s\"\nprobe_interval = \"30s\"\n"
      "folder = \"continuity\"\ncontrol_socket = \"/run/control\"\nauditor_certificate_file = \"a.pem\"\n"
      "canary_user = \"canary\"\n"));
  const auto& server = gateway.validation_servers.at(0);
  EXPECT_EQ(server.continuity, ContinuityMode::automatic);
  EXPECT_THAT(server.ladder, ElementsAre(Rung::recent_success, Rung::deny));
  EXPECT_EQ(server.recent_days, std::chrono::days(14));
  EXPECT_THAT(server.continuity_excluded_groups, ElementsAre("cn=admins"));
  EXPECT_EQ(server.continuity_limit, minutes(240));
  EXPECT_EQ(server.continuity_logins_per_user, 20);
  EXPECT_EQ(server.continuity_logins_alarm, 1000);
  EXPECT_TRUE(server.continuity_class);
  EXPECT_EQ(server.continuity_session_timeout, seconds(7200));
  ASSERT_EQ(server.ladders.size(), 2U);
  EXPECT_EQ(server.ladders[0].group, "cn=staff");
  EXPECT_THAT(server.ladders[0].ladder, ElementsAre(Rung::any_code));
  EXPECT_EQ(server.ladders[1].attribute, "employeeType");
  EXPECT_EQ(server.ladders[1].value, "contractor");
  const auto& continuity = gateway.continuity;
  EXPECT_EQ(continuity.profile, Continuity::strict);
  EXPECT_EQ(continuity.worry, milliseconds(1500));
  EXPECT_EQ(continuity.folder, "/etc/sallyport/continuity");
  EXPECT_EQ(control_socket_of(continuity), "/run/control");
  EXPECT_EQ(continuity.auditor_certificate_file, "/etc/sallyport/a.pem");
  EXPECT_EQ(continuity.canary_user, "canary");
}

TEST(ContinuitySettings, the_control_socket_lies_in_the_folder_where_no_other_place_is_named) {
  EXPECT_EQ(control_socket_of(parsed(file(automatic, place)).continuity), "/etc/sallyport/continuity/control");
}

TEST(ContinuitySettings, the_control_socket_is_found_in_a_file_with_other_mistakes_and_without_its_secrets) {
  const auto of = [](const std::string& toml) { return parse_control_socket(toml, "/etc/sallyport"); };
  EXPECT_EQ(of(std::string("wrong = 1\n") + place), "/etc/sallyport/continuity/control");
  EXPECT_EQ(of("[continuity]\ncontrol_socket = \"/run/c\"\nworry = 7\n"), "/run/c");
  EXPECT_EQ(of("[continuity]\nfolder = \"c\"\n[[continuity.notice]]\nname = \"a\"\nkind = \"webhook\"\n"
               "url = \"https://a\"\nsignature_key = \"env:NOT_SET\"\n"),
            "/etc/sallyport/c/control");
  const auto none = of("[service]\n");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().front().to_string("f"),
            "f:1: continuity: expected folder or control_socket: this gateway takes no commands");
  EXPECT_FALSE(of("[continuity"));
}

TEST(ContinuitySettings, a_server_that_may_use_them_needs_a_folder_and_the_service) {
  const std::string wrong =
      "continuity.folder: expected this key: state and record lie there, and "
      "validation_server[0] has continuity = ";
  EXPECT_THAT(mistakes_of(file(automatic)), ElementsAre("f:12: " + wrong + "\"automatic\""));
  EXPECT_THAT(mistakes_of(file("continuity = \"enabled\"\n", "[continuity]\nworry = \"1s\"\n")),
              ElementsAre("f:17: " + wrong + "\"enabled\""));
  EXPECT_THAT(mistakes_of(file("continuity = \"disabled\"\n")), IsEmpty());
  EXPECT_THAT(mistakes_of(file(automatic, "[continuity]\nfolder = \"\"\n")),
              ElementsAre("f:18: continuity.folder: expected a path"));
  auto without = file(automatic, place);
  without.erase(0, without.find("[[user_store]]"));
  EXPECT_THAT(mistakes_of(without), ElementsAre(HasSubstr("service: expected a table [service]")));
}

TEST(ContinuitySettings, nothing_stands_in_a_ladder_that_is_never_reached) {
  const auto with = [](const std::string& ladder) { return mistakes_of(file("ladder = " + ladder + "\n")); };
  const std::string at = "f:12: validation_server[0].ladder";
  for (const auto* good : {"[\"any_code\"]", "[\"recent_success\", \"any_code\"]", "[\"deny\"]", "[\"silent\"]",
                           "[\"recent_success\", \"silent\"]", "[\"any_code\", \"deny\"]"})
    EXPECT_THAT(with(good), IsEmpty()) << good;
  EXPECT_THAT(with("[]"), ElementsAre(at + ": expected a list with at least one text"));
  EXPECT_THAT(with("\"deny\""), ElementsAre(HasSubstr(at + ": expected a list of texts")));
  EXPECT_THAT(with("[\"anycode\"]"), ElementsAre(HasSubstr(at + "[0]: expected one of \"any_code\", ")));
  EXPECT_THAT(with("[\"verified_code\"]"),
              ElementsAre(HasSubstr(at + "[0]: expected another rung: verified_code needs codes")));
  EXPECT_THAT(with("[\"deny\", \"deny\"]"), ElementsAre(at + ": expected \"deny\" only once"));
  EXPECT_THAT(with("[\"deny\", \"any_code\"]"),
              ElementsAre(at + ": expected \"any_code\" before \"deny\", behind which it is never reached"));
  EXPECT_THAT(with("[\"silent\", \"deny\"]"), ElementsAre(HasSubstr("expected \"deny\" before \"silent\"")));
  EXPECT_THAT(with("[\"any_code\", \"recent_success\"]"),
              ElementsAre(HasSubstr("expected \"recent_success\" before \"any_code\"")));
}

TEST(ContinuitySettings, a_pin_that_only_the_service_knows_lets_nobody_in) {
  EXPECT_THAT(server_of(file(pin)).ladder, ElementsAre(Rung::deny));
  EXPECT_THAT(server_of(file(std::string(pin) + automatic, place)).ladder, ElementsAre(Rung::deny));
  EXPECT_THAT(server_of(file(std::string(pin) + "ladder = [\"silent\"]\n")).ladder, ElementsAre(Rung::silent));
  for (const auto* rung : {"any_code", "recent_success"})
    EXPECT_THAT(
        mistakes_of(file(pin + ("ladder = [\"" + std::string(rung)) + "\"]\n")),
        ElementsAre(HasSubstr("f:13: validation_server[0].ladder: expected only \"deny\" or \"silent\"")));
  EXPECT_THAT(
      mistakes_of(file(pin + std::string("[[validation_server.ladder_for]]\ngroup = \"cn=a\"\n"
                                         "ladder = [\"any_code\"]\n"))),
      ElementsAre(HasSubstr("f:15: validation_server[0].ladder_for[0].ladder: expected only \"deny\"")));
}

TEST(ContinuitySettings, digits_alone_let_nobody_in_unless_the_client_has_checked_a_password) {
  const auto with = [](const std::string& keys) { return mistakes_of(file(blind + keys, place)); };
  EXPECT_THAT(server_of(file(blind)).ladder, ElementsAre(Rung::deny)) << "it can be switched on by hand";
  EXPECT_THAT(with(automatic), ElementsAre(HasSubstr("f:14: validation_server[0].ladder: expected a list of "
                                                     "\"deny\" or \"silent\", or first_factor_elsewhere")));
  for (const auto* rung : {"any_code", "recent_success"})
    EXPECT_THAT(with("ladder = [\"" + std::string(rung) + "\"]\n"),
                ElementsAre(HasSubstr("f:14: validation_server[0].ladder: expected a list of \"deny\"")));
  EXPECT_THAT(with(automatic + std::string("ladder = [\"deny\"]\n")), IsEmpty());
  EXPECT_THAT(with(automatic + std::string("first_factor_elsewhere = true\n")), IsEmpty());
  EXPECT_THAT(server_of(file(blind + std::string("first_factor_elsewhere = true\n"))).ladder,
              ElementsAre(Rung::any_code));
  EXPECT_THAT(mistakes_of(file("mode = \"code\"\ncontinuity = \"automatic\"\n", place)), IsEmpty());
  for (const auto* mode : {"mode = \"code\"\n", "", pin})
    EXPECT_THAT(mistakes_of(file(mode + std::string("first_factor_elsewhere = true\n"))),
                ElementsAre(HasSubstr("first_factor_elsewhere: expected only with mode = \"code\" and")));
}

TEST(ContinuitySettings, groups_and_attributes_are_asked_only_of_users_who_are_looked_up) {
  EXPECT_THAT(
      mistakes_of(file(blind + std::string("continuity_excluded_groups = [\"cn=a\"]\n"))),
      ElementsAre("f:14: validation_server[0].continuity_excluded_groups: expected only where users are "
                  "looked up"));
  EXPECT_THAT(mistakes_of(file(blind + std::string("[[validation_server.ladder_for]]\ngroup = \"cn=a\"\n"
                                                   "ladder = [\"deny\"]\n"))),
              ElementsAre("f:14: validation_server[0].ladder_for: expected only where users are looked up"));
}

TEST(ContinuitySettings, a_ladder_for_some_is_for_a_group_or_for_a_value) {
  const auto with = [](const std::string& keys) {
    return mistakes_of(file("[[validation_server.ladder_for]]\n" + keys));
  };
  const std::string either = "f:12: validation_server[0].ladder_for[0]: expected either group, or attribute";
  const std::string deny = "ladder = [\"deny\"]\n", group = "group = \"cn=a\"\n";
  EXPECT_THAT(with(group + deny), IsEmpty());
  EXPECT_THAT(with("attribute = \"mail\"\nvalue = \"a\"\n" + deny), IsEmpty());
  EXPECT_THAT(with(deny), ElementsAre(HasSubstr(either)));
  EXPECT_THAT(with("attribute = \"mail\"\n" + deny), ElementsAre(HasSubstr(either)));
  EXPECT_THAT(with("value = \"a\"\n" + deny), ElementsAre(HasSubstr(either)));
  EXPECT_THAT(with(group + "value = \"a\"\n" + deny), ElementsAre(HasSubstr(either)));
  EXPECT_THAT(with("attribute = \"a b\"\nvalue = \"a\"\n" + deny),
              ElementsAre(HasSubstr("ladder_for[0].attribute: expected the name of an attribute")));
  EXPECT_THAT(with(group), ElementsAre(HasSubstr("ladder_for[0].ladder: expected this key")));
  EXPECT_THAT(with(group + "ladder = []\n"), ElementsAre(HasSubstr("at least one")));
}

TEST(ContinuitySettings, numbers_have_bounds_and_the_first_doubt_comes_before_the_last) {
  const auto with = [](const std::string& keys) { return mistakes_of(file("", "[continuity]\n" + keys)); };
  EXPECT_THAT(with("worry = \"2s\"\nthreshold = \"2s\"\n"),
              ElementsAre("f:17: continuity.worry: expected worry (2s) below threshold (2s)"));
  EXPECT_THAT(with("threshold = \"1s\"\n"),
              ElementsAre("f:17: continuity.threshold: expected worry (1s) below threshold (1s)"));
  EXPECT_THAT(with("worry = \"5s\"\n"),
              Contains(HasSubstr("f:17: continuity.worry: expected a duration from")));
  EXPECT_THAT(with("threshold = \"20s\"\n"), ElementsAre(HasSubstr("from 1s to 12s, found 20s")));
  EXPECT_THAT(with("probe_interval = \"1ms\"\n"), ElementsAre(HasSubstr("continuity.probe_interval")));
  EXPECT_THAT(with("profile = \"lax\"\n"), ElementsAre(HasSubstr("one of \"article\", \"strict\"")));
  EXPECT_THAT(with("canary_user = \"\"\n"), ElementsAre(HasSubstr("a user id of 1 to 128")));
  EXPECT_THAT(with("canary_user = \"a b\"\n"), ElementsAre(HasSubstr("a user id of 1 to 128")));
  EXPECT_THAT(
      with("control_socket = \"/" + std::string(107, 'x') + "\"\n"),
      ElementsAre(HasSubstr("f:17: continuity.control_socket: expected a path of the control socket of at "
                            "most 107 octets, found 108")));
  EXPECT_THAT(with("folder = \"/" + std::string(100, 'x') + "\"\n"),
              ElementsAre(HasSubstr("f:17: continuity.folder: expected a path of the control socket")));
  EXPECT_THAT(mistakes_of(file("recent_days = 0\n")), ElementsAre(HasSubstr("from 1 to 90, found 0")));
  EXPECT_THAT(mistakes_of(file("continuity_limit = \"90s\"\n")),
              ElementsAre(HasSubstr("expected a duration from 0s to 7d in whole minutes, found 90s")));
  EXPECT_THAT(mistakes_of(file("continuity = \"on\"\n")),
              ElementsAre(HasSubstr("one of \"disabled\", \"automatic\", \"enabled\"")));
}

TEST(ContinuitySettings, say_what_some_causes_mean) {
  const auto causes = parsed(file("")).continuity.causes;
  EXPECT_EQ(causes.own_certificate_expired, std::nullopt);
  EXPECT_EQ(causes.service_certificate_expired, std::nullopt);
  EXPECT_EQ(causes.http_error, Meaning::outage);
  EXPECT_EQ(causes.service_error, Meaning::outage);
  EXPECT_EQ(causes.throttled, Meaning::load);
  const auto set = parsed(file("",
                               "[continuity]\nprofile = \"strict\"\n[continuity.causes]\n"
                               "own_certificate_expired = \"outage\"\nservice_certificate_expired = \"alarm\"\n"
                               "http_error = \"alarm\"\nservice_error = \"alarm\"\nthrottled = \"alarm\"\n"))
                       .continuity.causes;
  EXPECT_EQ(set.own_certificate_expired, Meaning::outage);
  EXPECT_EQ(set.service_certificate_expired, Meaning::alarm);
  EXPECT_EQ(set.http_error, Meaning::alarm);
  EXPECT_EQ(set.service_error, Meaning::alarm);
  EXPECT_EQ(set.throttled, Meaning::alarm);
}

TEST(ContinuitySettings, causes_that_mean_what_they_mean_are_refused) {
  const auto with = [](const std::string& keys) {
    return mistakes_of(file("", "[continuity.causes]\n" + keys + "\n"));
  };
  EXPECT_THAT(
      with("service_not_trusted = \"outage\""),
      ElementsAre("f:17: continuity.causes.service_not_trusted: expected no such key, for "
                  "service_not_trusted is always an alarm and never an outage: somebody may have meant it"));
  for (const char* cause : {"own_certificate_refused", "refused_by_service", "redirected", "clock_doubtful"})
    EXPECT_THAT(with(cause + std::string(" = \"outage\"")), ElementsAre(HasSubstr("always an alarm"))) << cause;
  EXPECT_THAT(with("refused = \"alarm\""), ElementsAre(HasSubstr("always an outage")));
  EXPECT_THAT(with("local = \"outage\""), ElementsAre(HasSubstr("never an outage")));
  EXPECT_THAT(with("throttled = \"outage\""), ElementsAre(HasSubstr("one of \"load\", \"alarm\"")));
  EXPECT_THAT(with("service_error = \"load\""), ElementsAre(HasSubstr("one of \"outage\", \"alarm\"")));
  EXPECT_THAT(with("http_eror = \"alarm\""), ElementsAre(HasSubstr("did you mean \"http_error\"?")));
  EXPECT_THAT(with("http_error = true\nreset = \"alarm\""), testing::SizeIs(2));
  EXPECT_THAT(mistakes_of(file("", "[continuity]\ncauses = [\"refused\"]\n")),
              ElementsAre(HasSubstr("f:17: continuity.causes: expected a table")));
}

TEST(ContinuitySettings, notices_go_to_a_program_a_webhook_or_mail) {
  const auto gateway = parsed(
      file("",
           "[[continuity.notice]]\nname = \"a\"\nkind = \"command\"\nargv = [\"/bin/tell\"]\n"
           "[[continuity.notice]]\nname = \"b\"\nkind = \"webhook\"\nurl = \"https://hooks.example.com/\"\n"
           "signature_key = \"env:HOOK\"\n[[continuity.notice]]\nname = \"c\"\nkind = \"smtp\"\n"
           "host = \"mail.example.com\"\nfrom = \"gate@example.com\"\nto = [\"a@example.com\", "
           "\"b@example.com\"]\n"));
  const auto& notices = gateway.continuity.notices;
  ASSERT_EQ(notices.size(), 3U);
  EXPECT_THAT(notices[0].argv, ElementsAre("/bin/tell"));
  EXPECT_EQ(notices[0].time_limit, seconds(10));
  EXPECT_EQ(notices[1].signature_key.reveal(), "sixteen octets or more of HOOK");
  EXPECT_EQ(notices[2].port, 587);
  EXPECT_THAT(notices[2].kinds, ElementsAre(DeliveryKind::notice));
  EXPECT_THAT(notices[2].to, ElementsAre("a@example.com", "b@example.com"));
  EXPECT_EQ(notices[2].body, "{text}");
}

TEST(ContinuitySettings, a_notice_is_checked_as_a_channel_of_delivery_is) {
  const auto with = [](const std::string& keys) {
    return mistakes_of(file("", "[[continuity.notice]]\nname = \"a\"\n" + keys));
  };
  const std::string smtp = "kind = \"smtp\"\nhost = \"h\"\nfrom = \"a@b\"\n";
  const std::string command = "kind = \"command\"\nargv = [\"/bin/tell\"]\n";
  EXPECT_THAT(with("kind = \"command\"\nargv = [\"tell\"]\n"),
              ElementsAre("f:19: continuity.notice[0].argv: expected the absolute path of a program first"));
  EXPECT_THAT(with("kind = \"webhook\"\nurl = \"http://hooks.example.com/\"\n"),
              ElementsAre(HasSubstr("notice[0].url: expected a URL like")));
  EXPECT_THAT(with("kind = \"webhook\"\nurl = \"http://127.0.0.1:81/\"\n"), IsEmpty());
  EXPECT_THAT(with(smtp), ElementsAre(HasSubstr("notice[0].to: expected this key")));
  EXPECT_THAT(with(smtp + "to = []\n"), ElementsAre(HasSubstr("notice[0].to: expected a list with at least")));
  EXPECT_THAT(with(smtp + "to = [\"b\"]\n"),
              ElementsAre(HasSubstr("notice[0].to[0]: expected a mail address")));
  EXPECT_THAT(with(command + "to = [\"a@b\"]\n"),
              ElementsAre(HasSubstr("to: expected only with another kind")));
  EXPECT_THAT(with(command + "kinds = [\"sms\"]\n"), ElementsAre(HasSubstr("expected a key that exists")));
  EXPECT_THAT(with(command + "[[continuity.notice]]\nname = \"a\"\n" + command),
              ElementsAre(HasSubstr("notice[1].name: expected another name")));
}

std::vector<Warning> warnings_of(const std::string& keys, const std::string& tables = "") {
  auto all = warnings(parsed(file(automatic + keys, place + tables)), {});
  std::erase_if(all, [](const auto& one) { return !one.key.starts_with("validation_server[0]"); });
  return all;
}

TEST(ContinuityWarnings, say_what_whoever_cuts_every_path_needs_and_what_is_better) {
  const auto any = warnings_of("");
  ASSERT_EQ(any.size(), 1U);
  EXPECT_EQ(any[0].key, "validation_server[0].ladder");
  EXPECT_THAT(any[0].what, AllOf(HasSubstr("every path from every gateway to the service needs only a user's "
                                           "password and any 6 digits; better is \"recent_success\""),
                                 HasSubstr("then deny administrators: [[validation_server.ladder_for]]")));
  const auto code = warnings_of("mode = \"code\"\ncode_digits = 8\n");
  ASSERT_EQ(code.size(), 1U);
  EXPECT_THAT(code[0].what, HasSubstr("needs only a user's name (no password) and any 8 digits"));
}

TEST(ContinuityWarnings, recommend_deny_for_administrators_until_somebody_is_kept_out) {
  const auto recent = warnings_of("ladder = [\"recent_success\"]\n");
  ASSERT_EQ(recent.size(), 1U);
  EXPECT_THAT(recent[0].what,
              AllOf(HasSubstr("of a user who has signed in with both factors in the last 7 days"),
                    HasSubstr("; deny administrators"), Not(HasSubstr("better"))));
  EXPECT_THAT(warnings_of("ladder = [\"recent_success\"]\ncontinuity_excluded_groups = [\"cn=admins\"]\n"),
              IsEmpty());
  EXPECT_THAT(warnings_of("ladder = [\"recent_success\"]\n[[validation_server.ladder_for]]\ngroup = \"cn=a\"\n"
                          "ladder = [\"deny\"]\n"),
              IsEmpty());
  EXPECT_THAT(warnings_of("ladder = [\"deny\"]\n"), IsEmpty());
  const auto some = warnings_of(
      "ladder = [\"deny\"]\n[[validation_server.ladder_for]]\ngroup = \"cn=a\"\nladder = [\"any_code\"]\n");
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0].key, "validation_server[0].ladder_for[0].ladder");
}

TEST(ContinuityWarnings, name_a_server_that_asks_for_no_second_factor_and_one_that_checks_nothing) {
  const auto enabled = warnings(parsed(file("continuity = \"enabled\"\nladder = [\"deny\"]\n", place)), {});
  EXPECT_THAT(enabled.front().what,
              HasSubstr("no second factor is asked for as long as \"enabled\" stands here"));
  const auto elsewhere = warnings_of(blind + std::string("first_factor_elsewhere = true\n"));
  EXPECT_THAT(elsewhere.back().what, HasSubstr("this gateway checks nothing itself"));
  for (const auto& one : elsewhere)
    EXPECT_THAT(one.what, Not(HasSubstr("ladder_for"))) << "nobody is looked up";
}

TEST(ContinuityWarnings, name_what_nobody_would_hear_and_what_root_could_rewrite) {
  std::vector<std::string> keys;
  for (const auto& one : warnings(parsed(file(automatic + std::string("ladder = [\"deny\"]\n"), place)), {}))
    keys.push_back(one.key);
  EXPECT_THAT(keys, ElementsAre("continuity.notice", "continuity.auditor_certificate_file"));
  EXPECT_THAT(
      warnings(parsed(file(automatic + std::string("ladder = [\"deny\"]\n"),
                           place + std::string("auditor_certificate_file = \"a.pem\"\n[[continuity.notice]]\n"
                                               "name = \"a\"\nkind = \"command\"\nargv = [\"/bin/tell\"]\n"))),
               {}),
      IsEmpty());
}

TEST(ContinuityWords, say_for_everybody_what_a_ladder_grants) {
  EXPECT_THAT(continuity_words(server_of(file(""))),
              ElementsAre("everybody: let in with a user's password and any 6 digits"));
  EXPECT_THAT(continuity_words(server_of(file(pin))), ElementsAre("everybody: rejected"));
  EXPECT_THAT(
      continuity_words(server_of(
          file("ladder = [\"recent_success\"]\ncontinuity_excluded_groups = [\"cn=admins\"]\n"
               "[[validation_server.ladder_for]]\nattribute = \"employeeType\"\nvalue = \"guest\"\nladder = "
               "[\"silent\"]\n"))),
      ElementsAre("members of cn=admins: rejected", "users with employeeType = guest: left without an answer",
                  "everybody else: let in with a user's password and any 6 digits, of a user who has signed in "
                  "with both factors in the last 7 days through the same RADIUS client and from the same "
                  "Calling-Station-Id"));
}

}  // namespace
}  // namespace sallyport::settings
