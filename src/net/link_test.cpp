#include "net/link.h"

#include <fcntl.h>

#include <optional>
#include <string>

#include "net/descriptor.h"
#include "net/octet_peer_test.h"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;
using Opened = base::Result<std::unique_ptr<Link>, LinkError>;

std::shared_ptr<LinkTls> trusting(const std::string& authority = "ca") {
  TlsClient tls;
  tls.ca_file = certificate_file(authority + ".pem");
  return LinkTls::make(tls).value();
}

Opened open(Loop& loop, Link::Target target, base::Duration limit = 10s) {
  std::optional<Opened> opened;
  Link::open(loop, std::move(target), limit, [&](Opened got) {
    EXPECT_FALSE(opened) << "exactly once";
    opened = std::move(got);
    loop.stop();
  });
  EXPECT_FALSE(opened) << "not from inside";
  loop.run_for(30s);
  EXPECT_TRUE(opened);
  return std::move(opened).value_or(std::unexpected(LinkError{LinkFailure::local, "never opened"}));
}

void echo(SSL* ssl) {
  char buffer[16'384];
  for (int got = 0; (got = SSL_read(ssl, buffer, sizeof buffer)) > 0;)
    say(ssl, {buffer, static_cast<std::size_t>(got)});
  SSL_shutdown(ssl);
}

void echo_plain(int connection) {
  char buffer[16'384];
  for (ssize_t got = 0; (got = ::recv(connection, buffer, sizeof buffer, 0)) > 0;) {
    ::send(connection, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL);
  }
}

// What a library does at its end, by threads that may block: sends `text` and takes as much back.
std::string there_and_back(Loop& loop, int descriptor, const std::string& text) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
  std::string back;
  {
    std::jthread writer([&] {
      for (std::size_t at = 0; at < text.size();) {
        const auto put = ::write(descriptor, text.data() + at, text.size() - at);
        if (put <= 0) return;
        at += static_cast<std::size_t>(put);
      }
    });
    std::jthread reader([&] {
      char buffer[8'192];
      while (back.size() < text.size()) {
        const auto got = ::read(descriptor, buffer, sizeof buffer);
        if (got <= 0) break;
        back.append(buffer, static_cast<std::size_t>(got));
      }
      loop.stop();
    });
    EXPECT_FALSE(loop.run_for(60s));
  }
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  return back;
}

std::string much() {
  std::string text(3'000'000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 / 7);
  return text;
}

TEST(Link, carries_much_both_ways_plain_and_under_tls) {
  for (const bool tls : {false, true}) {
    Loop loop;
    Peer peer(tls ? over_tls([](SSL* ssl, int) { echo(ssl); }) : std::function<void(int)>(echo_plain));
    auto link = open(loop, {peer.local, "localhost", tls ? trusting() : nullptr, tls});
    ASSERT_TRUE(link) << link.error().detail;
    const Descriptor library((*link)->take_descriptor());
    const auto text = much();
    EXPECT_TRUE(there_and_back(loop, library.get(), text) == text);
  }
}

TEST(Link, goes_on_under_tls_on_the_same_descriptor_after_start_tls) {
  Loop loop;
  Peer peer([](int connection) {
    char buffer[16];
    if (::recv(connection, buffer, 5, MSG_WAITALL) != 5) return;
    ::send(connection, "ready", 5, MSG_NOSIGNAL);
    over_tls([](SSL* ssl, int) { echo(ssl); })(connection);
  });
  auto link = open(loop, {peer.local, "localhost", trusting(), false});
  ASSERT_TRUE(link) << link.error().detail;
  const Descriptor library((*link)->take_descriptor());
  EXPECT_EQ(there_and_back(loop, library.get(), "start"), "ready");
  std::optional<base::Result<void, LinkError>> done;
  (*link)->start_tls(10s, [&](base::Result<void, LinkError> result) {
    done = std::move(result);
    loop.stop();
  });
  loop.run_for(30s);
  ASSERT_TRUE(done && *done) << (done ? done->error().detail : "never");
  const auto text = much();
  EXPECT_TRUE(there_and_back(loop, library.get(), text) == text);
}

TEST(Link, the_end_of_either_side_ends_the_other) {
  Loop loop;
  bool heard_end = false;
  Peer peer(over_tls([&](SSL* ssl, int) {
    char buffer[16];
    heard_end = SSL_read(ssl, buffer, sizeof buffer) <= 0;
  }));
  auto leaving = open(loop, {peer.local, "localhost", trusting(), true});
  ASSERT_TRUE(leaving);
  {
    const Descriptor library((*leaving)->take_descriptor());
  }
  for (int i = 0; i < 500 && !heard_end; ++i) loop.run_for(10ms);
  EXPECT_TRUE(heard_end);

  Peer quitter(over_tls([](SSL* ssl, int) {
    say(ssl, "bye");
    SSL_shutdown(ssl);
  }));
  auto left = open(loop, {quitter.local, "localhost", trusting(), true});
  ASSERT_TRUE(left);
  const Descriptor library((*left)->take_descriptor());
  std::string got;
  for (int i = 0; i < 500; ++i) {
    loop.run_for(10ms);
    char buffer[16];
    const auto count = ::read(library.get(), buffer, sizeof buffer);
    if (count == 0) break;
    if (count > 0) got.append(buffer, static_cast<std::size_t>(count));
    EXPECT_LT(i, 499) << "no end was seen";
  }
  EXPECT_EQ(got, "bye");
}

TEST(Link, failures_say_what_failed) {
  Loop loop;
  const auto failure = [&](Link::Target target, base::Duration limit = 10s) {
    auto link = open(loop, std::move(target), limit);
    EXPECT_FALSE(link);
    return link ? LinkFailure::local : link.error().reason;
  };
  Endpoint nobody;
  {
    nobody = Peer([](int) {}).local;
  }
  EXPECT_EQ(failure({nobody, "localhost", nullptr, false}), LinkFailure::refused);
  EXPECT_EQ(failure({nobody, "localhost", trusting(), true}), LinkFailure::refused);
  Peer good(over_tls([](SSL* ssl, int) { echo(ssl); }));
  EXPECT_EQ(failure({good.local, "wrong.example.test", trusting(), true}), LinkFailure::tls_failed);
  EXPECT_EQ(failure({good.local, "localhost", trusting("stranger_ca"), true}), LinkFailure::tls_failed);
  Peer closing([](int) {});
  EXPECT_EQ(failure({closing.local, "localhost", trusting(), true}), LinkFailure::tls_failed);
  Peer silent(wait_for_end);
  EXPECT_EQ(failure({silent.local, "localhost", trusting(), true}, 50ms), LinkFailure::tls_timed_out);
}

TEST(Link, nothing_is_called_after_it_was_destroyed) {
  Loop loop;
  Peer silent(wait_for_end);
  auto link = open(loop, {silent.local, "localhost", trusting(), false});
  ASSERT_TRUE(link);
  const Descriptor library((*link)->take_descriptor());
  int calls = 0;
  (*link)->start_tls(20ms, [&](const base::Result<void, LinkError>&) { ++calls; });
  link->reset();
  loop.run_for(50ms);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace sallyport::net
