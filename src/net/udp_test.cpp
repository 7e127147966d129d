#include "net/udp.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

base::Bytes octets(std::string_view text) {
  const auto view = base::as_bytes(text);
  return {view.begin(), view.end()};
}

// A server that answers every datagram with "re:" and the same octets, from where it was asked.
struct Echo {
  Echo(Loop& loop, const char* address, const UdpSocket::Options& options = {}) {
    auto opened = UdpSocket::open(loop, Endpoint::parse(address).value(), options, [this](auto datagrams) {
      for (const auto& datagram : datagrams) {
        asked_at.insert(datagram.local);
        auto answer = octets("re:");
        answer.insert(answer.end(), datagram.bytes.begin(), datagram.bytes.end());
        truncated += datagram.truncated ? 1 : 0;
        sizes.push_back(datagram.bytes.size());
        socket->send(datagram.peer, datagram.local, std::move(answer));
      }
    });
    EXPECT_TRUE(opened) << opened.error().what;
    socket = std::move(*opened);
  }
  std::unique_ptr<UdpSocket> socket;
  std::set<Endpoint> asked_at;
  std::vector<std::size_t> sizes;
  int truncated = 0;
};

struct Heard {
  std::string text;
  Endpoint from;
};

std::vector<Heard> ask(Loop& loop, const char* from, const Endpoint& to,
                       const std::vector<std::string>& questions) {
  std::vector<Heard> heard;
  auto socket = UdpSocket::open(loop, Endpoint::parse(from).value(), {}, [&](auto datagrams) {
    for (const auto& datagram : datagrams)
      heard.push_back({std::string(base::as_text(datagram.bytes)), datagram.peer});
    if (heard.size() == questions.size()) loop.stop();
  });
  EXPECT_TRUE(socket) << socket.error().what;
  for (const auto& question : questions) (*socket)->send(to, {}, octets(question));
  loop.run_for(2s);
  return heard;
}

TEST(Udp, answers_of_a_wildcard_socket_leave_from_the_address_that_was_asked) {
  Loop loop;
  Echo echo(loop, "0.0.0.0:0");
  const auto port = echo.socket->local().port;
  for (const char* address : {"127.0.0.1", "127.0.0.7"}) {
    const Endpoint to{Address::parse(address).value(), port};
    const auto heard = ask(loop, "127.0.0.1:0", to, {"hello"});
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].text, "re:hello");
    EXPECT_EQ(heard[0].from, to);
    EXPECT_TRUE(echo.asked_at.contains(to));
  }
}

TEST(Udp, speaks_ipv6_from_a_wildcard_too) {
  Loop loop;
  Echo echo(loop, "[::]:0");
  const Endpoint to{Address::parse("::1").value(), echo.socket->local().port};
  const auto heard = ask(loop, "[::1]:0", to, {"hello"});
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].from, to);
}

TEST(Udp, hundreds_in_one_turn_all_arrive_and_are_answered) {
  Loop loop;
  Echo echo(loop, "127.0.0.1:0");
  std::vector<std::string> questions;
  for (int i = 0; i < 300; ++i) questions.push_back(std::to_string(i));
  const auto heard = ask(loop, "127.0.0.1:0", echo.socket->local(), questions);
  std::set<std::string> different;
  for (const auto& one : heard) different.insert(one.text);
  EXPECT_EQ(different.size(), 300U);
}

TEST(Udp, what_is_longer_than_the_limit_is_cut_and_says_so) {
  Loop loop;
  Echo echo(loop, "127.0.0.1:0", {.receive_limit = 10});
  ask(loop, "127.0.0.1:0", echo.socket->local(), {"0123456789", "0123456789a", ""});
  EXPECT_EQ(echo.truncated, 1);
  EXPECT_EQ(echo.sizes, (std::vector<std::size_t>{10, 10, 0}));
}

TEST(Udp, a_datagram_that_the_kernel_refuses_is_counted_and_holds_up_no_other) {
  Loop loop;
  Echo echo(loop, "127.0.0.1:0");
  int heard = 0;
  auto socket = UdpSocket::open(loop, Endpoint::parse("127.0.0.1:0").value(), {}, [&](auto) {
    ++heard;
    loop.stop();
  });
  ASSERT_TRUE(socket);
  (*socket)->send(echo.socket->local(), {}, base::Bytes(70'000));
  (*socket)->send(Endpoint::parse("[::1]:9").value(), {}, octets("other family"));
  (*socket)->send(echo.socket->local(), {}, octets("good"));
  loop.run_for(2s);
  EXPECT_EQ(heard, 1);
  EXPECT_EQ((*socket)->send_failures(), 2U);
}

TEST(Udp, a_socket_may_be_destroyed_while_it_delivers) {
  Loop loop;
  std::unique_ptr<UdpSocket> socket;
  int calls = 0;
  socket = std::move(*UdpSocket::open(loop, Endpoint::parse("127.0.0.1:0").value(), {}, [&](auto) {
    ++calls;
    socket.reset();
    loop.stop();
  }));
  auto sender = UdpSocket::open(loop, Endpoint::parse("127.0.0.1:0").value(), {}, [](auto) {});
  (*sender)->send(socket->local(), {}, octets("x"));
  loop.run_for(2s);
  EXPECT_EQ(calls, 1);
}

TEST(Udp, a_taken_address_is_an_error_that_names_it_unless_it_is_shared_by_wish) {
  Loop loop;
  Echo first(loop, "127.0.0.1:0", {.reuse_port = true});
  EXPECT_TRUE(UdpSocket::open(loop, first.socket->local(), {.reuse_port = true}, [](auto) {}));
  const auto refused = UdpSocket::open(loop, first.socket->local(), {}, [](auto) {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find(first.socket->local().to_string()), std::string::npos);
}

}  // namespace
}  // namespace sallyport::net
