#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "telemetry/log.h"

namespace sallyport::telemetry {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Message hello{990, Level::info, "hello {n}", "a test", "nothing"};
constexpr base::WallTime noon{std::chrono::microseconds(1'795'348'800'000'000)};

class Server {  // a socket of loopback with a free port, and nothing of ours
 public:
  explicit Server(int type) : descriptor_(::socket(AF_INET, type, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
    if (type == SOCK_STREAM) EXPECT_EQ(::listen(descriptor_, 4), 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { ::close(descriptor_); }

  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t length = sizeof(own);
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(own.sin_port);
  }
  [[nodiscard]] int accept() const { return ready(descriptor_) ? ::accept(descriptor_, nullptr, nullptr) : -1; }
  [[nodiscard]] std::string datagram() const { return read_some(descriptor_); }
  static bool ready(int descriptor) {
    pollfd one{descriptor, POLLIN, 0};
    return ::poll(&one, 1, 5000) == 1;
  }
  static std::string read_some(int descriptor) {
    char octets[65536];
    const auto got = ready(descriptor) ? ::recv(descriptor, octets, sizeof(octets), 0) : 0;
    return {octets, got > 0 ? static_cast<std::size_t>(got) : 0};
  }

 private:
  int descriptor_;
};

settings::Log to(const Server& server, settings::SyslogTransport transport) {
  settings::Log log;
  log.file = "/dev/null";
  settings::Syslog syslog;
  syslog.transport = transport;
  syslog.host = "127.0.0.1";
  syslog.port = server.port();
  syslog.host_name = "gate1";
  log.syslog.push_back(syslog);
  return log;
}

TEST(Syslog, sends_a_datagram_a_line) {
  const Server server(SOCK_DGRAM);
  const auto log = *Log::open(to(server, settings::SyslogTransport::udp));
  const auto logger = log->make_logger();
  logger->log(hello, noon, {{"n", std::int64_t{1}}});
  logger->log(hello, noon, {{"n", std::int64_t{2}}});
  EXPECT_THAT(server.datagram(), StartsWith("<86>1 2026-11-22T12:00:00.000000Z gate1 sallyport "));
  EXPECT_THAT(server.datagram(), HasSubstr("\"message\":\"hello 2\",\"n\":2}"));
}

TEST(Syslog, counts_octets_over_tcp_and_connects_again_when_the_server_has_hung_up) {
  const Server server(SOCK_STREAM);
  const auto log = *Log::open(to(server, settings::SyslogTransport::tcp));
  const auto logger = log->make_logger();
  logger->log(hello, noon, {{"n", std::int64_t{1}}});
  const int first = server.accept();
  ASSERT_GE(first, 0);
  const auto frame = Server::read_some(first);
  const auto space = frame.find(' ');
  ASSERT_NE(space, std::string::npos);
  EXPECT_EQ(std::stoul(frame.substr(0, space)), frame.size() - space - 1);
  EXPECT_THAT(frame.substr(space + 1), StartsWith("<86>1 "));
  ::close(first);
  logger->log(hello, noon, {{"n", std::int64_t{2}}});
  const int second = server.accept();
  ASSERT_GE(second, 0);
  std::string frames;
  while (frames.find("hello 2") == std::string::npos) {
    const auto more = Server::read_some(second);
    ASSERT_FALSE(more.empty()) << frames;
    frames += more;
  }
  ::close(second);
}

TEST(Syslog, a_server_that_is_not_there_neither_stops_the_log_nor_its_end) {
  settings::Log settings;
  {
    const Server server(SOCK_STREAM);
    settings = to(server, settings::SyslogTransport::tcp);
  }
  auto log = *Log::open(settings);
  const auto logger = log->make_logger();
  for (int n = 0; n < 1000; ++n) logger->log(hello, noon, {{"n", std::int64_t{n}}});
  const auto start = std::chrono::steady_clock::now();
  log.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

}  // namespace
}  // namespace sallyport::telemetry
