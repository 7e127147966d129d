#include <gmock/gmock.h>

#include "app/settings_file.h"
#include "radius/attribute_value.h"
#include "store/file.h"
#include "store/folder_test.h"

namespace sallyport::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The certificates that the files name are not there: that is told too, and not looked at here.
class NamedFiles : public store::Folder {
 protected:
  std::string mistakes_of_gateway(const std::string& server_lines, const std::string& store,
                                  const std::string& top = "") {
    return mistakes(top + "[service]\nurl = \"https://vip.example.com/\"\ncertificate_file = \"vip.pem\"\n" +
                        "[[user_store]]\nname = \"corp\"\n" + store +
                        "[[validation_server]]\nname = \"vpn\"\nlisten = [\"127.0.0.1:0\"]\n" + server_lines +
                        "[[validation_server.client]]\nname = \"gate\"\naddresses = [\"::1\"]\n"
                        "secret = \"0123456789abcdef\"\n",
                    &reload_gateway_settings);
  }
  std::string mistakes_of_service(const std::string& database) {
    return mistakes("listen = [\"127.0.0.1:0\"]\ndatabase = \"" + database +
                        "\"\ncertificate_file = \"no.pem\"\nclient_ca_file = \"no.pem\"\n"
                        "secrets_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n"
                        "[[account]]\nid = \"example\"\n[[account.certificate]]\nsubject = \"CN=gate\"\n",
                    &reload_authservice_settings);
  }

  static constexpr auto ldap = "urls = [\"ldap://127.0.0.1\"]\nbase_dn = \"dc=ex,dc=test\"\n";

 private:
  template <class Load>
  std::string mistakes(const std::string& text, Load load) {
    EXPECT_TRUE(store::write_atomically(at("f"), text));
    const auto loaded = load(at("f"));
    return loaded ? "" : loaded.error().what;
  }
};

TEST_F(NamedFiles, a_group_that_a_directory_cannot_know_is_named_by_line_and_key) {
  const auto both =
      "required_groups = [\"cn=a\", \"vpn\"]\n"
      "[[validation_server.reply_attribute]]\nname = \"Class\"\nvalue = \"x\"\ngroup = \"staff\"\n";
  EXPECT_THAT(mistakes_of_gateway(both, ldap),
              AllOf(HasSubstr("f:11: validation_server[0].required_groups[1]: expected a DN, like \"cn=vpn,"),
                    HasSubstr("f:15: validation_server[0].reply_attribute[0].group: expected a DN"),
                    Not(HasSubstr("required_groups[0]"))));
  ASSERT_TRUE(store::write_atomically(at("users"), "@vpn:\n"));
  EXPECT_THAT(mistakes_of_gateway(both, "kind = \"file\"\nfile = \"users\"\n"), Not(HasSubstr("DN")));
}

TEST_F(NamedFiles, a_reply_attribute_that_no_reply_can_carry_is_named_by_line_and_key) {
  const auto with = [this](const std::string& lines) {
    return mistakes_of_gateway("[[validation_server.reply_attribute]]\n" + lines, ldap);
  };
  const std::string place = "f:12: validation_server[0].reply_attribute[0].";
  EXPECT_THAT(with("name = \"Filter-ID-X\"\nvalue = \"x\"\n"),
              HasSubstr(place + "name: expected one of User-"));
  EXPECT_THAT(with("name = \"User-Password\"\nfrom = \"mail\"\n"), HasSubstr(place + "name: expected one of"));
  EXPECT_THAT(with("value = \"abc\"\nname = \"Session-Timeout\"\n"),
              HasSubstr(place + "value: expected a whole number from 0 to 4294967295"));
  EXPECT_THAT(with("value = \"zz\"\nvendor = 9\nnumber = 1\ntype = \"octets\"\n"),
              HasSubstr(place + "value: expected octets in hexadecimal"));
  EXPECT_THAT(with("name = \"Filter-Id\"\nvalue = \"staff\"\n"), Not(HasSubstr("reply_attribute")));
}

TEST_F(NamedFiles, the_documents_list_the_names_that_reply_attributes_have) {
  const auto refused = radius::reply_attribute("no-such").error().what;  // "one of User-Name, ...; others ..."
  const auto names = refused.substr(7, refused.find(';') - 7);
  EXPECT_THAT(settings::settings_markdown(), HasSubstr("A standard attribute: " + names + "."));
}

TEST_F(NamedFiles, a_search_base_for_groups_that_is_no_dn_is_named_by_line_and_key) {
  EXPECT_THAT(mistakes_of_gateway("", ldap + std::string("group_base_dn = \"groups\"\n")),
              HasSubstr("f:8: user_store[0].group_base_dn: "));
}

TEST_F(NamedFiles, a_log_file_without_its_folder_is_named_by_line_and_key_and_none_is_made) {
  EXPECT_THAT(mistakes_of_gateway("", ldap, "[log]\nfile = \"no/a.log\"\naudit_file = \"no/b.log\"\n"),
              AllOf(HasSubstr("f:2: log.file: expected a file that can be written"),
                    HasSubstr("f:3: log.audit_file: expected a file that can be written")));
  EXPECT_THAT(mistakes_of_gateway("", ldap, "[log]\nfile = \"a.log\"\n"), Not(HasSubstr("log.file")));
  EXPECT_THAT(mistakes_of_gateway("", ldap, "[log]\nfile = \"-\"\n"), Not(HasSubstr("log.file")));
  EXPECT_FALSE(std::filesystem::exists(at("a.log")));
}

TEST_F(NamedFiles, what_continuity_keeps_needs_a_folder_of_its_own_that_nobody_else_may_enter) {
  const auto with = [this](const std::string& keys) {
    return mistakes_of_gateway("", ldap, "[continuity]\n" + keys);
  };
  EXPECT_THAT(with("folder = \"no\"\n"),
              HasSubstr("f:2: continuity.folder: expected a folder that is there: "));
  std::filesystem::create_directory(at("open"));
  std::filesystem::permissions(at("open"), std::filesystem::perms(0755));
  EXPECT_THAT(with("folder = \"open\"\n"),
              HasSubstr("f:2: continuity.folder: expected a folder that nobody but"));
  std::filesystem::permissions(at("open"), std::filesystem::perms(0700));
  EXPECT_THAT(with("folder = \"open\"\n"), Not(HasSubstr("continuity")));
  EXPECT_THAT(with("control_socket = \"no/control\"\n"), HasSubstr("f:2: continuity.control_socket: expected"));
  ASSERT_TRUE(store::write_atomically(at("a.pem"), "no certificate"));
  for (const auto* file : {"no.pem", "a.pem"})
    EXPECT_THAT(with("auditor_certificate_file = \"" + std::string(file) + "\"\n"),
                HasSubstr("f:2: continuity.auditor_certificate_file: expected a certificate in PEM: "));
}

TEST_F(NamedFiles, a_notice_names_a_program_that_can_be_run) {
  const auto with = [this](const std::string& program) {
    return mistakes_of_gateway(
        "", ldap, "[[continuity.notice]]\nname = \"a\"\nkind = \"command\"\nargv = [\"" + program + "\"]\n");
  };
  EXPECT_THAT(with("/no/such/program"),
              HasSubstr("f:4: continuity.notice[0].argv: expected a program that can be"));
  EXPECT_THAT(with("/bin/true"), Not(HasSubstr("notice")));
}

TEST_F(NamedFiles, a_ladder_is_for_a_group_that_the_directory_can_know) {
  EXPECT_THAT(mistakes_of_gateway(
                  "continuity_excluded_groups = [\"cn=a\", \"admins\"]\n[[validation_server.ladder_for]]\n"
                  "group = \"staff\"\nladder = [\"deny\"]\n",
                  ldap),
              AllOf(HasSubstr("f:11: validation_server[0].continuity_excluded_groups[1]: expected a DN"),
                    HasSubstr("f:13: validation_server[0].ladder_for[0].group: expected a DN")));
}

TEST_F(NamedFiles, a_database_without_its_folder_is_named_by_line_and_key) {
  EXPECT_THAT(mistakes_of_service("no/db"),
              HasSubstr("f:2: database: expected a file that can be written: " + at("no")));
  EXPECT_THAT(mistakes_of_service("db"), Not(HasSubstr("database")));
}

}  // namespace
}  // namespace sallyport::app
