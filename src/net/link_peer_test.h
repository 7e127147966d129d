#pragma once
// For the tests of Link: a directory server on a thread of its own, and what stands in for libldap.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <ctime>
#include <optional>
#include <thread>
#include <vector>

#include "net/link.h"
#include "net/stream.h"
#include "net/test_peer_test.h"
#include "net/tls_context.h"

namespace sallyport::net {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

// A directory server: one connection, blocking, on a thread of its own.
class DirectoryPeer {
 public:
  using Serve = std::function<void(DirectoryPeer&)>;
  explicit DirectoryPeer(Serve serve, const std::string& certificate = "server", int buffer = 0)
      : context_(std::move(*server_context({identity(certificate), ""}))),
        listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address{};
    const auto length = Endpoint::parse("127.0.0.1:0")->to(address);
    if (buffer > 0) {
      setsockopt(listening_.get(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
      setsockopt(listening_.get(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    }
    EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listening_.get(), 16), 0);
    sockaddr_storage bound{};
    socklen_t room = sizeof bound;
    getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&bound), &room);
    address_ = Endpoint::from(bound);
    thread_ = std::thread([this, serve = std::move(serve)] {
      socket_ = Descriptor(::accept(listening_.get(), nullptr, nullptr));
      if (!leaving_) serve(*this);
      tls_.reset();
      socket_.reset();
    });
  }
  ~DirectoryPeer() {
    leaving_ = true;
    ::shutdown(listening_.get(), SHUT_RDWR);  // ends an accept that nobody came to
    thread_.join();
  }
  DirectoryPeer(const DirectoryPeer&) = delete;
  DirectoryPeer& operator=(const DirectoryPeer&) = delete;

  [[nodiscard]] const Endpoint& address() const { return address_; }
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] SSL* tls() const { return tls_.get(); }

  bool secure() {
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_.get());
    return SSL_accept(tls_.get()) == 1;
  }
  std::string read(std::size_t most = 16384) {  // empty: the end
    std::string octets(most, '\0');
    const auto got = tls_ ? SSL_read(tls_.get(), octets.data(), static_cast<int>(most))
                          : static_cast<int>(::recv(socket_.get(), octets.data(), most, 0));
    octets.resize(static_cast<std::size_t>(std::max(got, 0)));
    return octets;
  }
  bool write(std::string_view octets) {
    while (!octets.empty()) {
      const auto size = std::min<std::size_t>(octets.size(), 1U << 20U);
      const auto put = tls_ ? SSL_write(tls_.get(), octets.data(), static_cast<int>(size))
                            : static_cast<int>(::send(socket_.get(), octets.data(), size, MSG_NOSIGNAL));
      if (put <= 0) return false;
      octets.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }
  void echo() {
    for (auto octets = read(); !octets.empty(); octets = read()) {
      if (!write(octets)) return;
    }
  }
  bool answer_start_tls(std::string_view behind = "") {
    return read(5) == "start" && write(std::string("go") + std::string(behind));
  }

 private:
  ContextOwner context_;
  Descriptor listening_, socket_;
  Endpoint address_;
  SslOwner tls_;
  std::atomic<bool> leaving_ = false;
  std::thread thread_;
};

inline void silent(DirectoryPeer& peer) {  // never a word, and everything read
  while (!peer.read().empty()) {
  }
}
inline void echo_tls(DirectoryPeer& peer) {
  if (peer.secure()) peer.echo();
}
inline void upgrade_and_echo(DirectoryPeer& peer) {
  if (peer.answer_start_tls() && peer.secure()) peer.echo();
}

enum class Way { plain, start_tls, at_once };

inline Link::Target target_at(const Endpoint& address, Way way, const std::string& name = "localhost",
                              const std::string& authority = "ca") {
  Link::Target target{address, name, nullptr, way == Way::at_once};
  if (way != Way::plain) {
    auto tls = LinkTls::make({.ca_file = certificate_file(authority + ".pem"), .identity = {}});
    EXPECT_TRUE(tls) << tls.error().what;
    target.tls = *tls;
  }
  return target;
}

using Opened = base::Result<std::unique_ptr<Link>, LinkError>;

inline Opened open_link(Loop& loop, Link::Target target, base::Duration limit = 10s) {
  std::optional<Opened> opened;
  int calls = 0;
  Link::open(loop, std::move(target), limit, [&](Opened result) {
    opened = std::move(result);
    ++calls;
    loop.stop();
  });
  EXPECT_EQ(calls, 0) << "not from inside open()";
  loop.run_for(patience);
  EXPECT_EQ(calls, 1);
  return std::move(opened).value_or(std::unexpected(LinkError{LinkFailure::local, "never called"}));
}

inline base::Result<void, LinkError> start_tls(Loop& loop, Link& link, base::Duration limit = 10s) {
  std::optional<base::Result<void, LinkError>> done;
  link.start_tls(limit, [&](auto result) {
    EXPECT_FALSE(done) << "called once";
    done = std::move(result);
    loop.stop();
  });
  EXPECT_FALSE(done) << "not from inside start_tls()";
  loop.run_for(patience);
  return done.value_or(std::unexpected(LinkError{LinkFailure::local, "never called"}));
}

// What libldap would be: it owns the descriptor, and reads and writes as the loop allows.
class Library {
 public:
  Library(Loop& loop, Link& link, int buffer = 0) : loop_(loop), descriptor_(link.take_descriptor()) {
    EXPECT_NE(fcntl(descriptor_.get(), F_GETFL) & O_NONBLOCK, 0);
    if (buffer > 0) setsockopt(descriptor_.get(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    watch_.emplace(loop, descriptor_.get());
    read_on();
  }
  void write(std::string octets) {
    unsent_ += octets;
    write_on();
  }
  void pause() { watch_->on_readable({}); }
  void read_on() {
    watch_->on_readable([this] { read(); });
  }
  void leave() {
    watch_.reset();
    descriptor_.reset();
  }
  // Until so much has come, or the end.
  const std::string& wait_for(std::size_t size) {
    wanted_ = size;
    if (got.size() < size && !ended) loop_.run_for(patience);
    wanted_ = SIZE_MAX;
    return got;
  }
  std::string got;
  bool ended = false;
  std::size_t most = 65536;  // of one read
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

 private:
  void read() {
    std::string octets(most, '\0');
    const auto count = ::recv(descriptor_.get(), octets.data(), octets.size(), 0);
    if (count > 0) {
      got.append(octets, 0, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EAGAIN) {
      ended = true;
      watch_->on_readable({});
      watch_->on_writable({});
    }
    if (got.size() >= wanted_ || ended) loop_.stop();
  }
  void write_on() {
    while (!unsent_.empty()) {
      const auto size = std::min<std::size_t>(unsent_.size(), 30000);
      const auto put = ::send(descriptor_.get(), unsent_.data(), size, MSG_NOSIGNAL);
      if (put <= 0) return watch_->on_writable([this] { write_on(); });
      sent_ += static_cast<std::size_t>(put);
      unsent_.erase(0, static_cast<std::size_t>(put));
    }
    watch_->on_writable({});
  }
  Loop& loop_;
  Descriptor descriptor_;
  std::optional<Watch> watch_;
  std::string unsent_;
  std::size_t sent_ = 0, wanted_ = SIZE_MAX;
};

inline std::unique_ptr<Link> opened_link(Loop& loop, const Endpoint& address, Way way) {
  auto link = open_link(loop, target_at(address, way));
  EXPECT_TRUE(link) << link.error().detail;
  return link ? std::move(*link) : nullptr;
}

// The question and the answer that come before a StartTLS handshake.
inline std::unique_ptr<Library> ask_for_tls(Loop& loop, Link& link) {
  auto library = std::make_unique<Library>(loop, link);
  library->write("start");
  EXPECT_EQ(library->wait_for(2), "go");
  return library;
}

inline std::string pattern(std::size_t size) {
  std::string octets(size, '\0');
  std::uint32_t state = 1;
  for (auto& octet : octets) octet = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  return octets;
}

inline base::Duration cpu_of_this_thread() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::duration_cast<base::Duration>(std::chrono::seconds(used.tv_sec) +
                                                    std::chrono::nanoseconds(used.tv_nsec));
}

// A listening socket whose queue is full: the kernel lets further calls go unanswered.
struct FullQueue {
  FullQueue() : listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage where{};
    socklen_t length = Endpoint::parse("127.0.0.1:0")->to(where);
    EXPECT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&where), length), 0);
    EXPECT_EQ(::listen(listening.get(), 0), 0);
    length = sizeof where;
    getsockname(listening.get(), reinterpret_cast<sockaddr*>(&where), &length);
    address = Endpoint::from(where);
    for (int i = 0; i < 4; ++i) waiting.push_back(std::move(*begin_connecting(address)));
  }
  Descriptor listening;
  Endpoint address;
  std::vector<Descriptor> waiting;
};

}  // namespace sallyport::net
