#include "server/disconnector.h"

#include <gmock/gmock.h>

#include <map>

#include "radius/reply.h"
#include "server/rig_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using radius::Code;

// A NAS on loopback that does as told with each Disconnect-Request; `times` counts those of each identifier.
class Nas {
 public:
  using Serve = std::function<void(Nas&, const radius::PacketView&, const net::Datagram&)>;
  Nas(net::Loop& loop, const std::string& address, Serve serve) {
    auto opened = net::UdpSocket::open(
        loop, net::Endpoint::parse(address).value(), {},
        [this, serve = std::move(serve)](std::span<const net::Datagram> datagrams) {
          for (const auto& datagram : datagrams) {
            const auto packet = radius::decode(datagram.bytes).value();
            EXPECT_EQ(radius::authenticate_request(packet, secret), radius::Proof::message_authenticator);
            auto& before = packets[packet.id()];
            if (before.empty()) before.assign(datagram.bytes.begin(), datagram.bytes.end());
            EXPECT_TRUE(std::ranges::equal(before, datagram.bytes)) << "a retransmit is the same packet";
            ++times[packet.id()];
            serve(*this, packet, datagram);
          }
        });
    EXPECT_TRUE(opened) << opened.error().what;
    socket = std::move(*opened);
  }
  static base::Bytes reply(const radius::PacketView& request, Code code, const radius::SharedSecret& by) {
    radius::PacketBuffer buffer;
    const auto head = radius::head_of(request);
    radius::ReplyBuilder builder(buffer, code, head, by);
    if (code == Code::disconnect_nak) builder.add(radius::AttributeType::error_cause, 503);
    const auto octets = builder.finish();
    return {octets.begin(), octets.end()};
  }
  radius::SharedSecret secret{base::Secret("a-secret-of-16-or-more")};
  std::map<int, base::Bytes> packets;
  std::map<int, int> times;
  std::unique_ptr<net::UdpSocket> socket;
};

class DisconnectorTest : public testing::Test {
 protected:
  // A session at that NAS, or one that cannot be asked for.
  SessionToEnd session(const Nas* nas, const std::string& login) {
    SessionToEnd out;
    out.login = login;
    out.why_not = nas == nullptr ? "no client" : "";
    if (nas == nullptr) return out;
    out.server = server;
    out.client = server->clients.all()[0].get();
    out.nas = nas->socket->local();
    out.attributes.emplace_back(radius::AttributeType::user_name, base::Bytes(login.begin(), login.end()));
    return out;
  }
  std::vector<std::string> end(std::vector<SessionToEnd> sessions, base::Duration limit = 5s) {
    std::vector<std::string> out;
    disconnector.end(std::move(sessions), [&](const std::vector<Disconnection>& ends) {
      for (const auto& one : ends)
        out.push_back(one.login + " " + std::string(to_string(one.end)) +
                      (one.why.empty() ? "" : ": " + one.why));
      loop.stop();
    });
    EXPECT_FALSE(loop.run_for(limit)) << "it does not end";
    return out;
  }

  net::Loop loop;
  std::shared_ptr<const ValidationServer> server =
      ValidationServer::make(rig::Rig::good_server(), nullptr, nullptr, std::make_shared<Shared>()).value();
  Disconnector disconnector{loop};
};

constexpr auto any_port = "127.0.0.1:0";

TEST_F(DisconnectorTest, asks_each_nas_and_says_what_it_answers_in_the_order_that_was_asked) {
  const auto by_id = [](Nas& nas, const radius::PacketView& packet, const net::Datagram& from) {
    const auto code = packet.id() % 2 == 0 ? Code::disconnect_ack : Code::disconnect_nak;
    nas.socket->send(from.peer, from.local, Nas::reply(packet, code, nas.secret));
  };
  Nas v4(loop, any_port, by_id), v6(loop, "[::1]:0", by_id);
  EXPECT_THAT(end({session(&v4, "a"), session(&v6, "b"), session(nullptr, "c"), session(&v6, "d")}),
              testing::ElementsAre("a disconnected",
                                   "b refused: Session-Context-Not-Found (503): it knows no such session",
                                   "c not sent: no client",
                                   "d refused: Session-Context-Not-Found (503): it knows no such session"));
  EXPECT_EQ(v4.times[0] + v6.times[1] + v6.times[3], 3) << "each was asked once";
}

TEST_F(DisconnectorTest, ends_at_once_where_nothing_can_be_asked) {
  EXPECT_THAT(end({}), testing::IsEmpty());
  EXPECT_THAT(end({session(nullptr, "a")}), testing::ElementsAre("a not sent: no client"));
}

TEST_F(DisconnectorTest, asks_again_when_an_answer_is_lost) {
  Nas nas(loop, any_port, [](Nas& self, const radius::PacketView& packet, const net::Datagram& from) {
    if (self.times[packet.id()] == 2)
      self.socket->send(from.peer, from.local, Nas::reply(packet, Code::disconnect_ack, self.secret));
  });
  EXPECT_THAT(end({session(&nas, "a")}), testing::ElementsAre("a disconnected"));
}

TEST_F(DisconnectorTest, passes_over_what_is_no_answer_of_the_nas_that_was_asked) {
  Nas stranger(loop, any_port, [](auto&&...) {});
  const radius::SharedSecret wrong(base::Secret("some other secret of ours"));
  Nas nas(loop, any_port, [&](Nas& self, const radius::PacketView& packet, const net::Datagram& from) {
    const auto good = Nas::reply(packet, Code::disconnect_ack, self.secret);
    stranger.socket->send(from.peer, {}, good);  // from elsewhere
    self.socket->send(from.peer, from.local, Nas::reply(packet, Code::disconnect_ack, wrong));
    auto changed = good;
    changed[0] = static_cast<std::uint8_t>(Code::disconnect_nak);
    self.socket->send(from.peer, from.local, changed);
    auto for_another = good;
    ++for_another[1];
    self.socket->send(from.peer, from.local, for_another);
    self.socket->send(from.peer, from.local, {41, 0, 0});
    self.socket->send(from.peer, from.local, base::Bytes(5000, 41));
    if (self.times[packet.id()] == 2)
      self.socket->send(from.peer, from.local, Nas::reply(packet, Code::disconnect_nak, self.secret));
  });
  EXPECT_THAT(end({session(&nas, "a")}), testing::ElementsAre(testing::StartsWith("a refused: Session")));
}

TEST_F(DisconnectorTest, gives_up_after_four_requests_and_says_when_answers_were_not_believed) {
  const radius::SharedSecret wrong(base::Secret("some other secret of ours"));
  Nas silent(loop, any_port, [](auto&&...) {});
  Nas forger(loop, any_port, [&](Nas& self, const radius::PacketView& packet, const net::Datagram& from) {
    self.socket->send(from.peer, from.local, Nas::reply(packet, Code::disconnect_ack, wrong));
  });
  const auto begin = loop.now().steady;
  EXPECT_THAT(end({session(&silent, "a"), session(&forger, "b")}, 20s),
              testing::ElementsAre("a no answer", testing::StartsWith("b no answer: answers with wrong auth")));
  EXPECT_GE(loop.now().steady - begin, 11s);
  EXPECT_EQ(silent.times[0], 4);
}

TEST_F(DisconnectorTest, calls_nobody_who_waits_when_it_goes) {
  Nas silent(loop, any_port, [](auto&&...) {});
  {
    Disconnector gone(loop);
    gone.end({session(&silent, "a")}, [](auto&&) { ADD_FAILURE(); });
    gone.end({}, [](auto&&) { ADD_FAILURE(); });
  }
  EXPECT_TRUE(loop.run_for(50ms));
}

}  // namespace
}  // namespace sallyport::server
