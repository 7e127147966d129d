#include <sys/socket.h>

#include "delivery/peers_test.h"
#include "net/endpoint.h"

namespace sallyport::delivery {
namespace {

using settings::DeliveryChannelKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> https(const std::string& file, const std::string& certificate = "server") {
  return {"webhook", file, "--certificate", certificates() + "/" + certificate + ".pem",
          certificates() + "/" + certificate + ".key"};
}

settings::DeliveryChannel hook(const PythonPeer& peer, const std::string& path,
                               const std::string& scheme = "https") {
  auto made = channel(DeliveryChannelKind::webhook, {Delivery::Kind::sms, Delivery::Kind::push});
  made.url = scheme + "://localhost:" + peer.port_text() + path;
  if (scheme == "https") made.ca_file = certificates() + "/ca.pem";
  made.bearer_token = base::Secret("a token");
  made.signature_key = base::Secret("0123456789abcdef");
  return made;
}

std::vector<std::int64_t> statuses(const std::string& file) {
  std::vector<std::int64_t> all;
  for (const auto& record : records(file)) all.push_back(record.at("status").as_int64());
  return all;
}

TEST(Webhook, gets_signed_json_over_tls) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  Office office(hook(peer, "/200"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  const auto got = records(folder.file("got"));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at("delivery").at("code"), "583920");
  EXPECT_EQ(got[0].at("type"), "application/json");
  EXPECT_EQ(got[0].at("authorization"), "Bearer a token");
  EXPECT_EQ(got[0].at("signed"), true);
}

TEST(Webhook, that_is_busy_or_broken_is_tried_again_under_the_same_id) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  Office office(hook(peer, "/503,429,408,302,200"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  EXPECT_THAT(statuses(folder.file("got")), ElementsAre(503, 429, 408, 302, 200));
  const auto got = records(folder.file("got"));
  EXPECT_EQ(got[0].at("delivery").at("id"), got[4].at("delivery").at("id"));
  EXPECT_EQ(got[4].at("delivery").at("attempt"), 5);
  EXPECT_THAT(office.story.text(), HasSubstr("failing HTTP status 503\n"));
  EXPECT_THAT(office.story.text(), HasSubstr("back 4\n"));
}

TEST(Webhook, that_refuses_is_not_asked_again) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  Office office(hook(peer, "/404"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("dropped alice refused after 1: HTTP status 404"));
  EXPECT_THAT(statuses(folder.file("got")), ElementsAre(404));
}

TEST(Webhook, of_another_authority_or_name_hears_no_code) {
  const Folder folder;
  for (const char* certificate : {"stranger_server", "other_server", "expired_server"}) {
    const PythonPeer peer(https(folder.file("got"), certificate));
    Office office(hook(peer, "/200"));
    office.office.send(code_for("alice", 2s));
    ASSERT_TRUE(office.told("dropped alice expired")) << certificate;
  }
  EXPECT_TRUE(records(folder.file("got")).empty());
}

TEST(Webhook, on_this_machine_may_be_plain) {
  const Folder folder;
  const PythonPeer peer({"webhook", folder.file("got")});
  Office office(hook(peer, "/200", "http"));
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
}

TEST(Webhook, that_was_killed_and_came_back_gets_what_waited) {
  const Folder folder;
  auto arguments = https(folder.file("got"));
  auto peer = std::make_unique<PythonPeer>(arguments);
  Office office(hook(*peer, "/200"));
  office.office.send(code_for("before"));
  ASSERT_TRUE(office.told("delivered before"));
  arguments.insert(arguments.end(), {"--port", peer->port_text()});
  peer->kill();
  office.office.send(code_for("meanwhile"));
  ASSERT_TRUE(office.told("failed meanwhile"));
  EXPECT_EQ(office.office.untried(), 0U);
  EXPECT_EQ(office.office.held(), 1U);
  peer = std::make_unique<PythonPeer>(arguments);
  ASSERT_TRUE(office.told("delivered meanwhile"));
  EXPECT_EQ(office.story.count("back"), 1U);
}

TEST(Webhook, that_is_silent_costs_its_time_limit_and_no_other_delivery) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  auto silent = hook(peer, "/silent");
  silent.time_limit = 1s;
  Office office(settings::Delivery{.channels = {silent, hook(peer, "/200")}});
  office.office.send(code_for("alice"));
  ASSERT_TRUE(office.told("delivered alice"));
  ASSERT_TRUE(office.told("failed alice", 2));
}

TEST(Webhook, under_way_is_broken_off_when_the_office_goes) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  auto silent = hook(peer, "/silent");
  silent.time_limit = 120s;
  const auto began = std::chrono::steady_clock::now();
  {
    Office office(std::move(silent));
    office.office.send(code_for("alice"));
    EXPECT_TRUE(until([&] { return office.office.untried() == 1; }));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 60s);
}

TEST(Webhook, hears_pushes_with_their_number) {
  const Folder folder;
  const PythonPeer peer(https(folder.file("got")));
  Office office(hook(peer, "/200"));
  auto push = code_for("alice");
  push.kind = Delivery::Kind::push;
  push.code = {};
  push.transaction_id = "t1";
  push.number = "42";
  office.office.send(std::move(push));
  ASSERT_TRUE(office.told("delivered alice"));
  const auto got = records(folder.file("got"));
  EXPECT_EQ(got[0].at("delivery").at("kind"), "push");
  EXPECT_EQ(got[0].at("delivery").at("number"), "42");
}

}  // namespace
}  // namespace sallyport::delivery
