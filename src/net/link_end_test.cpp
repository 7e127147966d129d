#include "net/link_peer_test.h"

namespace sallyport::net {
namespace {

void expect_failure(DirectoryPeer& peer, Link::Target target, const std::string& words) {
  target.address = peer.address();
  Loop loop;
  const auto link = open_link(loop, std::move(target));
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().reason, LinkFailure::tls_failed);
  EXPECT_NE(link.error().detail.find(words), std::string::npos) << link.error().detail;
}

TEST(Link, refuses_a_server_that_is_not_the_one_that_was_asked_for) {
  const auto way = Way::at_once;
  std::string heard;
  {
    DirectoryPeer other([&](DirectoryPeer& it) { heard = it.secure() ? it.read() : ""; }, "other_server");
    expect_failure(other, target_at({}, way), "mismatch");
  }
  EXPECT_EQ(heard, "") << "nothing of the library's went to the stranger";
  DirectoryPeer stranger(echo_tls, "stranger_server");
  expect_failure(stranger, target_at({}, way), "issuer certificate");
  DirectoryPeer expired(echo_tls, "expired_server");
  expect_failure(expired, target_at({}, way), "expired");
  DirectoryPeer good(echo_tls);
  expect_failure(good, target_at({}, way, "localhost", "stranger_ca"), "issuer certificate");
  DirectoryPeer nameless(echo_tls);
  expect_failure(nameless, target_at({}, way, ""), "no host name");
  DirectoryPeer cut(echo_tls);
  expect_failure(cut, target_at({}, way, std::string("other.example.test\0localhost", 28)), "no host name");
}

TEST(Link, fails_when_the_peer_speaks_something_else_or_leaves_in_the_handshake) {
  DirectoryPeer web([](DirectoryPeer& it) { it.write("HTTP/1.0 400 Bad Request\r\n\r\n"); });
  expect_failure(web, target_at({}, Way::at_once), "");
  DirectoryPeer leaving([](DirectoryPeer& it) { it.read(5); });
  expect_failure(leaving, target_at({}, Way::at_once), "");
}

TEST(Link, says_connection_refused) {
  Endpoint address;
  {
    address = DirectoryPeer([](DirectoryPeer&) {}).address();
  }
  for (const Way way : {Way::plain, Way::start_tls, Way::at_once}) {
    Loop loop;
    const auto link = open_link(loop, target_at(address, way));
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().reason, LinkFailure::refused);
    EXPECT_EQ(link.error().detail, "Connection refused");
  }
}

TEST(Link, gives_a_silent_server_its_time_and_no_more) {
  const FullQueue full;
  for (const Way way : {Way::plain, Way::start_tls, Way::at_once}) {
    Loop loop;
    const auto before = std::chrono::steady_clock::now();
    const auto link = open_link(loop, target_at(full.address, way), 200ms);
    const auto took = std::chrono::steady_clock::now() - before;
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().reason, LinkFailure::connect_timed_out);
    EXPECT_GE(took, 200ms);
    EXPECT_LT(took, 5s);
  }
}

TEST(Link, gives_a_peer_that_never_shakes_hands_its_time_and_no_more) {
  DirectoryPeer peer(silent);
  Loop loop;
  const auto before = std::chrono::steady_clock::now();
  const auto link = open_link(loop, target_at(peer.address(), Way::at_once), 200ms);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().reason, LinkFailure::tls_timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

TEST(Link, ends_the_library_when_an_upgrade_has_no_end) {
  DirectoryPeer peer([](DirectoryPeer& it) {
    if (it.answer_start_tls()) silent(it);
  });
  Loop loop;
  const auto link = opened_link(loop, peer.address(), Way::start_tls);
  ASSERT_TRUE(link);
  const auto library = ask_for_tls(loop, *link);
  EXPECT_EQ(start_tls(loop, *link, 200ms).error().reason, LinkFailure::tls_timed_out);
  library->wait_for(3);
  EXPECT_TRUE(library->ended);
}

TEST(Link, refuses_octets_in_clear_behind_the_answer_to_start_tls) {
  DirectoryPeer peer([](DirectoryPeer& it) {
    if (it.answer_start_tls("evil") && it.secure()) it.echo();
  });
  Loop loop;
  const auto link = opened_link(loop, peer.address(), Way::start_tls);
  ASSERT_TRUE(link);
  Library library(loop, *link);
  library.most = 2;  // it reads the answer, and does not know yet what lies behind it
  library.write("start");
  ASSERT_EQ(library.wait_for(2), "go");
  library.pause();
  loop.run_for(50ms);
  const auto secured = start_tls(loop, *link);
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().reason, LinkFailure::tls_failed);
  EXPECT_NE(secured.error().detail.find("clear"), std::string::npos) << secured.error().detail;
}

TEST(Link, refuses_octets_in_clear_that_come_a_little_later) {
  DirectoryPeer peer([](DirectoryPeer& it) {
    if (!it.answer_start_tls()) return;
    std::this_thread::sleep_for(50ms);
    if (it.write("0\x0c\x02\x01\x02\x61\x07 evil") && it.secure()) it.echo();
  });
  Loop loop;
  const auto link = opened_link(loop, peer.address(), Way::start_tls);
  ASSERT_TRUE(link);
  const auto library = ask_for_tls(loop, *link);
  EXPECT_EQ(start_tls(loop, *link).error().reason, LinkFailure::tls_failed);
  library->wait_for(3);
  EXPECT_EQ(library->got, "go");
  EXPECT_TRUE(library->ended);
}

TEST(Link, fails_an_upgrade_of_a_connection_that_has_ended) {
  DirectoryPeer peer([](DirectoryPeer& it) { it.answer_start_tls(); });
  Loop loop;
  const auto link = opened_link(loop, peer.address(), Way::start_tls);
  ASSERT_TRUE(link);
  const auto library = ask_for_tls(loop, *link);
  library->wait_for(3);
  ASSERT_TRUE(library->ended);
  EXPECT_EQ(start_tls(loop, *link).error().reason, LinkFailure::tls_failed);
}

TEST(Link, brings_the_librarys_last_words_to_the_peer_and_then_the_end_of_tls) {
  const auto octets = pattern(100000);  // more than one turn can carry
  for (const bool link_goes_too : {false, true}) {
    std::string received;
    int end = 0;
    {
      DirectoryPeer peer([&](DirectoryPeer& it) {
        if (!it.secure()) return;
        for (auto some = it.read(); !some.empty(); some = it.read()) received += some;
        end = SSL_get_shutdown(it.tls());
      });
      Loop loop;
      auto link = opened_link(loop, peer.address(), Way::at_once);
      ASSERT_TRUE(link);
      Library library(loop, *link);
      library.write(octets);
      library.leave();
      if (link_goes_too) link.reset();
      loop.run_for(200ms);
    }
    EXPECT_TRUE(received == octets);
    EXPECT_EQ(end & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN) << "an end in order, not a cut";
  }
}

TEST(Link, brings_the_peers_last_words_to_the_library_and_then_the_end) {
  const auto octets = pattern(1000000);
  for (const bool in_order : {true, false}) {
    DirectoryPeer peer([&](DirectoryPeer& it) {
      if (!it.secure() || !it.write(octets)) return;
      if (in_order) SSL_shutdown(it.tls());
      ::shutdown(it.socket(), SHUT_WR);
      std::string rest(1000, '\0');
      while (::recv(it.socket(), rest.data(), rest.size(), 0) > 0) {
      }
    });
    Loop loop;
    auto link = opened_link(loop, peer.address(), Way::at_once);
    ASSERT_TRUE(link);
    Library library(loop, *link);
    library.wait_for(octets.size() + 1);
    EXPECT_TRUE(library.got == octets);
    EXPECT_TRUE(library.ended);
    link.reset();  // else the peer waits for its own end
  }
}

TEST(Link, may_go_at_any_moment) {
  for (const Way way : {Way::at_once, Way::start_tls}) {
    for (int moment = 0; moment < 40; ++moment) {
      DirectoryPeer peer(way == Way::at_once ? echo_tls : upgrade_and_echo);
      Loop loop;
      auto link = opened_link(loop, peer.address(), way);
      ASSERT_TRUE(link);
      std::unique_ptr<Library> library;
      if (way == Way::start_tls) {
        library = ask_for_tls(loop, *link);
        link->start_tls(10s, [&](auto) {
          if (moment % 2 == 0) link.reset();  // in its own callback
        });
      } else {
        library = std::make_unique<Library>(loop, *link);
        library->write(pattern(300000));
      }
      loop.run_for(std::chrono::microseconds(moment * 100));
      if (moment % 4 == 3) library.reset();
      link.reset();
      loop.run_for(1ms);
    }
  }
}

TEST(Link, is_gone_when_its_opening_drops_it) {
  for (const Way way : {Way::plain, Way::start_tls, Way::at_once}) {
    DirectoryPeer peer(way == Way::at_once ? echo_tls : silent);
    Loop loop;
    bool called = false;
    Link::open(loop, target_at(peer.address(), way), 10s, [&](Opened opened) {
      called = opened.has_value();
      opened->reset();
      loop.stop();
    });
    loop.run_for(patience);
    EXPECT_TRUE(called);
  }
}

TEST(Link, that_is_opening_goes_with_the_loop) {
  const FullQueue full;
  for (const Way way : {Way::plain, Way::start_tls, Way::at_once}) {
    for (int moment = 0; moment < 30; ++moment) {
      DirectoryPeer peer(way == Way::at_once ? echo_tls : silent);
      const auto held = std::make_shared<int>(0);
      {
        Loop loop;
        for (const auto& address : {peer.address(), full.address})
          Link::open(loop, target_at(address, way), 10s, [held](const Opened&) {});
        loop.run_for(std::chrono::microseconds(moment * 100));
      }
      EXPECT_EQ(held.use_count(), 1) << "nothing waits for ever";
    }
  }
}

TEST(LinkTls, says_which_file_cannot_be_used) {
  const auto tls = LinkTls::make({.ca_file = certificate_file("none.pem"), .identity = {}});
  ASSERT_FALSE(tls);
  EXPECT_NE(tls.error().what.find("none.pem"), std::string::npos) << tls.error().what;
}

}  // namespace
}  // namespace sallyport::net
