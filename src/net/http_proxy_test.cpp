// The client's way through proxies of all kinds: a small one of the test's own, which answers as told. Real
// ones are asked in tests/wire/proxy_wire.py.
#include "net/http_proxy.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/octet_peer_test.h"
#include "net/test_peer_test.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

void say_plainly(int connection, std::string_view octets) {
  while (!octets.empty()) {
    const auto put = ::send(connection, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (put <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(put));
  }
}

std::string hear_head(int connection) {
  std::string head;
  char octet = 0;
  while (!head.ends_with("\r\n\r\n") && ::recv(connection, &octet, 1, 0) == 1) head += octet;
  return head;
}

void copy_octets(int from, int to) {
  char buffer[4'096];
  for (ssize_t got = 0; (got = ::recv(from, buffer, sizeof buffer, 0)) > 0;)
    say_plainly(to, {buffer, static_cast<std::size_t>(got)});
  ::shutdown(to, SHUT_WR);
}

// Octets go to and fro between the tunnel's two ends until one of them ends it.
void tunnel(int connection, const Endpoint& target) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_storage address{};
  const socklen_t length = target.to(address);
  if (::connect(other, reinterpret_cast<sockaddr*>(&address), length) == 0) {
    say_plainly(connection, "HTTP/1.1 200 Connection established\r\nVia: the test's proxy\r\n\r\n");
    const std::jthread back([&] { copy_octets(other, connection); });
    copy_octets(connection, other);
    ::shutdown(other, SHUT_RDWR);  // ends the way back, too
  }
  ::close(other);
}

class ThroughAProxy : public testing::Test {
 protected:
  void SetUp() override {
    HttpServer::Options options;
    options.listen = Endpoint::parse("127.0.0.1:0").value();
    options.tls = TlsServer{identity("server"), certificate_file("ca.pem")};
    auto opened = HttpServer::open(loop_, std::move(options), [this](HttpServerRequest request, auto respond) {
      headers_ = request.headers;
      respond({.headers = {}, .body = "got " + request.body});
    });
    ASSERT_TRUE(opened) << opened.error().what;
    server_ = std::move(*opened);
    // A name that nobody resolves, as this machine may not: the proxy does.
    options_.tls.ca_file = certificate_file("ca.pem");
    options_.tls.identity = identity("client");
    options_.tls.verify_name = false;
    proxy_.host = "proxy.example.com";
  }

  // A proxy that hears the head of each request, and does `then`.
  void serve(std::function<void(int)> then) {
    peer_ = std::make_unique<Peer>([this, then = std::move(then)](int connection) {
      ++connections_;
      auto head = hear_head(connection);
      {
        const std::lock_guard lock(mutex_);
        heads_.push_back(std::move(head));
      }
      then(connection);
    });
    proxy_.port = peer_->local.port;
  }
  void serve_tunnels() {
    serve([to = server_->local()](int connection) { tunnel(connection, to); });
  }
  [[nodiscard]] std::string head(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return index < heads_.size() ? heads_[index] : "";
  }

  void open() {
    options_.proxy = proxy_;
    client_ = HttpClient::make(loop_, options_).value();
  }
  HttpAnswer ask() {
    if (!client_) open();
    HttpRequest request;
    request.url = "https://service.invalid:8443/path";
    request.addresses = {{Address::parse("127.0.0.1").value(), proxy_.port}};
    request.headers = {{"SOAPAction", "\"\""}};
    request.body = "hello";
    request.connect_limit = limit_;
    request.limit = limit_ + 5s;
    HttpAnswer answer;
    client_->start(std::move(request), [&](HttpAnswer got) {
      answer = std::move(got);
      loop_.stop();
    });
    loop_.run_for(30s);
    return answer;
  }

  Loop loop_;
  HttpClient::Options options_;
  HttpProxy proxy_;
  base::Duration limit_ = 10s;
  std::unique_ptr<HttpServer> server_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::mutex mutex_;
  std::vector<std::string> heads_;
  std::atomic<int> connections_ = 0;
  std::unique_ptr<Peer> peer_;
  std::unique_ptr<HttpClient> client_;  // ends first, and with it the tunnels
};

TEST_F(ThroughAProxy, the_services_name_goes_into_connect_and_the_tunnel_is_kept) {
  serve_tunnels();
  const auto first = ask();
  EXPECT_EQ(first.end, HttpEnd::answered) << first.detail;
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "got hello");
  EXPECT_TRUE(first.tunnel_opened);
  EXPECT_FALSE(first.connection_was_reused);
  EXPECT_TRUE(head(0).starts_with("CONNECT service.invalid:8443 HTTP/1.1\r\n")) << head(0);
  EXPECT_EQ(head(0).find("SOAPAction"), std::string::npos) << "that is for the service";
  EXPECT_EQ(head(0).find("Proxy-Authorization"), std::string::npos);
  const auto of_proxy = [](const auto& header) { return header.first == "via"; };
  EXPECT_TRUE(std::ranges::none_of(first.headers, of_proxy))
      << "what the proxy said is no answer of the service";
  const auto second = ask();
  EXPECT_EQ(second.end, HttpEnd::answered) << second.detail;
  EXPECT_TRUE(second.tunnel_opened);
  EXPECT_TRUE(second.connection_was_reused);
  EXPECT_EQ(connections_, 1);
}

TEST_F(ThroughAProxy, the_password_goes_to_the_proxy_alone) {
  serve_tunnels();
  proxy_.user = "Aladdin";
  proxy_.password = base::Secret("open sesame");
  proxy_.authentication = HttpProxy::Authentication::basic;
  EXPECT_EQ(ask().end, HttpEnd::answered);
  // RFC 7617, 2
  EXPECT_NE(head(0).find("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"), std::string::npos);
  for (const auto& [name, value] : headers_)
    EXPECT_FALSE(name.find("authorization") != std::string::npos) << name;
}

TEST_F(ThroughAProxy, what_it_answers_to_connect_is_told_and_is_its_failure) {
  struct Line {
    std::string answer, detail;
  };
  const Line table[] = {
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!", "answered CONNECT with 403 Forbidden"},
      {"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: "
       "Basic "
       "realm=\"x, y\"\r\nContent-Length: 0\r\n\r\n",
       "answered CONNECT with 407 Proxy Authentication Required; the settings name no user for it; it offers "
       "Negotiate, Basic"},
      {"HTTP/1.0 502 Bad Gateway\r\n\r\n", "answered CONNECT with 502 Bad Gateway"},
      {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
       "answered CONNECT with 503 Service Unavailable"},
      {"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
       "answered CONNECT with 504 Gateway Timeout"},
      {"HTTP/1.1 302 Found\r\nLocation: http://login.example.com/\r\nContent-Length: 0\r\n\r\n",
       "answered CONNECT with 302 Found"},
      {"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", "gave no answer to CONNECT that is HTTP"},
      {"<html>It works!</html>", "gave no answer to CONNECT that is HTTP"},
      {std::string(200'000, 'x'), "gave no answer to CONNECT that is HTTP"},
      {std::string(64, '\0') + "\r\n\r\n", "gave no answer to CONNECT that is HTTP"},
      {"", "gave no answer to CONNECT that is HTTP"},
  };
  for (const auto& line : table) {
    client_.reset();
    serve([&](int connection) { say_plainly(connection, line.answer); });
    const auto answer = ask();
    EXPECT_EQ(answer.end, HttpEnd::proxy_failed) << line.answer.substr(0, 40) << ": " << answer.detail;
    EXPECT_FALSE(answer.tunnel_opened);
    EXPECT_FALSE(answer.request_left);
    EXPECT_FALSE(answer.connection_was_reused);
    const auto words = "proxy proxy.example.com:" + std::to_string(proxy_.port) + " " + line.detail;
    EXPECT_TRUE(answer.detail.starts_with(words)) << answer.detail;
  }
}

TEST_F(ThroughAProxy, a_password_that_it_does_not_take_is_told_with_its_user) {
  serve([](int connection) {
    say_plainly(
        connection,
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\nContent-Length: "
        "0\r\n\r\n");
  });
  proxy_.user = "alice";
  proxy_.password = base::Secret("hunter2");
  const auto answer = ask();
  EXPECT_EQ(answer.end, HttpEnd::proxy_failed) << answer.detail;
  EXPECT_NE(answer.detail.find("407 No; it does not take user \"alice\" with this password; it offers Basic"),
            std::string::npos)
      << answer.detail;
  EXPECT_EQ(answer.detail.find("hunter2"), std::string::npos);
  EXPECT_EQ(head(0).find("Proxy-Authorization"), std::string::npos) << "it is asked first what it takes";
  EXPECT_NE(head(1).find("Proxy-Authorization: Basic"), std::string::npos);
}

TEST_F(ThroughAProxy, one_that_is_not_there_or_says_nothing_is_told_apart) {
  serve_tunnels();
  peer_.reset();  // nobody listens there now
  const auto refused = ask();
  EXPECT_EQ(refused.end, HttpEnd::proxy_failed) << refused.detail;
  EXPECT_NE(refused.detail.find("cannot be reached"), std::string::npos) << refused.detail;
  client_.reset();
  serve([](int connection) { wait_for_end(connection); });
  limit_ = 300ms;
  const auto silent = ask();
  EXPECT_EQ(silent.end, HttpEnd::connect_timed_out) << silent.detail;
  EXPECT_FALSE(silent.tunnel_opened);
  EXPECT_NE(silent.detail.find("opened no tunnel in time"), std::string::npos) << silent.detail;
}

TEST_F(ThroughAProxy, what_happens_inside_the_tunnel_is_not_the_proxys) {
  serve([](int connection) {
    say_plainly(connection, "HTTP/1.1 200 OK\r\n\r\n");
    char buffer[4'096];
    ::recv(connection, buffer, sizeof buffer, 0);
    say_plainly(connection, "HTTP/1.1 400 this is no TLS\r\n\r\n");
    wait_for_end(connection);
  });
  const auto garbage = ask();
  EXPECT_EQ(garbage.end, HttpEnd::tls_failed) << garbage.detail;
  EXPECT_TRUE(garbage.tunnel_opened);
  EXPECT_NE(garbage.detail.find("(through proxy proxy.example.com:"), std::string::npos) << garbage.detail;
  client_.reset();
  serve([](int connection) { say_plainly(connection, "HTTP/1.1 200 OK\r\n\r\n"); });
  const auto cut = ask();
  EXPECT_EQ(cut.end, HttpEnd::reset) << cut.detail;
  EXPECT_TRUE(cut.tunnel_opened);
  client_.reset();
  serve_tunnels();
  options_.tls.ca_file = certificate_file("stranger_ca.pem");
  const auto intercepted = ask();
  EXPECT_EQ(intercepted.end, HttpEnd::service_not_trusted) << intercepted.detail;
}

TEST_F(ThroughAProxy, nothing_of_the_environment_changes_the_way) {
  serve_tunnels();
  for (const auto* name : {"https_proxy", "HTTPS_PROXY", "all_proxy"}) ::setenv(name, "http://127.0.0.1:1", 1);
  ::setenv("no_proxy", "*", 1);
  EXPECT_EQ(ask().end, HttpEnd::answered);
  EXPECT_EQ(connections_, 1) << "no_proxy is not heard";
  ::unsetenv("no_proxy");
  client_ = HttpClient::make(loop_, options_).value();  // a fresh one looks at the environment once more
  EXPECT_EQ(ask().end, HttpEnd::answered);
  auto direct = options_;
  direct.proxy.reset();
  client_ = HttpClient::make(loop_, direct).value();
  proxy_.port = server_->local().port;
  HttpRequest request;
  request.url = "https://localhost:" + std::to_string(proxy_.port) + "/";
  request.addresses = {server_->local()};
  request.connect_limit = request.limit = 10s;
  HttpAnswer answer;
  client_->start(std::move(request), [&](HttpAnswer got) {
    answer = std::move(got);
    loop_.stop();
  });
  loop_.run_for(30s);
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_FALSE(answer.tunnel_opened);
  for (const auto* name : {"https_proxy", "HTTPS_PROXY", "all_proxy"}) ::unsetenv(name);
}

}  // namespace
}  // namespace sallyport::net
