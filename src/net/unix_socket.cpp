#include "net/unix_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace sallyport::net {
namespace {

constexpr int waiting_peers = 16;

base::Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path || path.find('\0') != std::string::npos)
    return base::failure(
        fmt::format("'{}': expected a path of 1 to {} octets", path, sizeof address.sun_path - 1));
  path.copy(address.sun_path, path.size());
  return address;
}

std::unexpected<base::Error> wrong(const std::string& path, std::string_view step) {
  return base::failure(fmt::format("{}: {}: {}", path, step, system_words(errno)));
}

Descriptor new_socket() { return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

bool bound(int socket, const sockaddr_un& address) {
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// Something stands there. A socket that refuses has nobody behind it; one whose line is full has.
base::Result<void> make_room(const std::string& path, const sockaddr_un& address) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return wrong(path, "cannot be looked at");
  if (!S_ISSOCK(facts.st_mode)) return base::failure(path + ": is there already, and is no socket");
  const auto asking = new_socket();
  if (!asking) return wrong(path, "socket");
  if (::connect(asking.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN || errno == EINPROGRESS)
    return base::failure(path + ": another process listens there");
  if (errno != ECONNREFUSED && errno != ENOENT) return wrong(path, "cannot be tried");
  if (errno == ECONNREFUSED && ::unlink(path.c_str()) != 0 && errno != ENOENT)
    return wrong(path, "cannot be replaced");
  return {};
}

}  // namespace

UnixSocketName::UnixSocketName(UnixSocketName&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), node_(other.node_) {}

UnixSocketName::~UnixSocketName() {
  struct stat facts{};
  if (path_.empty() || ::lstat(path_.c_str(), &facts) != 0) return;
  if (facts.st_dev == device_ && facts.st_ino == node_) ::unlink(path_.c_str());
}

// Nobody can connect before listen(), so that the mode holds from the first moment.
base::Result<UnixListener> listen_at(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  auto socket = new_socket();
  if (!socket) return wrong(path, "socket");
  if (!bound(socket.get(), *address)) {
    if (errno != EADDRINUSE) return wrong(path, "bind");
    if (auto room = make_room(path, *address); !room) return std::unexpected(room.error());
    if (!bound(socket.get(), *address)) return wrong(path, "bind");
  }
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return wrong(path, "cannot be looked at");
  UnixSocketName name(path, facts);
  if (::chmod(path.c_str(), 0600) != 0) return wrong(path, "chmod");
  if (::listen(socket.get(), waiting_peers) != 0) return wrong(path, "listen");
  return UnixListener{std::move(socket), std::move(name)};
}

std::optional<std::uint32_t> user_of_peer(int socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || length != sizeof peer)
    return std::nullopt;
  return peer.uid;
}

}  // namespace sallyport::net
