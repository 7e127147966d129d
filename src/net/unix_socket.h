#pragma once
// A listening socket in the file system (unix(7)), for .cpp files of this room only. It answers its own user
// and root alone (0600), takes the place of one that nobody listens on any more, and never that of a live one.
#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/descriptor.h"

namespace sallyport::net {

// The name of a socket that is ours: removed at the end, unless somebody else's stands there by then.
class UnixSocketName {
 public:
  UnixSocketName(std::string path, const struct stat& facts)
      : path_(std::move(path)), device_(facts.st_dev), node_(facts.st_ino) {}
  UnixSocketName(UnixSocketName&& other) noexcept;
  UnixSocketName& operator=(UnixSocketName&&) = delete;
  ~UnixSocketName();

 private:
  std::string path_;  // empty: moved from
  dev_t device_;
  ino_t node_;
};

struct UnixListener {
  Descriptor socket;
  UnixSocketName name;  // goes before the socket does: who comes in between finds nobody there
};
base::Result<UnixListener> listen_at(const std::string& path);

// Whose process connected, by the kernel's word (SO_PEERCRED); nothing where it has none.
std::optional<std::uint32_t> user_of_peer(int socket);

}  // namespace sallyport::net
