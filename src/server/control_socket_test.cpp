#include "server/control_socket.h"

#include <gmock/gmock.h>
#include <pwd.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>

#include "net/http_client.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() : folder_(testing::TempDir() + "control_XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    path = folder_ + "/control";
    auto opened = ControlSocket::open(loop, path, [this](std::string_view request, auto respond) {
      asked.emplace_back(request);
      if (later == 0s) return respond(answer);
      timer.after(later, [this, respond = std::move(respond)]() mutable { respond(answer); });
    });
    EXPECT_TRUE(opened) << opened.error().what;
    if (opened) socket = std::move(*opened);
  }
  ~ControlSocketTest() override { std::filesystem::remove_all(folder_); }

  net::HttpAnswer ask(std::string body, const std::string& place = "control") {
    net::HttpClient::Options options;
    options.unix_path = path;
    auto client = net::HttpClient::make(loop, std::move(options));
    EXPECT_TRUE(client) << client.error().what;
    net::HttpRequest request;
    request.url = "http://gateway/" + place;
    request.body = std::move(body);
    request.connect_limit = request.limit = 5s;
    request.answer_limit = ControlSocket::answer_limit;
    net::HttpAnswer out;
    (*client)->start(std::move(request), [&](net::HttpAnswer given) {
      out = std::move(given);
      loop.stop();
    });
    EXPECT_FALSE(loop.run_for(10s)) << "the exchange did not end";
    return out;
  }

  // The status, and the error's sentence.
  std::pair<int, std::string> refusal(std::string body, const std::string& place = "control") {
    const auto got = ask(std::move(body), place);
    const auto object = boost::json::parse(got.body).as_object();
    EXPECT_FALSE(object.at("ok").as_bool());
    return {got.status, std::string(object.at("error").as_string())};
  }

  net::Loop loop;
  std::string path, answer = R"({"ok":true})";
  base::Duration later{};  // when it is answered
  std::vector<std::string> asked;
  std::unique_ptr<ControlSocket> socket;
  net::Timer timer{loop};

 private:
  std::string folder_;
};

TEST_F(ControlSocketTest, hands_the_request_over_with_who_asks_and_gives_the_answer_as_it_came) {
  answer = R"({"ok":true, "state":"normal"})";
  const auto got = ask(R"({"do":"mode","server":"vpn","mode":"enabled","minutes":480,"by":"somebody else"})");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, answer);
  EXPECT_THAT(got.headers,
              testing::Contains(std::pair<std::string, std::string>("content-type", "application/json")));
  ASSERT_EQ(asked.size(), 1U);
  const auto request = boost::json::parse(asked[0]).as_object();
  const auto* own = ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe): one thread
  if (own != nullptr) EXPECT_EQ(request.at("by").as_string(), own->pw_name);
  EXPECT_EQ(request.at("do").as_string(), "mode");
  EXPECT_EQ(request.at("minutes").as_int64(), 480);
}

TEST_F(ControlSocketTest, refuses_what_is_no_request_in_the_form_of_an_answer) {
  using testing::Pair;
  const auto object = testing::HasSubstr("expected one JSON object");
  EXPECT_THAT(refusal("[]"), Pair(400, object));
  EXPECT_THAT(refusal("{"), Pair(400, object));
  EXPECT_THAT(refusal(R"({"do":"status"} {})"), Pair(400, object));
  EXPECT_THAT(refusal(std::string(100'000, '[')), Pair(413, testing::HasSubstr("at most 65536 octets")));
  EXPECT_THAT(refusal(std::string(50'000, '[')), Pair(400, object)) << "depth is bounded";
  EXPECT_THAT(refusal(""), Pair(405, testing::HasSubstr("POST"))) << "without a body it is a GET";
  EXPECT_THAT(refusal("{}", "status"), Pair(404, testing::HasSubstr("/control")));
  EXPECT_THAT(asked, testing::IsEmpty());
}

TEST_F(ControlSocketTest, gives_an_answer_that_comes_later) {
  later = 100ms;
  EXPECT_EQ(ask("{\"do\":\"wait\"}").body, answer);
}

TEST_F(ControlSocketTest, refuses_an_answer_beyond_its_limit) {
  answer = std::string(ControlSocket::answer_limit + 1, ' ');
  EXPECT_THAT(refusal("{}"), testing::Pair(500, testing::HasSubstr("larger than")));
}

TEST_F(ControlSocketTest, is_its_own_alone_and_gone_when_it_stops) {
  const auto rights = std::filesystem::symlink_status(path).permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto second = ControlSocket::open(loop, path, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, testing::HasSubstr("another process listens there"));
  socket->stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace sallyport::server
