#include "directory/password_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/password_hash.h"
#include "text/user_name.h"

namespace sallyport::directory {
namespace {

constexpr off_t largest = 64 << 20;

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

// The hash is never part of what is said.
base::Result<void> take_line(std::string_view line, PasswordHashes& users) {
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos) return base::failure("'user:hash' is expected");
  const auto name = text::prepare_user_name(line.substr(0, colon));
  if (!name) return base::failure(std::string(text::to_string(name.error())));
  const auto hash = line.substr(colon + 1);
  if (!crypto::valid_password_hash(hash)) {
    return base::failure("a hash of crypt(5) is expected after ':': $y$ (yescrypt), $7$ (scrypt) or $6$");
  }
  if (!users.emplace(name->prepared, hash).second) {
    return base::failure(fmt::format("user '{}' is there already", name->prepared));
  }
  return {};
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

base::Result<PasswordHashes> parse_password_file(std::string_view text) {
  PasswordHashes users;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (auto taken = take_line(line, users); !taken) {
      return base::failure(fmt::format("line {}: {}", number, taken.error().what));
    }
  }
  return users;
}

base::Result<PasswordHashes> read_password_file(const std::string& path) {
  const auto wrong = [&](std::string_view what) { return base::failure(fmt::format("{}: {}", path, what)); };
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) return wrong(std::strerror(errno));
  struct stat facts{};
  if (::fstat(file.number, &facts) != 0) return wrong(std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return wrong("a regular file is expected");
  if ((facts.st_mode & S_IWOTH) != 0) return wrong("others may write it: chmod o-w is expected");
  if (facts.st_size > largest) return wrong("it is larger than 64 MiB");
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto count = ::read(file.number, text.data() + got, text.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return wrong(std::strerror(errno));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  auto users = parse_password_file(text);
  if (!users) return wrong(users.error().what);
  return users;
}

}  // namespace sallyport::directory
