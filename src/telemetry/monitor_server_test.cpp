#include "telemetry/monitor_server.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace sallyport::telemetry {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A plain client of another thread: the whole answer to one request.
std::string ask(const net::Endpoint& server, const std::string& request) {
  sockaddr_storage address{};
  const auto length = server.to(address);
  const int descriptor = ::socket(address.ss_family, SOCK_STREAM, 0);
  std::string answer;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
      ::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char octets[4096];
    for (ssize_t got = 0; (got = ::recv(descriptor, octets, sizeof(octets), 0)) > 0;)
      answer.append(octets, static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return answer;
}

struct MonitorServerTest : testing::Test {
  net::Loop loop;
  Metrics metrics;
  std::vector<std::string> reasons;
  std::unique_ptr<MonitorServer> server =
      *MonitorServer::open(loop, "127.0.0.1:0", metrics, [this] { return reasons; });

  std::string get(const std::string& path, const std::string& method = "GET") {
    std::string answer;
    std::thread client([&] {
      answer = ask(server->local(), method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      loop.stop();
    });
    loop.run_for(std::chrono::seconds(10));
    client.join();
    return answer;
  }
};

TEST_F(MonitorServerTest, shows_the_metrics_in_the_format_of_prometheus) {
  metrics.counter("sallyport_logins_total", "Logins.")->add(3);
  const auto answer = get("/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("sallyport_logins_total 3\n"));
}

TEST_F(MonitorServerTest, is_healthy_while_it_answers_and_ready_when_nothing_is_missing) {
  EXPECT_THAT(get("/healthz"), HasSubstr("\r\n\r\nok\n"));
  EXPECT_THAT(get("/readyz"), HasSubstr("\r\n\r\nready\n"));
  reasons = {"user store corp cannot be asked"};
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  const auto answer = get("/readyz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("not ready: user store corp cannot be asked\n"));
}

TEST_F(MonitorServerTest, knows_no_other_page_and_no_other_method) {
  EXPECT_THAT(get("/etc/passwd"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(get("/metrics", "POST"), StartsWith("HTTP/1.1 405 "));
}

TEST(MonitorServer, says_which_address_it_cannot_have) {
  net::Loop loop;
  const Metrics metrics;
  EXPECT_FALSE(MonitorServer::open(loop, "192.0.2.1:1", metrics, {}).has_value());
  EXPECT_FALSE(MonitorServer::open(loop, "nonsense", metrics, {}).has_value());
}

}  // namespace
}  // namespace sallyport::telemetry
