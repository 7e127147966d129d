// An exchange whose host has several addresses: which of them it goes over, when, and how often.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/octet_peer_test.h"
#include "net/test_peer_test.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

int socket_at(const Endpoint& where, int more = 0) {
  sockaddr_storage address{};
  const auto length = where.to(address);
  const int made = ::socket(address.ss_family, SOCK_STREAM | more, 0);
  EXPECT_EQ(::bind(made, reinterpret_cast<sockaddr*>(&address), length), 0) << where.to_string();
  return made;
}

// Takes connections, and says nothing on them.
class Silent {
 public:
  explicit Silent(const Endpoint& where) : socket_(socket_at(where, SOCK_NONBLOCK)) {
    EXPECT_EQ(::listen(socket_, 128), 0);
  }
  ~Silent() { ::close(socket_); }
  // How many have come since.
  int taken() {
    int out = 0;
    for (int one = 0; (one = ::accept(socket_, nullptr, nullptr)) >= 0; ++out) ::close(one);
    return out;
  }

 private:
  int socket_;
};

// Drops every SYN, for its line of connections is full.
class BlackHole {
 public:
  explicit BlackHole(const Endpoint& where) : socket_(socket_at(where)) {
    EXPECT_EQ(::listen(socket_, 0), 0);
    sockaddr_storage address{};
    const auto length = where.to(address);
    for (auto& one : inside_) {
      one = ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(one, reinterpret_cast<sockaddr*>(&address), length);
    }
    std::this_thread::sleep_for(20ms);
  }
  ~BlackHole() {
    for (const int one : inside_) ::close(one);
    ::close(socket_);
  }

 private:
  int socket_;
  int inside_[4] = {};
};

HttpServer::Options options_of(const std::string& listen, const std::string& certificate) {
  HttpServer::Options options;
  options.listen = Endpoint::parse(listen).value();
  options.tls = TlsServer{identity(certificate), certificate_file("ca.pem")};
  return options;
}

class ARace : public testing::Test {
 protected:
  explicit ARace(const std::string& listen = "127.0.0.1:0") { serve(listen); }

  void serve(const std::string& listen, const std::string& certificate = "server") {
    auto opened = HttpServer::open(loop_, options_of(listen, certificate),
                                   [this](HttpServerRequest, HttpServer::Respond respond) {
                                     ++served_;
                                     if (!answers_) return held_.push_back(std::move(respond));
                                     respond({.headers = {}, .body = "hi"});
                                   });
    ASSERT_TRUE(opened) << opened.error().what;
    good_ = (*opened)->local();
    servers_.push_back(std::move(*opened));
  }
  // The same port of another address.
  [[nodiscard]] Endpoint beside(const char* address) const {
    return {Address::parse(address).value(), good_.port};
  }

  HttpAnswer ask(std::vector<Endpoint> addresses, base::Duration limit = 5s) {
    if (!client_) {
      HttpClient::Options options;
      options.tls.ca_file = certificate_file("ca.pem");
      options.tls.identity = identity("client");
      client_ = HttpClient::make(loop_, std::move(options)).value();
    }
    HttpRequest request;
    request.url = "https://localhost:" + std::to_string(good_.port) + "/";
    request.addresses = std::move(addresses);
    request.body = "hello";
    request.connect_limit = std::min<base::Duration>(limit, 2s);
    request.limit = limit;
    request.fresh_connection = true;
    HttpAnswer answer;
    int calls = 0;
    client_->start(std::move(request), [&](HttpAnswer got) {
      answer = std::move(got);
      ++calls;
      loop_.stop();
    });
    loop_.run_for(20s);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(client_->in_flight(), 0U);
    return answer;
  }
  void expect_good(const HttpAnswer& answer, const Endpoint& at) {
    EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
    EXPECT_EQ(answer.tried, at) << answer.tried.to_string();
    EXPECT_EQ(answer.remote_address, at.address.to_string());
    EXPECT_TRUE(answer.others.empty());
    EXPECT_EQ(served_, 1) << "the request leaves once";
  }

  Loop loop_;
  std::vector<std::unique_ptr<HttpServer>> servers_;
  std::vector<HttpServer::Respond> held_;
  std::unique_ptr<HttpClient> client_;
  Endpoint good_;
  int served_ = 0;
  bool answers_ = true;
};

class ARaceOfV6 : public ARace {
 protected:
  ARaceOfV6() : ARace("[::1]:0") {}
};

TEST_F(ARace, begins_at_the_first_address_alone) {
  Silent second(beside("127.0.0.2"));
  expect_good(ask({good_, beside("127.0.0.2")}), good_);
  EXPECT_EQ(second.taken(), 0);
}

TEST_F(ARace, passes_by_an_address_that_drops_what_comes) {
  const BlackHole first(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.2"), good_});
  expect_good(answer, good_);
  EXPECT_GE(answer.ended_after, 240ms);
  EXPECT_LT(answer.ended_after, 900ms);
}

TEST_F(ARace, passes_by_an_address_that_is_silent_in_the_handshake) {
  Silent first(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.2"), good_});
  expect_good(answer, good_);
  EXPECT_LT(answer.ended_after, 900ms);
  EXPECT_EQ(first.taken(), 1);
}

TEST_F(ARace, passes_by_another_address_family) {
  Silent first(beside("::1"));
  const auto answer = ask({beside("::1"), good_});
  expect_good(answer, good_);
  EXPECT_LT(answer.ended_after, 900ms);
}

TEST_F(ARaceOfV6, passes_by_another_address_family) {
  const BlackHole first(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.2"), good_});
  expect_good(answer, good_);
  EXPECT_LT(answer.ended_after, 900ms);
}

TEST_F(ARace, goes_on_at_once_where_an_address_refuses_or_is_somebody_else) {
  const auto refused = beside("127.0.0.3");
  expect_good(ask({refused, good_}), good_);
  served_ = 0;
  const auto good = good_;
  serve("127.0.0.2:" + std::to_string(good.port), "stranger_server");
  const auto answer = ask({beside("127.0.0.2"), good});
  expect_good(answer, good);
  EXPECT_LT(answer.ended_after, 240ms);
}

TEST_F(ARace, of_many_addresses_gives_each_its_turn_within_its_time) {
  std::vector<std::unique_ptr<Silent>> silent;
  std::vector<Endpoint> all;
  for (int i = 10; i < 30; ++i) {
    all.push_back(beside(("127.0.0." + std::to_string(i)).c_str()));
    silent.push_back(std::make_unique<Silent>(all.back()));
  }
  all.push_back(good_);
  const auto answer = ask(std::move(all), 3s);
  expect_good(answer, good_);
  EXPECT_LT(answer.ended_after, 2s);
}

TEST_F(ARace, begins_no_more_attempts_than_there_are_addresses) {
  Silent last(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.3"), beside("127.0.0.2")}, 900ms);  // the first refuses
  EXPECT_EQ(answer.others.size(), 1U);
  EXPECT_EQ(last.taken(), 1);
}

TEST_F(ARace, that_nobody_wins_tells_how_it_ended_everywhere) {
  Silent first(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.2"), beside("127.0.0.3")}, 600ms);
  EXPECT_EQ(answer.end, HttpEnd::refused) << "the first end";
  EXPECT_EQ(answer.tried, beside("127.0.0.3"));
  ASSERT_EQ(answer.others.size(), 1U);
  EXPECT_EQ(answer.others[0].end, HttpEnd::connect_timed_out);
  EXPECT_EQ(answer.others[0].tried, beside("127.0.0.2"));
  EXPECT_FALSE(answer.request_left);
  EXPECT_GE(answer.ended_after, 580ms);
  EXPECT_LT(answer.ended_after, 900ms);
  EXPECT_EQ(served_, 0);
}

TEST_F(ARace, that_is_won_is_not_run_again_when_the_winner_does_not_answer) {
  answers_ = false;
  Silent first(beside("127.0.0.2"));
  const auto answer = ask({beside("127.0.0.2"), good_, beside("127.0.0.3")}, 900ms);
  EXPECT_EQ(answer.end, HttpEnd::timed_out);
  EXPECT_EQ(answer.tried, good_);
  EXPECT_TRUE(answer.others.empty());
  EXPECT_TRUE(answer.request_left);
  EXPECT_EQ(served_, 1);
}

TEST_F(ARace, of_many_exchanges_is_won_by_each_of_them) {
  ask({good_});
  served_ = 0;
  Silent first(beside("127.0.0.2"));
  int good = 0, left = 100;
  for (int i = 0; i < 100; ++i) {
    HttpRequest request;
    request.url = "https://localhost:" + std::to_string(good_.port) + "/";
    request.addresses = {beside("127.0.0.2"), good_};
    request.body = "hello";
    request.connect_limit = 10s;
    request.limit = 20s;
    request.fresh_connection = true;
    client_->start(std::move(request), [&](const HttpAnswer& answer) {
      good += answer.end == HttpEnd::answered ? 1 : 0;
      if (--left == 0) loop_.stop();
    });
  }
  loop_.run_for(30s);
  EXPECT_EQ(good, 100);
  EXPECT_EQ(served_, 100);
}

TEST_F(ARace, may_be_left_in_the_middle) {
  Silent first(beside("127.0.0.2")), second(beside("127.0.0.3"));
  ask({good_});
  HttpRequest request;
  request.url = "https://localhost:" + std::to_string(good_.port) + "/";
  request.addresses = {beside("127.0.0.2"), beside("127.0.0.3")};
  request.connect_limit = request.limit = 5s;
  request.fresh_connection = true;
  client_->start(std::move(request), [](const HttpAnswer&) { FAIL(); });
  loop_.run_for(400ms);
  client_.reset();
  loop_.run_for(10ms);
}

}  // namespace
}  // namespace sallyport::net
