#pragma once
// The users of a load: names, passwords and HOTP credentials (RFC 4226) with the counter that comes next. They
// are kept in a text file, one line a user, "name TAB password TAB secret in hex TAB counter", which is written
// back after a run so that the next one goes on where this one ended. A fifth field, `accept` or `reject`, is
// the verdict that the user is to get whatever he sends, for somebody else gives it. A user has one login in
// flight at most.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/hmac.h"

namespace sallyport::load {

struct User {
  std::string name, password, secret_hex;
  crypto::HmacKey key;
  std::uint64_t counter = 0;
  std::optional<bool> accepted;  // the verdict that the file tells
};

std::string hotp(const crypto::HmacKey&, std::uint64_t counter, int digits);

class Users {
 public:
  static base::Result<Users> read(const std::string& file);
  [[nodiscard]] base::Result<void> write(const std::string& file) const;

  std::optional<std::size_t> take();  // the one that has rested longest
  void give_back(std::size_t index) { idle_.push_back(index); }
  User& operator[](std::size_t index) { return users_[index]; }
  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  std::vector<User> users_;
  std::deque<std::size_t> idle_;
};

}  // namespace sallyport::load
