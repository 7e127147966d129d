#include "net/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net/http_client.h"
#include "net/http_server.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

class UnixSocket : public testing::Test {
 protected:
  UnixSocket() : folder_(testing::TempDir() + "unix_XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    path = folder_ + "/control";
  }
  ~UnixSocket() override { std::filesystem::remove_all(folder_); }

  // Bound, and left by a process that is gone.
  void leave_stale() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  base::Result<std::unique_ptr<HttpServer>> open(HttpServer::Serve serve = {}) {
    HttpServer::Options options;
    options.unix_path = path;
    return HttpServer::open(loop, std::move(options), std::move(serve));
  }

  HttpAnswer post(std::string body) {
    HttpClient::Options options;
    options.unix_path = path;
    auto client = HttpClient::make(loop, std::move(options));
    EXPECT_TRUE(client) << client.error().what;
    HttpRequest request;
    request.url = "http://gateway/control";
    request.body = std::move(body);
    request.connect_limit = request.limit = 5s;
    HttpAnswer out;
    (*client)->start(std::move(request), [&](HttpAnswer answer) {
      out = std::move(answer);
      loop.stop();
    });
    EXPECT_FALSE(loop.run_for(10s)) << "the exchange did not end";
    return out;
  }

  [[nodiscard]] bool is_there() const { return std::filesystem::exists(std::filesystem::symlink_status(path)); }

  Loop loop;
  std::string path;

 private:
  std::string folder_;
};

TEST_F(UnixSocket, carries_an_exchange_and_tells_who_asks) {
  HttpServerRequest got;
  auto server = open([&](HttpServerRequest request, HttpServer::Respond respond) {
    got = std::move(request);
    respond({.headers = {}, .body = "heard: " + got.body});
  });
  ASSERT_TRUE(server) << server.error().what;
  struct stat facts{};
  ASSERT_EQ(::lstat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  const auto answer = post("words");
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_EQ(answer.body, "heard: words");
  EXPECT_EQ(got.path, "/control");
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.peer_user, ::getuid());
  EXPECT_EQ(got.peer_text, "uid " + std::to_string(::getuid()));
}

TEST_F(UnixSocket, is_gone_with_the_server_and_when_no_more_is_accepted) {
  auto server = open();
  EXPECT_TRUE(is_there());
  server->reset();
  EXPECT_FALSE(is_there());
  server = open();
  (*server)->stop_accepting();
  EXPECT_FALSE(is_there());
}

TEST_F(UnixSocket, nobody_listens_on_is_replaced) {
  leave_stale();
  auto server = open(
      [](const HttpServerRequest&, HttpServer::Respond respond) { respond({.headers = {}, .body = "new"}); });
  ASSERT_TRUE(server) << server.error().what;
  EXPECT_EQ(post("x").body, "new");
}

TEST_F(UnixSocket, somebody_listens_on_is_left_alone) {
  const auto first = open(
      [](const HttpServerRequest&, HttpServer::Respond respond) { respond({.headers = {}, .body = "first"}); });
  ASSERT_TRUE(first) << first.error().what;
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what, path + ": another process listens there");
  EXPECT_EQ(post("x").body, "first");
}

TEST_F(UnixSocket, does_not_take_the_place_of_a_file) {
  std::ofstream(path) << "kept";
  const auto server = open();
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().what, path + ": is there already, and is no socket");
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

TEST_F(UnixSocket, leaves_another_that_has_its_name_by_then) {
  auto server = open();
  std::filesystem::rename(path, path + ".moved");
  leave_stale();
  server->reset();
  EXPECT_TRUE(is_there());
}

TEST_F(UnixSocket, whose_name_is_too_long_is_refused_in_words) {
  path = "/" + std::string(200, 'x');
  const auto server = open();
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().what.find("expected a path of 1 to 107 octets"), std::string::npos);
}

TEST_F(UnixSocket, that_is_not_there_or_does_not_answer_ends_the_exchange) {
  EXPECT_NE(post("x").end, HttpEnd::answered);
  leave_stale();
  EXPECT_EQ(post("x").end, HttpEnd::refused);
}

}  // namespace
}  // namespace sallyport::net
