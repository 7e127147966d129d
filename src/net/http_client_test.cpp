#include "net/http_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "net/http_exchange.h"
#include "net/http_server.h"
#include "net/octet_peer_test.h"
#include "net/test_peer_test.h"
#include "net/tls_context.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

HttpClient::Options client_of(const std::string& name, const std::string& authority = "ca") {
  HttpClient::Options options;
  options.tls.ca_file = certificate_file(authority + ".pem");
  if (!name.empty()) options.tls.identity = identity(name);
  return options;
}

HttpRequest request_to(const Endpoint& address, std::string body = "hello",
                       const std::string& host = "localhost") {
  HttpRequest request;
  request.url = "https://" + host + ":" + std::to_string(address.port) + "/path?query";
  request.addresses = {address};
  request.headers = {{"Content-Type", "text/xml"}, {"SOAPAction", "\"\""}};
  request.body = std::move(body);
  request.connect_limit = 10s;
  request.limit = 15s;
  return request;
}

HttpAnswer exchange(Loop& loop, HttpClient& client, HttpRequest request) {
  HttpAnswer answer;
  int calls = 0;
  client.start(std::move(request), [&](HttpAnswer got) {
    answer = std::move(got);
    ++calls;
    loop.stop();
  });
  EXPECT_EQ(calls, 0) << "not from inside start()";
  loop.run_for(30s);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(client.in_flight(), 0U);
  return answer;
}

// Our own server under mutual TLS, on the client's loop.
struct Service {
  explicit Service(const std::string& name = "server", HttpServer::Serve serve = {},
                   const std::string& client_ca = "ca") {
    HttpServer::Options options;
    options.listen = Endpoint::parse("127.0.0.1:0").value();
    options.tls = TlsServer{identity(name), client_ca.empty() ? "" : certificate_file(client_ca + ".pem")};
    if (!serve) {
      serve = [this](HttpServerRequest request, HttpServer::Respond respond) {
        last = request;
        respond({.headers = {{"X-One", "1"}}, .body = "got " + request.body});
      };
    }
    auto opened = HttpServer::open(loop, std::move(options), std::move(serve));
    EXPECT_TRUE(opened) << opened.error().what;
    server = std::move(*opened);
  }
  HttpAnswer ask(const HttpClient::Options& options, HttpRequest request) {
    auto client = HttpClient::make(loop, options);
    EXPECT_TRUE(client) << client.error().what;
    return exchange(loop, **client, std::move(request));
  }
  HttpAnswer ask(const HttpClient::Options& options) { return ask(options, request_to(server->local())); }
  Loop loop;
  HttpServerRequest last;
  std::unique_ptr<HttpServer> server;
};

TEST(HttpClient, exchanges_over_mutual_tls) {
  Service service;
  const auto answer = service.ask(client_of("client"));
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "got hello");
  EXPECT_EQ(answer.remote_address, "127.0.0.1");
  EXPECT_FALSE(answer.connection_was_reused);
  EXPECT_TRUE(answer.request_left);
  EXPECT_GT(answer.connected_after, 0ns);
  EXPECT_GE(answer.ended_after, answer.connected_after);
  EXPECT_NE(std::ranges::find(answer.headers, std::pair<std::string, std::string>("x-one", "1")),
            answer.headers.end());
  EXPECT_EQ(service.last.method, "POST");
  EXPECT_EQ(service.last.path, "/path");
  EXPECT_EQ(service.last.query, "query");
  EXPECT_NE(std::ranges::find(service.last.headers, std::pair<std::string, std::string>("soapaction", "\"\"")),
            service.last.headers.end());
  ASSERT_TRUE(service.last.client_certificate);
  EXPECT_EQ(service.last.client_certificate->common_name, "client");
  EXPECT_EQ(service.last.client_certificate->fingerprint_sha256,
            facts_of(identity("client").certificate_pem)->fingerprint_sha256);
}

TEST(HttpClient, keeps_connections_and_takes_a_fresh_one_when_asked) {
  Service service;
  auto client = HttpClient::make(service.loop, client_of("client")).value();
  const auto address = service.server->local();
  EXPECT_FALSE(exchange(service.loop, *client, request_to(address)).connection_was_reused);
  const auto kept = exchange(service.loop, *client, request_to(address));
  EXPECT_EQ(kept.end, HttpEnd::answered);
  EXPECT_TRUE(kept.connection_was_reused);
  EXPECT_TRUE(kept.request_left);
  auto fresh = request_to(address);
  fresh.fresh_connection = true;
  const auto resumed = exchange(service.loop, *client, std::move(fresh));
  EXPECT_EQ(resumed.end, HttpEnd::answered);
  EXPECT_FALSE(resumed.connection_was_reused);
  ASSERT_TRUE(service.last.client_certificate) << "known on a resumed TLS session too";
  EXPECT_EQ(service.last.client_certificate->common_name, "client");
}

TEST(HttpClient, many_at_once_are_answered_each_with_its_own) {
  Service service;
  auto client = HttpClient::make(service.loop, client_of("client")).value();
  int good = 0, left = 50;
  for (int i = 0; i < 50; ++i) {
    const auto text = std::to_string(i);
    client->start(request_to(service.server->local(), text), [&, text](const HttpAnswer& answer) {
      good += answer.end == HttpEnd::answered && answer.body == "got " + text ? 1 : 0;
      EXPECT_EQ(answer.detail, "");
      if (--left == 0) service.loop.stop();
    });
  }
  EXPECT_EQ(client->in_flight(), 50U);
  service.loop.run_for(30s);
  EXPECT_EQ(good, 50);
}

TEST(HttpClient, makes_few_connections_at_a_time_and_the_others_use_what_stands) {
  Service service;
  auto options = client_of("client");
  options.making_limit = 2;
  auto client = HttpClient::make(service.loop, options).value();
  int good = 0, made = 0, left = 50;
  for (int i = 0; i < 50; ++i) {
    client->start(request_to(service.server->local()), [&](const HttpAnswer& answer) {
      good += answer.end == HttpEnd::answered ? 1 : 0;
      made += answer.connection_was_reused ? 0 : 1;
      if (--left == 0) service.loop.stop();
    });
  }
  service.loop.run_for(30s);
  EXPECT_EQ(good, 50);
  EXPECT_LT(made, 25);
}

TEST(HttpEnds, who_waits_for_a_connection_in_vain_has_a_failure_of_our_own) {
  Peer silent(wait_for_end);
  Loop loop;
  auto options = client_of("client");
  options.making_limit = 1;
  auto client = HttpClient::make(loop, options).value();
  client->start(request_to(silent.local), [](const HttpAnswer&) { FAIL() << "its time is not over"; });
  HttpAnswer answer;
  auto request = request_to(silent.local);
  request.limit = 100ms;
  client->start(request, [&](HttpAnswer got) {
    answer = std::move(got);
    loop.stop();
  });
  loop.run_for(9s);
  EXPECT_EQ(answer.end, HttpEnd::local);
  EXPECT_FALSE(answer.request_left);
  EXPECT_GE(answer.ended_after, 100ms);
}

TEST(HttpClient, sends_again_on_a_new_connection_when_the_kept_one_was_closed) {
  int served = 0;
  Peer peer(over_tls([&](SSL* ssl, int) {  // one answer a connection, and says nothing of the end
    hear(ssl);
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    if (++served == 1) hear(ssl);  // the second request too, and leaves
  }));
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  EXPECT_EQ(exchange(loop, *client, request_to(peer.local)).body, "hi");
  const auto again = exchange(loop, *client, request_to(peer.local));
  EXPECT_EQ(again.end, HttpEnd::answered) << again.detail;
  EXPECT_FALSE(again.connection_was_reused);
}

TEST(HttpClient, passes_over_answers_that_only_announce_another) {
  Peer peer(over_tls([](SSL* ssl, int connection) {
    hear(ssl);
    say(ssl, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n");
    say(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;a=b\r\n!\r\n0\r\n\r\n");
    wait_for_end(connection);
  }));
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  const auto answer = exchange(loop, *client, request_to(peer.local));
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hi!");
}

TEST(HttpClient, takes_no_answer_that_nobody_asked_for) {
  constexpr std::string_view asked_for = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  constexpr std::string_view unasked = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
  for (const bool in_one_record : {true, false}) {
    Peer peer(over_tls([&](SSL* ssl, int connection) {  // it lies there before the second request
      hear(ssl);
      const int corked = 1;  // what follows leaves together
      setsockopt(connection, IPPROTO_TCP, TCP_CORK, &corked, sizeof corked);
      if (in_one_record) {
        say(ssl, std::string(asked_for) + std::string(unasked));
      } else {
        say(ssl, std::string(asked_for));
        say(ssl, std::string(unasked));
      }
      const int open = 0;
      setsockopt(connection, IPPROTO_TCP, TCP_CORK, &open, sizeof open);
      wait_for_end(connection);
    }));
    Loop loop;
    auto client = HttpClient::make(loop, client_of("client")).value();
    EXPECT_EQ(exchange(loop, *client, request_to(peer.local)).body, "hi");
    const auto next = exchange(loop, *client, request_to(peer.local));
    EXPECT_EQ(next.body, "hi") << "on a new connection";
    EXPECT_FALSE(next.connection_was_reused) << in_one_record;
  }
}

TEST(HttpEnds, what_never_ends_is_malformed_long_before_the_time_limit) {
  const auto endless = [](std::string begin, std::string piece) {
    return over_tls([begin, piece](SSL* ssl, int) {
      hear(ssl);
      say(ssl, begin);
      for (int i = 0; i < 1'000'000 && SSL_write(ssl, piece.data(), static_cast<int>(piece.size())) > 0; ++i) {
      }
    });
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& serve :
       {endless("", "HTTP/1.1 100 Continue\r\n\r\n"), endless(chunked + "1;", "name=value;"),
        endless(chunked + "0\r\n", "X: y\r\n"), endless("", "HTTP/1.1 200 OK")}) {
    Peer peer(serve);
    Loop loop;
    auto client = HttpClient::make(loop, client_of("client")).value();
    const auto answer = exchange(loop, *client, request_to(peer.local));
    EXPECT_EQ(answer.end, HttpEnd::malformed) << answer.detail;
  }
}

TEST(HttpEnds, what_is_within_every_limit_and_never_ends_is_a_time_out) {
  Peer peer(over_tls([](SSL* ssl, int) {
    hear(ssl);
    say(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto chunk = "1;x=" + std::string(8'000, 'y') + "\r\nz\r\n";
    while (SSL_write(ssl, chunk.data(), static_cast<int>(chunk.size())) > 0) {
    }
  }));
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  auto request = request_to(peer.local);
  request.limit = 300ms;
  EXPECT_EQ(exchange(loop, *client, std::move(request)).end, HttpEnd::timed_out);
}

TEST(HttpClient, sends_a_large_body_and_takes_a_large_answer) {
  Service service;
  const std::string body(900'000, 'x');
  const auto answer = service.ask(client_of("client"), request_to(service.server->local(), body));
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_EQ(answer.body.size(), body.size() + 4);
}

TEST(HttpClient, asks_with_get_when_there_is_no_body) {
  Service service;
  service.ask(client_of("client"), request_to(service.server->local(), ""));
  EXPECT_EQ(service.last.method, "GET");
}

TEST(HttpClient, an_answer_of_any_status_is_an_answer_and_no_redirect_is_followed) {
  int served = 0;
  Service service("server", [&](HttpServerRequest, HttpServer::Respond respond) {
    ++served;
    respond({.status = 302, .headers = {{"Location", "https://localhost:1/"}}, .body = ""});
  });
  const auto answer = service.ask(client_of("client"));
  EXPECT_EQ(answer.end, HttpEnd::answered);
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(served, 1);
}

TEST(HttpClient, tells_the_certificate_causes_apart) {
  struct Row {
    const char *server, *client, *trusts, *host;
    HttpEnd end;
  };
  for (const auto& row : {
           Row{"expired_server", "client", "ca", "localhost", HttpEnd::service_certificate_expired},
           Row{"expired_other_server", "client", "ca", "localhost", HttpEnd::service_not_trusted},
           Row{"expired_server", "client", "stranger_ca", "localhost", HttpEnd::service_not_trusted},
           Row{"other_server", "client", "ca", "localhost", HttpEnd::service_not_trusted},
           Row{"stranger_server", "client", "ca", "localhost", HttpEnd::service_not_trusted},
           Row{"server", "client", "ca", "wrong.example.test", HttpEnd::service_not_trusted},
           Row{"server", "expired_client", "ca", "localhost", HttpEnd::own_certificate_expired},
           Row{"server", "stranger_client", "ca", "localhost", HttpEnd::own_certificate_refused},
           Row{"server", "", "ca", "localhost", HttpEnd::own_certificate_refused},
           Row{"server", "client", "ca", "127.0.0.1", HttpEnd::answered},
       }) {
    Service service(row.server);
    const auto answer =
        service.ask(client_of(row.client, row.trusts), request_to(service.server->local(), "x", row.host));
    EXPECT_EQ(static_cast<int>(answer.end), static_cast<int>(row.end))
        << row.server << " " << row.client << " " << row.host << ": " << answer.detail;
    const bool knows = row.end == HttpEnd::answered || row.end == HttpEnd::service_certificate_expired;
    if (knows) EXPECT_NE(answer.certificate_ends, std::chrono::sys_seconds{}) << row.server;
    if (row.end == HttpEnd::service_not_trusted)
      EXPECT_EQ(answer.certificate_ends, std::chrono::sys_seconds{}) << row.server << ": nobody's word";
    if (row.end != HttpEnd::answered) EXPECT_NE(answer.detail, "");
    if (row.end != HttpEnd::answered) EXPECT_NE(service.last.method, "POST") << "no request may get through";
  }
}

TEST(HttpClient, a_name_need_not_match_where_the_settings_say_so) {
  Service service("other_server");
  auto options = client_of("client");
  options.tls.verify_name = false;
  EXPECT_EQ(service.ask(options).end, HttpEnd::answered);
}

void reset(int connection) {
  const linger now{1, 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

HttpAnswer ask(std::function<void(int)> serve) {
  Peer peer(std::move(serve));
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  auto full = request_to(peer.local);
  full.connect_limit = 200ms;
  full.limit = 400ms;
  full.answer_limit = 1'000;
  return exchange(loop, *client, std::move(full));
}

void expect_end(const HttpAnswer& answer, HttpEnd end, bool request_left) {
  EXPECT_EQ(static_cast<int>(answer.end), static_cast<int>(end)) << answer.detail << " " << answer.status;
  EXPECT_EQ(answer.request_left, request_left);
  EXPECT_NE(answer.detail, "");
}

TEST(HttpEnds, refused) {
  Endpoint nobody;
  {
    nobody = Peer([](int) {}).local;
  }
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  expect_end(exchange(loop, *client, request_to(nobody)), HttpEnd::refused, false);
}

TEST(HttpEnds, unreachable) {
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  // The discard prefix of RFC 6666 has no route here; where it has one, it is silent.
  auto request = request_to(Endpoint::parse("[100::1]:443").value());
  request.connect_limit = 100ms;
  const auto end = exchange(loop, *client, std::move(request)).end;
  EXPECT_TRUE(end == HttpEnd::unreachable || end == HttpEnd::connect_timed_out || end == HttpEnd::local)
      << static_cast<int>(end);
}

TEST(HttpEnds, a_peer_that_accepts_and_says_nothing_is_a_connect_time_out) {
  const auto answer = ask(wait_for_end);
  expect_end(answer, HttpEnd::connect_timed_out, false);
  EXPECT_GE(answer.ended_after, 190ms);
  EXPECT_LT(answer.ended_after, 350ms);
}

TEST(HttpEnds, a_peer_that_never_answers_is_a_time_out) {
  const auto answer = ask(over_tls([](SSL*, int connection) { wait_for_end(connection); }));
  expect_end(answer, HttpEnd::timed_out, true);
  EXPECT_LT(answer.ended_after, 600ms);
}

TEST(HttpEnds, a_peer_that_drips_its_answer_is_a_time_out) {
  expect_end(ask(over_tls([](SSL* ssl, int) {
               hear(ssl);
               SSL_write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 41);
               for (int i = 0; i < 30 && SSL_write(ssl, "x", 1) == 1; ++i) std::this_thread::sleep_for(30ms);
             })),
             HttpEnd::timed_out, true);
}

TEST(HttpEnds, closed_before_in_and_after_the_handshake_is_a_reset) {
  expect_end(ask([](int) {}), HttpEnd::reset, false);
  expect_end(ask([](int connection) {
               char buffer[64];
               ::recv(connection, buffer, sizeof buffer, 0);
               reset(connection);
             }),
             HttpEnd::reset, false);
  expect_end(ask(over_tls([](SSL* ssl, int) { hear(ssl); })), HttpEnd::reset, true);
  expect_end(ask(over_tls([](SSL* ssl, int connection) {
               hear(ssl);
               SSL_write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", 45);
               reset(connection);
             })),
             HttpEnd::reset, true);
}

TEST(HttpEnds, an_answer_that_ends_within_its_header_is_a_reset_and_no_answer) {
  const auto answer = ask(over_tls([](SSL* ssl, int connection) {
    hear(ssl);
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Ty");
    SSL_shutdown(ssl);
    wait_for_end(connection);
  }));
  expect_end(answer, HttpEnd::reset, true);
}

TEST(HttpEnds, an_announcement_and_no_answer_is_a_reset) {
  const auto answer = ask(over_tls([](SSL* ssl, int connection) {
    hear(ssl);
    say(ssl, "HTTP/1.1 100 Continue\r\n\r\n");
    SSL_shutdown(ssl);
    wait_for_end(connection);
  }));
  expect_end(answer, HttpEnd::reset, true);
}

TEST(HttpEnds, what_is_not_http_or_too_large_is_malformed) {
  const auto saying = [](std::string octets) {
    return over_tls([octets](SSL* ssl, int connection) {
      hear(ssl);
      say(ssl, octets);
      SSL_shutdown(ssl);
      wait_for_end(connection);
    });
  };
  for (const auto& octets :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"),
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2'000, 'x'),
        "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nzz\r\n")}) {
    SCOPED_TRACE(octets.substr(0, 40));
    expect_end(ask(saying(octets)), HttpEnd::malformed, true);
  }
}

TEST(HttpEnds, a_peer_without_tls_is_a_failed_handshake) {
  expect_end(ask([](int connection) {
               ::send(connection, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
               wait_for_end(connection);
             }),
             HttpEnd::tls_failed, false);
}

TEST(HttpEnds, no_descriptor_left_is_local) {
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{3, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  const auto answer = exchange(loop, *client, request_to(Endpoint::parse("127.0.0.1:9").value()));
  setrlimit(RLIMIT_NOFILE, &before);
  expect_end(answer, HttpEnd::local, false);
}

TEST(HttpEnds, what_cannot_be_begun_is_local_and_said_later) {
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  const auto somewhere = Endpoint::parse("127.0.0.1:9").value();
  auto plain = request_to(somewhere);
  plain.url = "http://localhost:9/";
  expect_end(exchange(loop, *client, std::move(plain)), HttpEnd::local, false);
  auto split = request_to(somewhere);
  split.headers = {{"X", "a\r\nY: b"}};
  expect_end(exchange(loop, *client, std::move(split)), HttpEnd::local, false);
  auto nowhere = request_to(somewhere);
  nowhere.addresses.clear();
  expect_end(exchange(loop, *client, std::move(nowhere)), HttpEnd::local, false);
}

TEST(HttpClient, goes_plain_to_this_machine_alone_and_only_when_told_so) {
  Peer peer([](int connection) {
    char buffer[4'096];
    ::recv(connection, buffer, sizeof buffer, 0);
    ::send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 40, MSG_NOSIGNAL);
    wait_for_end(connection);
  });
  Loop loop;
  auto client = HttpClient::make(loop, client_of("")).value();
  auto plain = request_to(peer.local);
  plain.url = "http://localhost:" + std::to_string(peer.local.port) + "/";
  expect_end(exchange(loop, *client, plain), HttpEnd::local, false);
  plain.plain_to_this_machine = true;
  const auto answer = exchange(loop, *client, plain);
  EXPECT_EQ(answer.end, HttpEnd::answered) << answer.detail;
  EXPECT_EQ(answer.body, "hi");
  plain.addresses = {Endpoint::parse("192.0.2.1:80").value()};  // the same URL, which now leads away
  expect_end(exchange(loop, *client, plain), HttpEnd::local, false);
}

TEST(HttpEnds, alerts_are_read_as_rfc_8446_means_them) {
  HttpFindings findings{.code = CURLE_RECV_ERROR, .tls = {}};
  findings.tls.alert_received = SSL3_AD_CERTIFICATE_REVOKED;
  EXPECT_EQ(end_of(findings), HttpEnd::own_certificate_refused);
  findings.tls.alert_received = SSL3_AD_CERTIFICATE_EXPIRED;
  EXPECT_EQ(end_of(findings), HttpEnd::own_certificate_expired);
  findings.tls.alert_received = SSL3_AD_HANDSHAKE_FAILURE;
  EXPECT_EQ(end_of(findings), HttpEnd::reset);
  findings.code = CURLE_SSL_CONNECT_ERROR;
  EXPECT_EQ(end_of(findings), HttpEnd::tls_failed);
}

TEST(HttpClient, destroyed_with_an_exchange_under_way_calls_nobody) {
  Peer peer(wait_for_end);
  Loop loop;
  auto client = HttpClient::make(loop, client_of("client")).value();
  int calls = 0;
  client->start(request_to(peer.local), [&](const HttpAnswer&) { ++calls; });
  loop.run_for(10ms);
  client.reset();
  loop.run_for(10ms);
  EXPECT_EQ(calls, 0);
}

TEST(HttpClient, may_be_destroyed_by_an_answer) {
  Service service;
  auto client = HttpClient::make(service.loop, client_of("client")).value();
  client->start(request_to(service.server->local()), [&](const HttpAnswer&) {
    client.reset();
    service.loop.stop();
  });
  EXPECT_FALSE(service.loop.run_for(5s));
}

TEST(HttpClient, goes_on_to_the_next_address_when_the_first_refuses) {
  Service service;
  auto request = request_to(service.server->local());
  request.addresses = {Endpoint::parse("127.0.0.9:1").value(), service.server->local()};
  EXPECT_EQ(service.ask(client_of("client"), std::move(request)).end, HttpEnd::answered);
}

TEST(HttpClient, follows_a_change_of_addresses) {
  Service service;
  auto client = HttpClient::make(service.loop, client_of("client")).value();
  auto wrong = request_to(service.server->local());
  wrong.addresses = {Endpoint::parse("127.0.0.9:1").value()};
  EXPECT_EQ(exchange(service.loop, *client, wrong).end, HttpEnd::refused);
  EXPECT_EQ(exchange(service.loop, *client, request_to(service.server->local())).end, HttpEnd::answered);
}

TEST(HttpOrigin, is_the_host_and_port_of_an_https_url) {
  EXPECT_EQ(origin_of("https://a.example/x")->host, "a.example");
  EXPECT_EQ(origin_of("https://a.example/x")->port, 443);
  EXPECT_EQ(origin_of("https://[::1]:8443")->host, "::1");
  for (const char* url :
       {"http://a/", "ftp://a/", "a", "", "https://", "https://u:p@a/", "https://a:0/", "https://a:99999/"}) {
    EXPECT_FALSE(origin_of(url)) << url;
  }
}

}  // namespace
}  // namespace sallyport::net
