#include "net/link.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/invariant.h"
#include "net/link_pump.h"
#include "net/stream.h"

namespace sallyport::net {
namespace {

class TrustedTls : public LinkTls {
 public:
  TrustedTls(ClientTrust trust, ContextOwner context) : trust(std::move(trust)), context(std::move(context)) {}
  ClientTrust trust;
  ContextOwner context;
};

LinkFailure failure_of(int error) {
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET:
      return LinkFailure::refused;
    case ETIMEDOUT:
      return LinkFailure::connect_timed_out;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EPERM:
      return LinkFailure::local;
    default:
      return LinkFailure::unreachable;
  }
}

std::unexpected<LinkError> failed(LinkFailure reason, std::string words) {
  return std::unexpected(LinkError{reason, std::move(words)});
}
std::unexpected<LinkError> system_failed(int error) { return failed(failure_of(error), system_words(error)); }

// Between the library's end of a socket pair (`inside_`) and the network.
class PumpedLink : public std::enable_shared_from_this<PumpedLink> {
 public:
  using Done = Link::Done;
  PumpedLink(Loop& loop, Descriptor socket, Link::Target target)
      : loop_(loop),
        target_(std::move(target)),
        stream_(std::move(socket)),
        outside_(loop, stream_.descriptor()),
        timer_(loop) {}

  // Connecting and, for ldaps, the handshake; then `done`, never from inside. The timer holds the link
  // meanwhile.
  void begin(base::Duration time_limit, Done done) {
    finish_ = std::move(done);
    limit_ = LinkFailure::connect_timed_out;
    timer_.after(time_limit,
                 [self = shared_from_this()] { self->end(failed(self->limit_, "no answer in time")); });
    outside_.on_writable([this] { connected(); });
  }

  int take_descriptor() { return library_.release(); }

  // Its owner lets it go: what the library has just written (an UnbindRequest) and TLS's end go out where there
  // is room; nothing is waited for.
  void leave() {
    timer_.cancel();
    finish_ = {};
    if (!pair_) return;
    move_outward();
    if (inside_) stream_.end_writing();
    close();
  }

  void start_tls(base::Duration time_limit, Done done) {
    SALLYPORT_INVARIANT(!finish_ && stream_.tls() == nullptr);
    finish_ = std::move(done);
    limit_ = LinkFailure::tls_timed_out;
    timer_.after(time_limit, [this] { end(failed(limit_, "no answer in time")); });
    if (!inside_) return end(failed(LinkFailure::tls_failed, "closed before the handshake"));
    int unread = 0;
    ::ioctl(inside_.get(), SIOCOUTQ, &unread);
    // What came in clear behind the answer was not written by whom the handshake will prove (RFC 4513
    // section 3.1.1).
    if (unread > 0 || !inward_.empty())
      return end(failed(LinkFailure::tls_failed, "octets in clear behind the answer to StartTLS"));
    // Half a message would be in clear, and half under TLS.
    if (!outward_.empty())
      return end(failed(LinkFailure::tls_failed, "octets in clear on their way behind the question"));
    pair_.reset();
    outside_.on_readable({});
    begin_tls();
  }

 private:
  void connected() {
    if (const int error = socket_error(stream_.descriptor()); error != 0) return end(system_failed(error));
    outside_.on_writable({});
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
      return end(system_failed(errno));
    inside_ = Descriptor(ends[0]);
    library_ = Descriptor(ends[1]);
    if (target_.tls && target_.tls_at_once) {
      limit_ = LinkFailure::tls_timed_out;
      return begin_tls();
    }
    pump();
    end({});
  }

  void begin_tls() {
    const auto& tls = static_cast<const TrustedTls&>(*target_.tls);
    // To OpenSSL an empty name is one that need not be looked at, and one with NUL is none.
    if (tls.trust.verify_name && (target_.host_name.empty() || target_.host_name.contains('\0')))
      return end(failed(LinkFailure::tls_failed, "no host name to hold the certificate against"));
    stream_.connect_tls(tls.context.get(), target_.host_name);
    shake_hands();
  }

  void shake_hands() {
    switch (stream_.handshake()) {
      case Progress::want_read:
        outside_.on_writable({});
        return outside_.on_readable([this] { shake_hands(); });
      case Progress::want_write:
        outside_.on_readable({});
        return outside_.on_writable([this] { shake_hands(); });
      case Progress::done:
        break;
      case Progress::ended:
      case Progress::failed:
        return end(failed(LinkFailure::tls_failed,
                          stream_.failure().empty() ? "closed during the handshake" : stream_.failure()));
    }
    outside_.on_readable({});
    outside_.on_writable({});
    const auto& trust = static_cast<const TrustedTls&>(*target_.tls).trust;
    const CertificateOwner leaf(SSL_get1_peer_certificate(stream_.tls()));
    if (!leaf) return end(failed(LinkFailure::tls_failed, "the server showed no certificate"));
    const auto verdict =
        judge_server(trust, leaf.get(), SSL_get_peer_cert_chain(stream_.tls()), target_.host_name);
    if (verdict.error != X509_V_OK) return end(failed(LinkFailure::tls_failed, verdict.words()));
    pump();
    end({});
  }

  void end(base::Result<void, LinkError> result) {
    const auto self = shared_from_this();
    timer_.cancel();
    if (!result) close();
    if (!finish_) return;
    loop_.post([weak = weak_from_this(), opening = opened_ ? nullptr : self, done = std::exchange(finish_, {}),
                result = std::move(result)] {
      if (const auto link = weak.lock()) done(result);
    });
    opened_ = true;
  }

  // The library sees the end of its descriptor; nothing is pumped any more.
  void close() {
    pair_.reset();
    outside_.on_readable({});
    outside_.on_writable({});
    inside_.reset();
  }

  void pump() {
    pair_.emplace(loop_, inside_.get());
    move_outward();
    if (inside_) move_inward();
  }

  // TLS may have to write before it can read on, and to read before it can write on (an update of keys, RFC
  // 8446 section 4.6.3): whatever was waited for, the other direction may be the one that goes on.
  void network_writable() {
    outside_.on_writable({});
    if (std::exchange(read_wants_write_, false)) move_inward();
    if (inside_ && !outward_.empty()) move_outward();
  }
  void inward_ready() {
    move_inward();
    if (inside_ && std::exchange(write_wants_read_, false)) move_outward();
  }

  void move_outward() {
    for (;;) {
      if (outward_.empty() && !read_library()) return;
      const auto moved = stream_.write(outward_.filled());
      outward_.take(moved.octets);
      if (moved.progress == Progress::failed || moved.progress == Progress::ended) return close();
      if (moved.progress == Progress::done) continue;
      pair_->on_readable({});
      if (moved.progress == Progress::want_write) return outside_.on_writable([this] { network_writable(); });
      write_wants_read_ = true;
      return;
    }
  }

  // False: nothing there now, or the end; who is to call next has been arranged.
  bool read_library() {
    const auto space = outward_.space();
    const auto got = ::recv(inside_.get(), space.data(), space.size(), 0);
    if (got > 0) {
      outward_.fill(static_cast<std::size_t>(got));
      return true;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      pair_->on_readable([this] { move_outward(); });
      return false;
    }
    stream_.end_writing();
    close();
    return false;
  }

  void move_inward() {
    pair_->on_writable({});
    for (;;) {
      if (inward_.empty() && !read_network()) return;
      const auto octets = inward_.filled();
      const auto put = ::send(inside_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
      if (put > 0) {
        inward_.take(static_cast<std::size_t>(put));
        continue;
      }
      if (put < 0 && errno != EAGAIN && errno != EINTR) return close();
      outside_.on_readable({});
      return pair_->on_writable([this] { inward_ready(); });
    }
  }

  bool read_network() {
    const auto moved = stream_.read(inward_.space());
    switch (moved.progress) {
      case Progress::done:
        inward_.fill(moved.octets);
        return true;
      case Progress::want_read:
        outside_.on_readable([this] { inward_ready(); });
        return false;
      case Progress::want_write:
        outside_.on_readable({});
        read_wants_write_ = true;
        outside_.on_writable([this] { network_writable(); });
        return false;
      case Progress::ended:
      case Progress::failed:
        close();
        return false;
    }
    return false;
  }

  Loop& loop_;
  Link::Target target_;
  Stream stream_;
  Watch outside_;
  Descriptor library_, inside_;
  std::optional<Watch> pair_;  // on inside_
  PumpBuffer outward_, inward_;
  bool read_wants_write_ = false, write_wants_read_ = false;
  Timer timer_;
  Done finish_;
  LinkFailure limit_{};
  bool opened_ = false;  // from then on it lives as long as its OwnedLink
};

class OwnedLink : public Link {
 public:
  explicit OwnedLink(std::shared_ptr<PumpedLink> link) : link_(std::move(link)) {}
  ~OwnedLink() override { link_->leave(); }
  OwnedLink(const OwnedLink&) = delete;
  OwnedLink& operator=(const OwnedLink&) = delete;
  int take_descriptor() override { return link_->take_descriptor(); }
  void start_tls(base::Duration time_limit, Done done) override {
    link_->start_tls(time_limit, std::move(done));
  }

 private:
  std::shared_ptr<PumpedLink> link_;
};

// Where no TLS can come the library gets the socket itself.
class PlainLink : public Link {
 public:
  PlainLink(Loop& loop, Descriptor socket) : loop_(loop), socket_(std::move(socket)) {}
  int take_descriptor() override { return socket_.release(); }
  void start_tls(base::Duration, Done done) override {
    loop_.post([alive = std::weak_ptr(alive_), done = std::move(done)] {
      if (!alive.expired()) done(failed(LinkFailure::tls_failed, "no TLS is set up"));
    });
  }

 private:
  Loop& loop_;
  Descriptor socket_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

// Waits for a plain connection; it holds itself until it has ended.
struct PlainConnecting : std::enable_shared_from_this<PlainConnecting> {
  PlainConnecting(Loop& around, Descriptor connecting, Link::Opened done)
      : loop(around),
        socket(std::move(connecting)),
        watch(std::in_place, loop, socket.get()),
        timer(loop),
        opened(std::move(done)) {}

  void begin(base::Duration time_limit) {
    timer.after(time_limit, [self = shared_from_this()] {
      self->end(failed(LinkFailure::connect_timed_out, "no answer in time"));
    });
    // The timer alone holds it: a watch that held its own owner would outlive a loop that ends meanwhile.
    watch->on_writable([this] {
      if (const int error = socket_error(socket.get()); error != 0) return end(system_failed(error));
      watch.reset();
      end(std::make_unique<PlainLink>(loop, std::move(socket)));
    });
  }
  void end(base::Result<std::unique_ptr<Link>, LinkError> result) {
    const auto self = shared_from_this();
    timer.cancel();
    watch.reset();
    std::exchange(opened, {})(std::move(result));
  }

  Loop& loop;
  Descriptor socket;
  std::optional<Watch> watch;
  Timer timer;
  Link::Opened opened;
};

}  // namespace

base::Result<std::shared_ptr<LinkTls>> LinkTls::make(const TlsClient& settings) {
  auto trust = client_trust(settings);
  if (!trust) return std::unexpected(trust.error());
  ContextOwner context(SSL_CTX_new(TLS_client_method()));
  if (!context) return base::failure("TLS cannot be set up: " + tls_words());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // The chain is judged when the handshake has ended, before anything of the library's is sent.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (trust->identity && !trust->identity->use_in(context.get()))
    return base::failure("the certificate cannot be used: " + tls_words());
  return std::make_shared<TrustedTls>(std::move(*trust), std::move(context));
}

void Link::open(Loop& loop, Target target, base::Duration time_limit, Opened opened) {
  auto socket = begin_connecting(target.address);
  if (!socket) {
    loop.post([opened = std::move(opened), error = socket.error()] { opened(system_failed(error)); });
    return;
  }
  if (!target.tls)
    return std::make_shared<PlainConnecting>(loop, std::move(*socket), std::move(opened))->begin(time_limit);
  const auto link = std::make_shared<PumpedLink>(loop, std::move(*socket), std::move(target));
  link->begin(time_limit, [weak = std::weak_ptr(link),
                           opened = std::move(opened)](const base::Result<void, LinkError>& result) {
    if (!result) return opened(std::unexpected(result.error()));
    opened(std::make_unique<OwnedLink>(weak.lock()));
  });
}

}  // namespace sallyport::net
