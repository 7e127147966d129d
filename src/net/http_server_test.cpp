#include "net/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/http_words.h"
#include "net/test_peer_test.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

// A server with a handler, and a peer that says octets and hears all that comes until the end.
class Plain {
 public:
  explicit Plain(HttpServer::Serve serve, HttpServer::Options options = {}) {
    options.listen = Endpoint::parse("127.0.0.1:0").value();
    auto opened = HttpServer::open(loop, std::move(options), std::move(serve));
    EXPECT_TRUE(opened) << opened.error().what;
    server = std::move(*opened);
  }

  int connect() const {
    sockaddr_storage address{};
    const auto length = server->local().to(address);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval limit{3, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), length), 0);
    return socket;
  }

  // The peer runs beside the loop; what it returns is what it heard.
  std::string beside(const std::function<std::string()>& peer) {
    std::string heard;
    {
      std::jthread thread([&] {
        heard = peer();
        loop.stop();
      });
      EXPECT_FALSE(loop.run_for(10s)) << "the peer did not come to an end";
    }
    loop.run_for(1ms);
    return heard;
  }

  std::string exchange(const std::string& octets) {
    return beside([&] {
      const int socket = connect();
      EXPECT_EQ(::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(octets.size()));
      return hear(socket);
    });
  }

  static std::string hear(int socket) {
    std::string heard;
    char buffer[4'096];
    for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
      heard.append(buffer, static_cast<std::size_t>(got));
    ::close(socket);
    return heard;
  }

  Loop loop;
  std::unique_ptr<HttpServer> server;
};

void echo(HttpServerRequest request, HttpServer::Respond respond) {
  std::string body = request.method + " " + request.path + " " + request.query + " " + request.body;
  respond({.headers = {}, .body = std::move(body)});
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(HttpServer, hands_over_method_path_query_and_body) {
  Plain plain(echo);
  const auto heard = plain.exchange(
      "POST /a%20b/c?x=%20y HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 OK\r\n")) << heard;
  EXPECT_TRUE(heard.ends_with("\r\n\r\nPOST /a b/c x=%20y hello")) << heard;
  EXPECT_NE(heard.find("Connection: close\r\n"), std::string::npos);
}

TEST(HttpServer, field_names_arrive_in_lower_case_and_values_unchanged) {
  std::vector<std::pair<std::string, std::string>> fields;
  Plain plain([&](HttpServerRequest request, HttpServer::Respond respond) {
    fields = request.headers;
    respond({});
  });
  plain.exchange("GET / HTTP/1.1\r\nHost: h\r\nSOAPAction: \"Do It\"\r\nConnection: close\r\n\r\n");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"host", "h"}, {"soapaction", "\"Do It\""}, {"connection", "close"}};
  EXPECT_EQ(fields, expected);
}

TEST(HttpServer, answers_pipelined_requests_one_at_a_time_and_in_order) {
  std::vector<HttpServer::Respond> waiting;
  std::size_t most = 0;
  Plain* here = nullptr;
  std::vector<Timer> timers;
  Plain plain([&](HttpServerRequest request, HttpServer::Respond respond) {
    most = std::max(most, waiting.size() + 1);
    waiting.push_back(std::move(respond));
    timers.emplace_back(here->loop).after(2ms, [&, path = request.path] {
      auto answer = std::move(waiting.back());
      waiting.pop_back();
      answer({.headers = {}, .body = path});
    });
  });
  here = &plain;
  const auto heard = plain.exchange(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_EQ(most, 1U);
  EXPECT_EQ(count(heard, "HTTP/1.1 200 OK"), 3U);
  EXPECT_LT(heard.find("/1"), heard.find("/2"));
  EXPECT_LT(heard.find("/2"), heard.find("/3"));
}

TEST(HttpServer, takes_a_body_in_chunks_that_come_in_pieces) {
  Plain plain(echo);
  const auto heard = plain.beside([&] {
    const int socket = plain.connect();
    for (const std::string piece :
         {"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r", "\nab",
          "c\r\n4\r\ndefg\r\n", "0\r\n\r\n"}) {
      ::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL);
      std::this_thread::sleep_for(5ms);
    }
    return Plain::hear(socket);
  });
  EXPECT_TRUE(heard.ends_with("POST /x  abcdefg")) << heard;
}

TEST(HttpServer, says_100_continue_to_who_waits_for_it) {
  Plain plain(echo);
  const auto heard = plain.beside([&] {
    const int socket = plain.connect();
    const std::string head =
        "POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
    ::send(socket, head.data(), head.size(), MSG_NOSIGNAL);
    char buffer[256];
    const auto got = ::recv(socket, buffer, sizeof buffer, 0);
    EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))),
              "HTTP/1.1 100 Continue\r\n\r\n");
    ::send(socket, "ok", 2, MSG_NOSIGNAL);
    return Plain::hear(socket);
  });
  EXPECT_TRUE(heard.ends_with("POST /x  ok")) << heard;
}

TEST(HttpServer, refuses_a_body_over_the_limit_with_413_whether_announced_or_not) {
  int served = 0;
  Plain plain([&](HttpServerRequest, HttpServer::Respond) { ++served; },
              {.listen = {}, .tls = {}, .body_limit = 1'000});
  const auto announced = plain.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
                                        std::string(100'000, 'x'));
  EXPECT_TRUE(announced.starts_with("HTTP/1.1 413 ")) << announced;
  const auto chunked = plain.exchange(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2'000, 'x'));
  EXPECT_TRUE(chunked.starts_with("HTTP/1.1 413 ")) << chunked;
  EXPECT_EQ(served, 0);
  EXPECT_EQ(plain.server->connections(), 0U);
}

TEST(HttpServer, refuses_a_header_over_16_kib) {
  Plain plain(echo);
  const auto heard = plain.exchange("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 431 ")) << heard;
}

TEST(HttpServer, refuses_many_small_fields_that_are_over_16_kib_together_however_they_arrive) {
  Plain plain(echo);
  std::string header = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 1200; ++i) header += "X-Field-" + std::to_string(i) + ": y\r\n";
  ASSERT_GT(header.size(), 16U << 10U);
  EXPECT_TRUE(plain.exchange(header + "\r\n").starts_with("HTTP/1.1 431 "));
  const auto in_two = plain.beside([&] {
    const int socket = plain.connect();
    for (const auto& part : {header.substr(0, 10'000), header.substr(10'000) + "\r\n"}) {
      ::send(socket, part.data(), part.size(), MSG_NOSIGNAL);
      std::this_thread::sleep_for(20ms);
    }
    return Plain::hear(socket);
  });
  EXPECT_TRUE(in_two.starts_with("HTTP/1.1 431 ")) << in_two;
  EXPECT_TRUE(plain.exchange(header.substr(0, header.find("X-Field-600")) + "Connection: close\r\n\r\n")
                  .starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, what_is_malformed_gets_400_and_never_reaches_the_handler) {
  int served = 0;
  Plain plain([&](HttpServerRequest, HttpServer::Respond) { ++served; });
  for (const std::string& octets :
       {std::string("nonsense\r\n\r\n"), std::string("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"), std::string("GET /% HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nBad Name: x\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(200, '\0')}) {
    EXPECT_TRUE(plain.exchange(octets).starts_with("HTTP/1.1 400 ")) << octets;
  }
  EXPECT_EQ(served, 0);
}

TEST(HttpServer, closes_on_a_slow_peer_however_steadily_it_drips) {
  Plain plain(echo, {.listen = {}, .tls = {}, .request_limit = 50ms});
  const auto heard = plain.beside([&] {
    const int socket = plain.connect();
    int sent = 0;
    for (const char c : std::string("GET / HTTP/1.1\r\nX: ") + std::string(1'000, 'x')) {
      if (::send(socket, &c, 1, MSG_NOSIGNAL) != 1) break;
      ++sent;
      std::this_thread::sleep_for(2ms);
    }
    EXPECT_LT(sent, 200);
    return Plain::hear(socket);
  });
  EXPECT_EQ(heard, "");
}

TEST(HttpServer, closes_idle_connections_after_their_limit) {
  Plain plain(echo, {.listen = {}, .tls = {}, .idle_limit = 30ms});
  EXPECT_EQ(plain.beside([&] { return Plain::hear(plain.connect()); }), "");
}

TEST(HttpServer, gives_503_when_the_handler_takes_too_long_and_ignores_its_late_answer) {
  HttpServer::Respond kept;
  Plain plain([&](HttpServerRequest, HttpServer::Respond respond) { kept = std::move(respond); },
              {.listen = {}, .tls = {}, .answer_limit = 20ms});
  const auto heard = plain.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 503 ")) << heard;
  kept({.headers = {}, .body = "late"});
}

TEST(HttpServer, closes_the_newest_beyond_the_limit_of_connections) {
  Plain plain(echo, {.listen = {}, .tls = {}, .connection_limit = 1});
  const auto heard = plain.beside([&] {
    const int first = plain.connect();
    std::this_thread::sleep_for(10ms);
    EXPECT_EQ(Plain::hear(plain.connect()), "");
    const std::string request = "GET /first HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    ::send(first, request.data(), request.size(), MSG_NOSIGNAL);
    return Plain::hear(first);
  });
  EXPECT_NE(heard.find("GET /first"), std::string::npos);
}

TEST(HttpServer, lets_the_served_finish_when_it_stops_accepting) {
  HttpServer::Respond kept;
  Plain* here = nullptr;
  std::optional<Timer> timer;
  Plain plain([&](HttpServerRequest, HttpServer::Respond respond) {
    kept = std::move(respond);
    here->server->stop_accepting();
    timer->after(10ms, [&] { kept({.headers = {}, .body = "finished"}); });
  });
  here = &plain;
  timer.emplace(plain.loop);
  const auto heard = plain.beside([&] {
    const int idle = plain.connect();
    const int busy = plain.connect();
    std::this_thread::sleep_for(10ms);
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    ::send(busy, request.data(), request.size(), MSG_NOSIGNAL);
    EXPECT_EQ(Plain::hear(idle), "");
    return Plain::hear(busy);
  });
  EXPECT_TRUE(heard.ends_with("finished")) << heard;
  EXPECT_NE(heard.find("Connection: close"), std::string::npos);
}

TEST(HttpServer, survives_peers_that_leave_in_the_middle) {
  HttpServer::Respond kept;
  Plain plain([&](HttpServerRequest, HttpServer::Respond respond) { kept = std::move(respond); });
  plain.beside([&] {
    for (const std::string octets : {"GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx",
                                     "GET / HTTP/1.1\r\nHost: h\r\n\r\n"}) {
      const int socket = plain.connect();
      ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
      std::this_thread::sleep_for(5ms);
      const linger reset{1, 0};
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      ::close(socket);
    }
    std::this_thread::sleep_for(10ms);
    return "";
  });
  kept({.headers = {}, .body = std::string(1'000'000, 'x')});
  plain.loop.run_for(5ms);
  EXPECT_EQ(plain.server->connections(), 0U);
}

TEST(HttpServer, sends_a_large_answer_whole_to_a_peer_that_reads_late) {
  Plain plain([](HttpServerRequest, HttpServer::Respond respond) {
    respond({.headers = {}, .body = std::string(8U << 20U, 'x')});
  });
  const auto heard = plain.beside([&] {
    const int socket = plain.connect();
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    std::this_thread::sleep_for(20ms);
    return Plain::hear(socket);
  });
  EXPECT_EQ(heard.size() - heard.find("\r\n\r\n") - 4, 8U << 20U);
}

TEST(HttpServer, a_handler_cannot_be_made_to_split_the_answer) {
  std::string out;
  write_answer(out, {.headers = {{"X-Good", "1"}, {"X-Bad", "a\r\nSet-Cookie: b"}}, .body = "b"}, {}, "now");
  EXPECT_NE(out.find("X-Good: 1\r\n"), std::string::npos);
  EXPECT_EQ(out.find("X-Bad"), std::string::npos);
}

TEST(HttpServer, tells_head_the_length_without_the_body) {
  Plain plain(echo);
  const auto heard = plain.exchange("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(heard.find("Content-Length: 9\r\n"), std::string::npos) << heard;
  EXPECT_TRUE(heard.ends_with("\r\n\r\n"));
}

TEST(HttpTarget, reads_origin_and_absolute_form) {
  EXPECT_EQ(read_target("/a/%62?c=d")->path, "/a/b");
  EXPECT_EQ(read_target("/a?c=d?e")->query, "c=d?e");
  EXPECT_EQ(read_target("https://host:1/x?y")->path, "/x");
  EXPECT_EQ(read_target("https://host")->path, "/");
  EXPECT_EQ(read_target("https://host?q")->path, "/");
  EXPECT_FALSE(read_target("relative"));
  EXPECT_FALSE(read_target(""));
  EXPECT_FALSE(read_target("/%a"));
}

TEST(HttpDate, is_that_of_rfc_9110) {
  EXPECT_EQ(http_date(base::WallTime(std::chrono::seconds(784'111'777))), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace sallyport::net
