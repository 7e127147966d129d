#include "directory/password_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/password_hash.h"
#include "ldap/dn.h"
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

base::Result<std::string> prepared(std::string_view name) {
  auto made = text::prepare_user_name(name);
  if (!made) return base::failure(std::string(text::to_string(made.error())));
  return std::move(made->prepared);
}

// The hash is never part of what is said.
base::Result<void> take_user(std::string_view line, PasswordFile& file) {
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos) return base::failure("'user:hash' is expected");
  const auto name = prepared(line.substr(0, colon));
  if (!name) return std::unexpected(name.error());
  const auto hash = line.substr(colon + 1);
  if (!crypto::valid_password_hash(hash)) {
    return base::failure("a hash of crypt(5) is expected after ':': $y$ (yescrypt), $7$ (scrypt) or $6$");
  }
  if (!file.hashes.emplace(*name, hash).second) {
    return base::failure(fmt::format("user '{}' is there already", *name));
  }
  return {};
}

base::Result<void> take_group(std::string_view line, PasswordFile& file) {
  const auto colon = line.rfind(':');
  const auto name = trimmed(line.substr(0, colon));
  if (colon == std::string_view::npos || name.empty()) return base::failure("'@group: user, user' is expected");
  if (crypto::valid_password_hash(trimmed(line.substr(colon + 1))))
    return base::failure("a user's name cannot begin with '@'");
  const auto [group, is_new] = file.groups.try_emplace(group_form(name));
  if (!is_new) return base::failure(fmt::format("group '{}' is there already", name));
  for (auto rest = line.substr(colon + 1); !trimmed(rest).empty();) {
    const auto comma = rest.find(',');
    const auto user = prepared(rest.substr(0, comma));
    if (!user) return std::unexpected(user.error());
    group->second.insert(*user);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
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

std::string group_form(std::string_view name) {
  if (const auto dn = ldap::DistinguishedName::parse(name)) return dn->normalised();
  const auto plain = text::prepare_user_name(name);
  return plain ? plain->prepared : std::string(name);
}

base::Result<PasswordFile> parse_password_file(std::string_view text) {
  PasswordFile file;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const auto taken = line.front() == '@' ? take_group(line.substr(1), file) : take_user(line, file);
    if (!taken) {
      return base::failure(fmt::format("line {}: {}", number, taken.error().what));
    }
  }
  return file;
}

base::Result<PasswordFile> read_password_file(const std::string& path) {
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
  auto parsed = parse_password_file(text);
  if (!parsed) return wrong(parsed.error().what);
  return parsed;
}

}  // namespace sallyport::directory
