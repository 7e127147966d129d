#include "net/link_peer_test.h"

namespace sallyport::net {
namespace {

TEST(Link, gives_the_socket_itself_where_no_tls_can_come) {
  Loop loop;
  DirectoryPeer peer([](DirectoryPeer& it) { it.echo(); });
  const auto link = opened_link(loop, peer.address(), Way::plain);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  sockaddr_storage other{};
  socklen_t room = sizeof other;
  ASSERT_EQ(getpeername(library.descriptor(), reinterpret_cast<sockaddr*>(&other), &room), 0);
  EXPECT_EQ(Endpoint::from(other), peer.address());
  library.write("hello");
  EXPECT_EQ(library.wait_for(5), "hello");
  EXPECT_EQ(link->take_descriptor(), -1) << "asked for once";
  EXPECT_EQ(start_tls(loop, *link).error().reason, LinkFailure::tls_failed);
}

TEST(Link, shakes_hands_at_once_for_ldaps) {
  Loop loop;
  DirectoryPeer peer(echo_tls);
  const auto link = opened_link(loop, peer.address(), Way::at_once);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  library.write("hello");
  EXPECT_EQ(library.wait_for(5), "hello");
}

TEST(Link, takes_an_address_for_a_name_where_the_certificate_has_it) {
  Loop loop;
  DirectoryPeer peer(echo_tls);
  EXPECT_TRUE(open_link(loop, target_at(peer.address(), Way::at_once, "127.0.0.1")));
}

TEST(Link, upgrades_on_the_same_descriptor) {
  Loop loop;
  std::string seen;
  {
    DirectoryPeer peer([&](DirectoryPeer& it) {
      if (!it.answer_start_tls()) return;
      std::string ahead(3, '\0');
      ::recv(it.socket(), ahead.data(), ahead.size(), MSG_PEEK | MSG_WAITALL);
      seen = ahead;
      if (it.secure()) it.echo();
    });
    const auto link = opened_link(loop, peer.address(), Way::start_tls);
    ASSERT_TRUE(link);
    const auto library = ask_for_tls(loop, *link);
    const auto secured = start_tls(loop, *link);
    ASSERT_TRUE(secured) << secured.error().detail;
    library->write("hello");
    EXPECT_EQ(library->wait_for(7), "gohello");
  }
  EXPECT_EQ(seen.substr(0, 2), "\x16\x03") << "a TLS handshake, nothing in clear";
}

// Once what fits has been moved, which takes its time.
void expect_rest(Loop& loop) {
  loop.run_for(500ms);
  const auto before = cpu_of_this_thread();
  loop.run_for(500ms);
  EXPECT_LT(cpu_of_this_thread() - before, 250ms) << "it waits, it does not spin";
}

void expect_echo(Library& library, std::size_t size) {
  library.got.clear();
  const auto sent = pattern(size);
  library.write(sent);
  EXPECT_EQ(library.wait_for(size).size(), size);
  EXPECT_TRUE(library.got == sent);
}

TEST(Link, carries_much_both_ways_at_once_through_small_buffers) {
  {
    Loop loop;
    DirectoryPeer peer(echo_tls, "server", 4096);
    const auto link = opened_link(loop, peer.address(), Way::at_once);
    ASSERT_TRUE(link);
    Library library(loop, *link, 4096);
    expect_echo(library, 20U << 20U);
  }
  Loop loop;
  DirectoryPeer peer(
      [](DirectoryPeer& it) {
        for (std::size_t echoed = 0; echoed < 2U << 20U;) {
          const auto octets = it.read();
          if (octets.empty() || !it.write(octets)) return;
          echoed += octets.size();
        }
        upgrade_and_echo(it);
      },
      "server", 4096);
  const auto link = opened_link(loop, peer.address(), Way::start_tls);
  ASSERT_TRUE(link);
  Library library(loop, *link, 4096);
  expect_echo(library, 2U << 20U);
  library.got.clear();
  library.write("start");
  ASSERT_EQ(library.wait_for(2), "go");
  ASSERT_TRUE(start_tls(loop, *link));
  expect_echo(library, 2U << 20U);
}

TEST(Link, holds_the_network_back_while_the_library_does_not_read) {
  Loop loop;
  const auto octets = pattern(20U << 20U);
  std::atomic<std::size_t> written = 0;
  DirectoryPeer peer(
      [&](DirectoryPeer& it) {
        if (!it.secure()) return;
        for (std::string_view rest = octets; !rest.empty() && it.write(rest.substr(0, 10000));
             written = octets.size() - rest.size()) {
          rest.remove_prefix(std::min<std::size_t>(10000, rest.size()));
        }
        SSL_shutdown(it.tls());
      },
      "server", 65536);
  const auto link = opened_link(loop, peer.address(), Way::at_once);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  library.pause();
  expect_rest(loop);
  EXPECT_LT(written, 12U << 20U);
  library.read_on();
  EXPECT_TRUE(library.wait_for(octets.size()) == octets);
}

TEST(Link, holds_the_library_back_while_the_network_does_not_read) {
  Loop loop;
  std::atomic<bool> reading = false;
  std::string received;
  const auto octets = pattern(20U << 20U);
  {
    DirectoryPeer peer(
        [&](DirectoryPeer& it) {
          if (!it.secure()) return;
          while (!reading) std::this_thread::sleep_for(1ms);
          while (received.size() < octets.size()) received += it.read();
          it.write("all");
        },
        "server", 65536);
    const auto link = opened_link(loop, peer.address(), Way::at_once);
    ASSERT_TRUE(link);
    Library library(loop, *link);
    library.write(octets);
    expect_rest(loop);
    EXPECT_GT(library.unsent(), 8U << 20U);
    reading = true;
    EXPECT_EQ(library.wait_for(3), "all");
  }
  EXPECT_TRUE(received == octets);
}

TEST(Link, goes_on_when_the_peer_changes_its_keys) {
  Loop loop;
  DirectoryPeer peer([](DirectoryPeer& it) {
    if (!it.secure()) return;
    for (auto octets = it.read(); !octets.empty() && it.write(octets); octets = it.read())
      SSL_key_update(it.tls(), SSL_KEY_UPDATE_REQUESTED);
  });
  const auto link = opened_link(loop, peer.address(), Way::at_once);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  for (int turn = 0; turn < 20; ++turn) expect_echo(library, 1000);
}

TEST(Link, that_is_idle_costs_nothing) {
  Loop loop;
  DirectoryPeer peer(echo_tls);
  const auto link = opened_link(loop, peer.address(), Way::at_once);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  const auto before = cpu_of_this_thread();
  loop.run_for(300ms);
  EXPECT_LT(cpu_of_this_thread() - before, 100ms);
}

}  // namespace
}  // namespace sallyport::net
