#include "server/gateway.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "radius/request_builder.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using radius::Code;

// A RADIUS client with one socket of its own.
class Client {
 public:
  explicit Client(const net::Endpoint& to) : to_(to) {
    sockaddr_storage address{};
    const auto size = to.to(address);
    socket_ = ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(Code code, std::uint8_t id, std::string_view user = "alice") {
    radius::PacketBuffer buffer;
    authenticator_.fill(id);
    authenticator_[0] = static_cast<std::uint8_t>(socket_);
    radius::RequestBuilder request(buffer, code, id, authenticator_, secret_);
    if (code == Code::access_request) {
      request.add(radius::AttributeType::user_name, user);
      request.add_user_password(base::Secret("123456"));
    }
    id_ = id;
    const auto octets = request.finish();
    EXPECT_EQ(::send(socket_, octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()));
  }
  // Nothing when none comes in time.
  std::optional<Code> receive(int milliseconds = 5000) {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, milliseconds) <= 0) return std::nullopt;
    std::array<std::uint8_t, 5000> octets;
    const auto size = ::recv(socket_, octets.data(), octets.size(), 0);
    if (size <= 0) return std::nullopt;
    const auto reply = radius::decode(base::ByteView(octets).first(static_cast<std::size_t>(size)));
    if (!reply || !radius::verify_reply(*reply, id_, authenticator_, secret_, true)) return std::nullopt;
    return reply->code();
  }

 private:
  net::Endpoint to_;
  int socket_ = -1;
  std::uint8_t id_ = 0;
  radius::Authenticator authenticator_{};
  radius::SharedSecret secret_{base::Secret("a-secret-of-16-or-more")};
};

// Mode code without a look-up and without a service: every login is judged, and none can be accepted.
settings::Gateway small(int workers) {
  settings::RadiusClient client;
  client.name = "loopback";
  client.addresses = {"127.0.0.1", "::1"};
  client.secret = base::Secret("a-secret-of-16-or-more");
  settings::ValidationServer server;
  server.name = "office";
  server.listen = {"127.0.0.1:0", "[::1]:0"};
  server.mode = settings::Mode::code;
  server.look_up_user = false;
  server.reject_delay = 0ms;
  server.clients = {client};
  settings::Gateway out;
  out.workers = workers;
  out.validation_servers = {server};
  return out;
}

class GatewayTest : public testing::Test {
 protected:
  std::unique_ptr<telemetry::Log> log = [] {
    settings::Log quiet;
    quiet.file = "/dev/null";
    return telemetry::Log::open(quiet).value();
  }();
  telemetry::Metrics metrics;
};

TEST_F(GatewayTest, answers_over_ipv4_and_ipv6_from_several_workers) {
  Gateway gateway(small(3), *log, metrics);
  EXPECT_FALSE(gateway.readiness().is_ready);
  ASSERT_TRUE(gateway.start().has_value());
  EXPECT_TRUE(gateway.readiness().is_ready);
  ASSERT_EQ(gateway.listening().size(), 2U);
  for (const auto& address : gateway.listening()) {
    Client client(address);
    client.send(Code::status_server, 1);
    EXPECT_EQ(client.receive(), Code::access_accept) << address.to_string();
  }
  for (int n = 0; n < 12; ++n) {  // whichever worker receives it, its owner answers
    Client client(gateway.listening()[static_cast<std::size_t>(n) % 2]);
    client.send(Code::access_request, static_cast<std::uint8_t>(n), "user" + std::to_string(n));
    EXPECT_EQ(client.receive(), Code::access_reject) << n;
  }
  EXPECT_EQ(gateway.drain(2s), 0U);
  EXPECT_EQ(gateway.readiness().why, "stopped");
}

TEST_F(GatewayTest, keeps_sockets_across_a_reload_and_the_old_settings_when_it_fails) {
  Gateway gateway(small(2), *log, metrics);
  ASSERT_TRUE(gateway.start().has_value());
  const auto before = gateway.listening();
  auto next = small(2);
  next.validation_servers[0].accounting_acknowledge = true;
  ASSERT_TRUE(gateway.reload(next).has_value());
  EXPECT_EQ(gateway.listening().size(), 4U);
  EXPECT_EQ(gateway.listening()[0], before[0]);
  auto bad = small(2);
  bad.validation_servers[0].listen.emplace_back("192.0.2.55:1812");  // nobody's
  EXPECT_FALSE(gateway.reload(bad).has_value());
  Client client(before[0]);
  client.send(Code::access_request, 1);
  EXPECT_EQ(client.receive(), Code::access_reject);
  ASSERT_TRUE(gateway.reload(small(2)).has_value());
  EXPECT_EQ(gateway.listening(), before);
}

TEST_F(GatewayTest, does_not_start_on_an_address_that_another_has) {
  Gateway first(small(2), *log, metrics);
  ASSERT_TRUE(first.start().has_value());
  auto same = small(2);
  same.validation_servers[0].listen = {first.listening()[0].to_string()};
  settings::Log to_file;
  to_file.file = testing::TempDir() + "gateway_cannot_listen.log";
  {
    const auto own_log = telemetry::Log::open(to_file).value();
    Gateway second(same, *own_log, metrics);
    EXPECT_FALSE(second.start().has_value());
    EXPECT_FALSE(second.readiness().is_ready);
  }
  std::ifstream written(to_file.file);
  const std::string lines{std::istreambuf_iterator<char>(written), {}};
  std::filesystem::remove(to_file.file);
  EXPECT_NE(lines.find("SP0110"), std::string::npos) << lines;
}

TEST_F(GatewayTest, is_not_ready_while_the_only_user_store_cannot_be_asked) {
  auto settings = small(1);
  auto& store = settings.user_stores.emplace_back();
  store.name = "corp";
  store.connections = {{.host = "127.0.0.1", .port = 1}};
  store.filter = "(uid=%s)";
  store.user_name_attribute = "uid";
  settings.validation_servers[0].look_up_user = true;
  Gateway gateway(settings, *log, metrics);
  ASSERT_TRUE(gateway.start().has_value());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(gateway.readiness().why, "no user store can be asked");
    std::this_thread::sleep_for(500ms);
  }
  settings.validation_servers[0].look_up_user = false;  // and needs none any more
  ASSERT_TRUE(gateway.reload(settings).has_value());
  EXPECT_TRUE(gateway.readiness().is_ready);
}

TEST_F(GatewayTest, lets_logins_in_flight_finish_when_it_is_drained) {
  auto settings = small(2);
  settings.validation_servers[0].reject_delay = 500ms;
  Gateway gateway(settings, *log, metrics);
  ASSERT_TRUE(gateway.start().has_value());
  Client client(gateway.listening()[0]);
  client.send(Code::access_request, 1);
  EXPECT_EQ(client.receive(100), std::nullopt);
  EXPECT_EQ(gateway.drain(3s), 0U);
  EXPECT_EQ(client.receive(), Code::access_reject);
}

}  // namespace
}  // namespace sallyport::server
