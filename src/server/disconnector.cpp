#include "server/disconnector.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/invariant.h"
#include "radius/authenticator.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;

// After each sending; the last is for answers alone.
constexpr std::array<base::Duration, 4> waits{1s, 2s, 4s, 4s};
constexpr int receive_buffer = 256 << 10;

}  // namespace

// One call of end(), with sockets of its own, so that an identifier is never one that an earlier request had.
class Disconnector::Batch : public std::enable_shared_from_this<Batch> {
 public:
  Batch(net::Loop& loop, std::vector<SessionToEnd> sessions, Done done)
      : loop_(loop), timer_(loop), done_(std::move(done)) {
    for (auto& session : sessions) asked_.emplace_back(std::move(session));
  }
  void begin(std::function<void()> when_over);

 private:
  struct Asked {
    explicit Asked(SessionToEnd one) : session(std::move(one)) {}
    SessionToEnd session;
    base::Bytes packet;
    bool disbelieved = false;  // an answer came, and its authenticators were wrong
    std::optional<Disconnection> end;
  };
  net::UdpSocket* socket_for(const net::Endpoint& nas, std::string& why_not);
  void prepare(std::size_t number, base::WallTime now);
  void send();
  void receive(std::span<const net::Datagram>);
  void take(const net::Datagram&);
  void give_up();
  [[nodiscard]] bool is_over() const;
  void finish();

  net::Loop& loop_;
  net::Timer timer_;
  std::vector<Asked> asked_;
  std::unique_ptr<net::UdpSocket> v4_, v6_;
  std::size_t sent_ = 0;  // times
  Done done_;
  std::function<void()> when_over_;
};

void Disconnector::Batch::begin(std::function<void()> when_over) {
  when_over_ = std::move(when_over);
  const auto now = loop_.now();
  for (std::size_t i = 0; i < asked_.size(); ++i) prepare(i, now.wall);
  send();
}

net::UdpSocket* Disconnector::Batch::socket_for(const net::Endpoint& nas, std::string& why_not) {
  const bool v4 = nas.address.is_v4();
  auto& socket = v4 ? v4_ : v6_;
  if (socket) return socket.get();
  net::UdpSocket::Options options;
  options.receive_buffer = receive_buffer;
  auto opened = net::UdpSocket::open(loop_, net::Endpoint::parse(v4 ? "0.0.0.0:0" : "[::]:0").value(), options,
                                     [batch = weak_from_this()](std::span<const net::Datagram> datagrams) {
                                       if (const auto self = batch.lock()) self->receive(datagrams);
                                     });
  if (opened)
    socket = std::move(*opened);
  else
    why_not = opened.error().what;
  return socket.get();
}

void Disconnector::Batch::prepare(std::size_t number, base::WallTime now) {
  auto& [session, packet, disbelieved, end] = asked_[number];
  auto why_not = session.why_not;
  if (session.client != nullptr && socket_for(session.nas, why_not) != nullptr)
    packet = disconnect_request(session, static_cast<std::uint8_t>(number), now);
  else
    end = disconnection_of(session, SessionEnd::not_sent, std::move(why_not));
}

void Disconnector::Batch::send() {
  if (is_over()) return finish();
  if (sent_ == waits.size()) return give_up();
  for (const auto& one : asked_)
    if (!one.end)
      (one.session.nas.address.is_v4() ? v4_ : v6_)->send(one.session.nas, one.session.from, one.packet);
  timer_.after(waits[sent_++], [batch = weak_from_this()] {
    if (const auto self = batch.lock()) self->send();
  });
}

void Disconnector::Batch::receive(std::span<const net::Datagram> datagrams) {
  for (const auto& datagram : datagrams) take(datagram);
  if (is_over()) finish();
}

void Disconnector::Batch::take(const net::Datagram& datagram) {
  if (datagram.truncated) return;
  const auto reply = radius::decode(datagram.bytes);
  if (!reply || reply->id() >= asked_.size()) return;
  const bool is_answer =
      reply->code() == radius::Code::disconnect_ack || reply->code() == radius::Code::disconnect_nak;
  auto& one = asked_[reply->id()];
  if (!is_answer || one.end || one.packet.empty() || datagram.peer != one.session.nas) return;
  const auto request = radius::decode(one.packet).value();
  // Message-Authenticator is checked where it is: RFC 5176 section 3.6 leaves it to the client.
  if (radius::verify_reply(*reply, reply->id(), request.authenticator_copy(), one.session.secret(), false))
    one.end = disconnection_of(one.session, *reply);
  else
    one.disbelieved = true;
}

void Disconnector::Batch::give_up() {
  for (auto& one : asked_)
    if (!one.end)
      one.end = disconnection_of(one.session, SessionEnd::no_answer,
                                 one.disbelieved ? "answers with wrong authenticators came; does the client "
                                                   "have the same secret for Disconnect-Requests?"
                                                 : "");
  finish();
}

bool Disconnector::Batch::is_over() const {
  return std::ranges::all_of(asked_, [](const Asked& one) { return one.end.has_value(); });
}

// Not from within a callback of its sockets, which go with the batch.
void Disconnector::Batch::finish() {
  timer_.cancel();
  if (!when_over_) return;
  loop_.post([batch = weak_from_this(), over = std::exchange(when_over_, {})] {
    const auto self = batch.lock();
    if (!self) return;
    over();
    std::vector<Disconnection> ends;
    for (auto& one : self->asked_) ends.push_back(std::move(*one.end));
    self->done_(std::move(ends));
  });
}

Disconnector::Disconnector(net::Loop& loop) : loop_(loop) {}
Disconnector::~Disconnector() = default;

void Disconnector::end(std::vector<SessionToEnd> sessions, Done done) {
  SALLYPORT_INVARIANT(sessions.size() <= most);
  const auto batch =
      batches_.insert(batches_.end(), std::make_shared<Batch>(loop_, std::move(sessions), std::move(done)));
  (*batch)->begin([this, batch] { batches_.erase(batch); });
}

}  // namespace sallyport::server
