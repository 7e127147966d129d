#include "net/http_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <unordered_map>

#include "net/http_connection.h"
#include "net/http_words.h"
#include "net/unix_socket.h"

namespace sallyport::net {
namespace {

constexpr int accepts_a_turn = 64;
constexpr std::chrono::milliseconds pause_without_descriptors(100);

struct Listening {
  Descriptor socket;
  std::optional<UnixSocketName> name;
  Endpoint local;
};

class Server final : public HttpServer, public HttpConnections {
 public:
  Server(Loop& loop, Options options, Serve serve, Listening listening, ContextOwner context)
      : loop_(loop),
        options_(std::move(options)),
        serve_(std::move(serve)),
        socket_(std::move(listening.socket)),
        name_(std::move(listening.name)),
        local_(listening.local),
        context_(std::move(context)),
        buffer_(16U << 10U),
        pause_(loop) {
    accept_again();
  }
  ~Server() override {
    stopping_ = true;
    while (!connections_.empty()) std::shared_ptr(connections_.begin()->second)->close();
  }

  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] std::size_t connections() const override { return connections_.size(); }
  void stop_accepting() override;

 private:
  Loop& loop() override { return loop_; }
  [[nodiscard]] const Options& options() const override { return options_; }
  [[nodiscard]] const Serve& serve() const override { return serve_; }
  [[nodiscard]] bool stopping() const override { return stopping_; }
  std::string_view date() override;
  std::vector<std::uint8_t>& read_buffer() override { return buffer_; }
  void gone(HttpConnection& connection) override { connections_.erase(&connection); }
  void accept_again();
  void accept();

  Loop& loop_;
  Options options_;
  Serve serve_;
  Descriptor socket_;
  std::optional<UnixSocketName> name_;
  Endpoint local_;
  ContextOwner context_;
  std::vector<std::uint8_t> buffer_;
  std::string date_;
  std::int64_t date_second_ = -1;
  bool stopping_ = false;
  Timer pause_;
  std::optional<Watch> watch_;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections_;
};

std::string_view Server::date() {
  const auto now = loop_.now().wall;
  if (const auto second = base::unix_seconds(now); second != date_second_) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

void Server::accept_again() {
  watch_.emplace(loop_, socket_.get());
  watch_->on_readable([this] { accept(); });
}

void Server::accept() {
  for (int i = 0; i < accepts_a_turn; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    Descriptor peer(
        ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!peer) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // The one that waits stays readable: asking again at once would burn the processor.
        watch_.reset();
        pause_.after(pause_without_descriptors, [this] { accept_again(); });
      }
      return;
    }
    if (connections_.size() >= options_.connection_limit) continue;
    HttpPeer who{.address = Endpoint::from(address), .user = {}};
    const int yes = 1;
    if (name_)
      who.user = user_of_peer(peer.get());
    else
      setsockopt(peer.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto connection = std::make_shared<HttpConnection>(*this, std::move(peer), who, context_.get());
    connections_.emplace(connection.get(), connection);
    connection->start();
  }
}

void Server::stop_accepting() {
  stopping_ = true;
  pause_.cancel();
  watch_.reset();
  name_.reset();
  socket_.reset();
  std::vector<std::shared_ptr<HttpConnection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->close_when_served();
}

base::Result<Listening> listening_socket(const HttpServer::Options& options) {
  if (!options.unix_path.empty()) {
    auto made = listen_at(options.unix_path);
    if (!made) return std::unexpected(made.error());
    return Listening{std::move(made->socket), std::move(made->name), {}};
  }
  const bool v4 = options.listen.address.is_v4();
  const auto wrong = [&](const char* step) {
    return base::failure(fmt::format("TCP {}: {}: {}", options.listen.to_string(), step, system_words(errno)));
  };
  Descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return wrong("socket");
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (options.reuse_port && setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0) {
    return wrong("SO_REUSEPORT");
  }
  if (!v4 && setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0)
    return wrong("IPV6_V6ONLY");
  sockaddr_storage address{};
  auto length = options.listen.to(address);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return wrong("bind");
  if (::listen(socket.get(), 1'024) != 0) return wrong("listen");
  length = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return Listening{std::move(socket), std::nullopt, Endpoint::from(address)};
}

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::open(Loop& loop, Options options, Serve serve) {
  ContextOwner context;
  if (options.tls) {
    auto made = server_context(*options.tls);
    if (!made) return std::unexpected(made.error());
    context = std::move(*made);
  }
  auto listening = listening_socket(options);
  if (!listening) return std::unexpected(listening.error());
  return std::make_unique<Server>(loop, std::move(options), std::move(serve), std::move(*listening),
                                  std::move(context));
}

}  // namespace sallyport::net
