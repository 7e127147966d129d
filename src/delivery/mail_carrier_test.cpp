#include <netinet/in.h>
#include <sys/socket.h>

#include "delivery/peers_test.h"

namespace sallyport::delivery {
namespace {

using settings::DeliveryChannelKind;
using settings::MailSecurity;
using testing::HasSubstr;
using testing::Not;

settings::DeliveryChannel mail_by(int port, MailSecurity security) {
  auto made = channel(DeliveryChannelKind::smtp, {Delivery::Kind::email});
  made.host = "localhost";
  made.port = static_cast<std::uint16_t>(port);
  made.security = security;
  made.ca_file = certificates() + "/ca.pem";
  made.from = "sallyport@example.com";
  made.subject = "Code für {user}";
  made.body = "Your code is {code}.\nIt is good for {minutes} minutes.\n";
  return made;
}

Delivery mail_to(const std::string& address, std::chrono::seconds life = 120s) {
  auto made = code_for(address, life);
  made.kind = Delivery::Kind::email;
  made.destination = address;
  return made;
}

std::vector<std::string> starttls(const std::string& file, const std::string& certificate = "server") {
  return {"mail", file, "--starttls", certificates() + "/" + certificate + ".pem",
          certificates() + "/" + certificate + ".key"};
}

TEST(MailCarrier, signs_in_under_starttls_and_is_understood) {
  const Folder folder;
  auto arguments = starttls(folder.file("got"));
  arguments.insert(arguments.end(), {"--password", "pass:word"});
  const PythonPeer peer(arguments);
  auto settings = mail_by(peer.port, MailSecurity::starttls);
  settings.user = "sallyport";
  settings.password = base::Secret("pass:word");
  Office office(std::move(settings));
  office.office.send(mail_to("alice@example.org"));
  ASSERT_TRUE(office.told("delivered alice"));
  const auto got = records(folder.file("got"));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at("tls"), true);
  EXPECT_EQ(got[0].at("signed_in"), true);
  EXPECT_EQ(got[0].at("hello"), "example.com");
  EXPECT_EQ(got[0].at("sender"), "sallyport@example.com");
  EXPECT_EQ(got[0].at("recipients"), boost::json::parse("[\"alice@example.org\"]"));
  EXPECT_EQ(got[0].at("headers").at("Subject"), "Code für alice@example.org");
  EXPECT_EQ(got[0].at("headers").at("To"), "alice@example.org");
  EXPECT_TRUE(got[0].at("headers").as_object().contains("Date"));
  EXPECT_THAT(std::string(got[0].at("headers").at("Message-ID").as_string()), HasSubstr("@example.com>"));
  EXPECT_EQ(got[0].at("body"), "Your code is 583920.\r\nIt is good for 2 minutes.\r\n");
  EXPECT_TRUE(got[0].at("defects").as_array().empty());
}

TEST(MailCarrier, speaks_tls_from_the_first_octet) {
  const Folder folder;
  const PythonPeer peer(
      {"mail", folder.file("got"), "--tls", certificates() + "/server.pem", certificates() + "/server.key"});
  Office office(mail_by(peer.port, MailSecurity::tls));
  for (const char* user : {"a@example.org", "b@example.org", "c@example.org"})
    office.office.send(mail_to(user));
  ASSERT_TRUE(office.told("delivered", 3));
  EXPECT_EQ(records(folder.file("got")).size(), 3U);
}

TEST(MailCarrier, sends_nothing_without_the_tls_that_was_asked_for) {
  const Folder folder;
  const PythonPeer peer({"mail", folder.file("got")});
  Office office(mail_by(peer.port, MailSecurity::starttls));
  office.office.send(mail_to("alice@example.org", 2s));
  ASSERT_TRUE(office.told("dropped alice@example.org expired"));
  EXPECT_TRUE(records(folder.file("got")).empty());
  Office plain(mail_by(peer.port, MailSecurity::none));
  plain.office.send(mail_to("alice@example.org"));
  EXPECT_TRUE(plain.told("delivered alice")) << "the same server takes it where that is allowed";
}

TEST(MailCarrier, sends_nothing_to_a_server_it_cannot_trust) {
  const Folder folder;
  for (const char* certificate : {"stranger_server", "other_server", "expired_server"}) {
    const PythonPeer peer(starttls(folder.file("got"), certificate));
    Office office(mail_by(peer.port, MailSecurity::starttls));
    office.office.send(mail_to("alice@example.org", 2s));
    ASSERT_TRUE(office.told("dropped alice@example.org expired")) << certificate;
  }
  EXPECT_TRUE(records(folder.file("got")).empty());
}

TEST(MailCarrier, a_wrong_password_is_our_trouble_and_is_tried_again) {
  const Folder folder;
  auto arguments = starttls(folder.file("got"));
  arguments.insert(arguments.end(), {"--password", "right"});
  const PythonPeer peer(arguments);
  auto settings = mail_by(peer.port, MailSecurity::starttls);
  settings.user = "sallyport";
  settings.password = base::Secret("wrong-password");
  Office office(std::move(settings));
  office.office.send(mail_to("alice@example.org"));
  ASSERT_TRUE(office.told("failed alice", 2));
  EXPECT_THAT(office.story.text(), Not(HasSubstr("wrong-password")));
}

TEST(MailCarrier, tells_a_recipient_that_does_not_exist_from_one_that_must_wait) {
  const Folder folder;
  const PythonPeer peer(starttls(folder.file("got")));
  Office office(mail_by(peer.port, MailSecurity::starttls));
  office.office.send(mail_to("nobody@example.org"));
  office.office.send(mail_to("later@example.org"));
  ASSERT_TRUE(office.told("dropped nobody@example.org refused after 1"));
  ASSERT_TRUE(office.told("delivered later@example.org"));
  EXPECT_EQ(office.story.count("failed nobody"), 0U);
  EXPECT_GE(office.story.count("failed later"), 1U);
}

TEST(MailCarrier, a_message_that_the_server_refuses_is_not_sent_again) {
  const Folder folder;
  const PythonPeer peer(starttls(folder.file("got")));
  auto settings = mail_by(peer.port, MailSecurity::starttls);
  settings.subject = "refuse this";
  Office office(std::move(settings));
  office.office.send(mail_to("alice@example.org"));
  ASSERT_TRUE(office.told("dropped alice@example.org refused after 1: the message was refused: 554"));
}

TEST(MailCarrier, a_destination_that_is_no_address_never_reaches_the_server) {
  const Folder folder;
  const PythonPeer peer(starttls(folder.file("got")));
  Office office(mail_by(peer.port, MailSecurity::starttls));
  for (const char* hostile : {"a@b\r\nRCPT TO:<eve@example.com>", "a@b>,<eve@example.com", ""}) {
    auto delivery = mail_to(hostile);
    delivery.user = "hostile";
    office.office.send(std::move(delivery));
  }
  ASSERT_TRUE(office.told("dropped hostile refused after 1: the destination is not a mail address", 3));
  EXPECT_TRUE(records(folder.file("got")).empty());
}

TEST(MailCarrier, a_user_s_name_adds_no_header_and_no_recipient) {
  const Folder folder;
  const PythonPeer peer(starttls(folder.file("got")));
  Office office(mail_by(peer.port, MailSecurity::starttls));
  auto delivery = mail_to("alice@example.org");
  delivery.user = "x\r\nBcc: eve@example.com\r\n\r\nother body\r\n.\r\nMAIL FROM:<eve@example.com>";
  office.office.send(std::move(delivery));
  ASSERT_TRUE(office.told("delivered x"));
  const auto got = records(folder.file("got"));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at("recipients"), boost::json::parse("[\"alice@example.org\"]"));
  EXPECT_FALSE(got[0].at("headers").as_object().contains("Bcc"));
  EXPECT_EQ(got[0].at("body"), "Your code is 583920.\r\nIt is good for 2 minutes.\r\n");
}

// Accepts connections into its backlog and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(socket_, 16), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  int port = 0;

 private:
  int socket_;
};

TEST(MailCarrier, a_silent_server_costs_the_time_limit) {
  const SilentServer server;
  auto settings = mail_by(server.port, MailSecurity::starttls);
  settings.time_limit = 1s;
  Office office(std::move(settings));
  office.office.send(mail_to("alice@example.org"));
  ASSERT_TRUE(office.told("failed alice", 2));
}

TEST(MailCarrier, under_way_to_a_silent_server_is_broken_off_when_the_office_goes) {
  const SilentServer server;
  auto settings = mail_by(server.port, MailSecurity::starttls);
  settings.time_limit = 120s;
  const auto began = std::chrono::steady_clock::now();
  {
    Office office(std::move(settings));
    for (int i = 0; i < 4; ++i) office.office.send(mail_to("user" + std::to_string(i) + "@example.org"));
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 60s);
}

}  // namespace
}  // namespace sallyport::delivery
