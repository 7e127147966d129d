#include "load/users.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/encoding.h"

namespace sallyport::load {
namespace {

base::Result<User> user_of(const std::string& line) {
  std::istringstream fields(line);
  std::string name, password, secret, counter, verdict;
  if (!std::getline(fields, name, '\t') || !std::getline(fields, password, '\t'))
    return base::failure("expected NAME TAB PASSWORD [TAB SECRET TAB COUNTER [TAB VERDICT]]");
  std::getline(fields, secret, '\t');
  std::getline(fields, counter, '\t');
  std::getline(fields, verdict);
  const auto octets = base::from_hex(secret);
  if (!octets) return base::failure("the secret is not hexadecimal");
  if (!verdict.empty() && verdict != "accept" && verdict != "reject")
    return base::failure("the verdict is neither accept nor reject");
  User user{std::move(name),
            std::move(password),
            std::move(secret),
            crypto::HmacKey(crypto::HashAlgorithm::sha1, *octets),
            0,
            {}};
  std::from_chars(counter.data(), counter.data() + counter.size(), user.counter);
  if (!verdict.empty()) user.accepted = verdict == "accept";
  return user;
}

}  // namespace

// RFC 4226 section 5.3.
std::string hotp(const crypto::HmacKey& key, std::uint64_t counter, int digits) {
  std::array<std::uint8_t, 8> moving{};
  for (std::size_t i = 0; i < moving.size(); ++i)
    moving[i] = static_cast<std::uint8_t>(counter >> (8 * (7 - i)));
  const auto mac = key.sign({moving});
  const auto octets = mac.octets();
  const std::size_t at = octets[19] & 0x0FU;
  const std::uint32_t number = (octets[at] & 0x7FU) << 24U | static_cast<std::uint32_t>(octets[at + 1]) << 16U |
                               static_cast<std::uint32_t>(octets[at + 2]) << 8U | octets[at + 3];
  return fmt::format("{:0{}}", number % (digits == 8 ? 100'000'000U : 1'000'000U), digits);
}

base::Result<Users> Users::read(const std::string& file) {
  std::ifstream in(file);
  if (!in) return base::failure(fmt::format("cannot read {}", file));
  Users users;
  std::string line;
  while (std::getline(in, line)) {
    auto user = user_of(line);
    if (!user) return base::failure(fmt::format("{}:{}: {}", file, users.size() + 1, user.error().what));
    users.idle_.push_back(users.users_.size());
    users.users_.push_back(std::move(*user));
  }
  if (users.users_.empty()) return base::failure(fmt::format("{} holds no user", file));
  return users;
}

base::Result<void> Users::write(const std::string& file) const {
  const auto next = file + ".next";
  {
    std::ofstream out(next, std::ios::trunc);
    for (const auto& user : users_)
      out << user.name << '\t' << user.password << '\t' << user.secret_hex << '\t' << user.counter
          << (!user.accepted   ? ""
              : *user.accepted ? "\taccept"
                               : "\treject")
          << '\n';
    if (!out.flush()) return base::failure(fmt::format("cannot write {}", next));
  }
  if (std::rename(next.c_str(), file.c_str()) != 0)
    return base::failure(fmt::format("cannot replace {}", file));
  return {};
}

std::optional<std::size_t> Users::take() {
  if (idle_.empty()) return std::nullopt;
  const auto index = idle_.front();
  idle_.pop_front();
  return index;
}

}  // namespace sallyport::load
