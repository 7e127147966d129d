#include "store/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "store/descriptor.h"

namespace sallyport::store {
namespace {

std::unexpected<base::Error> why(const std::string& path, std::string_view what) {
  return base::failure(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool write_all(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    auto written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

base::Result<void> fill(const std::string& path, Descriptor& file, std::string_view octets, unsigned mode) {
  if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) return why(path, "cannot set the mode");
  if (!write_all(file.get(), octets)) return why(path, "cannot write");
  if (::fsync(file.get()) != 0) return why(path, "cannot flush");
  if (!file.close()) return why(path, "cannot close");
  return {};
}

base::Result<std::string> read_from(const Descriptor& file, const std::string& path, std::size_t limit) {
  std::string octets;
  char piece[16384];
  while (true) {
    auto got = ::read(file.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return why(path, "cannot read");
    if (got == 0) return octets;
    octets.append(piece, static_cast<std::size_t>(got));
    if (octets.size() > limit) return base::failure(fmt::format("{}: larger than {} octets", path, limit));
  }
}

}  // namespace

base::Result<void> may_write(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) return base::failure(path + ": it is a folder");
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) return why(path, "cannot be written");
    return {};
  }
  if (errno != ENOENT) return why(path, "cannot be looked at");
  const auto folder = folder_of(path);
  if (::stat(folder.c_str(), &facts) != 0) return why(folder, "no folder to write to");
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    return why(folder, "no folder to write to");
  return {};
}

bool is_absent(const std::string& path) {
  struct stat facts{};
  return ::lstat(path.c_str(), &facts) != 0 && errno == ENOENT;
}

base::Result<void> flush_folder_of(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return why(folder_of(path), "cannot flush the folder");
  return {};
}

base::Result<void> write_atomically(const std::string& path, std::string_view octets, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // 0600, and a name that was not there
  if (!file) return why(path, "cannot create a file beside it");
  auto filled = fill(temporary, file, octets, mode);
  if (filled && ::rename(temporary.c_str(), path.c_str()) != 0) filled = why(path, "cannot put in place");
  if (!filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  return flush_folder_of(path);
}

base::Result<std::string> read_file(const std::string& path, std::size_t limit) {
  // O_NONBLOCK: a pipe put where a file is expected must not hang the start.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return why(path, "cannot open");
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return why(path, "cannot look at");
  if (!S_ISREG(facts.st_mode)) return base::failure(path + ": not a regular file");
  return read_from(file, path, limit);
}

base::Result<base::Secret> read_private(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return why(path, "cannot open");
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return why(path, "cannot look at");
  if (!S_ISREG(facts.st_mode)) return base::failure(path + ": not a regular file");
  if ((facts.st_mode & 077U) != 0) {
    return base::failure(fmt::format("{}: mode {:04o} lets others in; expected 0600 or 0400", path,
                                     static_cast<unsigned>(facts.st_mode & 07777U)));
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return base::failure(path + ": belongs to another user; expected this process's user or root");
  }
  auto text = read_from(file, path, limit);
  if (!text) return std::unexpected(text.error());
  base::Secret secret(*text);
  base::wipe({reinterpret_cast<std::uint8_t*>(text->data()), text->size()});
  return secret;
}

bool is_private(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077U) == 0;
}

base::Result<OwnerLock> OwnerLock::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return why(path, "cannot open");
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return OwnerLock(descriptor);
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (reason == EWOULDBLOCK) return base::failure(path + ": another process holds it");
  return why(path, "cannot lock");
}

OwnerLock& OwnerLock::operator=(OwnerLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnerLock::~OwnerLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sallyport::store
