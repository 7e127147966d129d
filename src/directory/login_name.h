#pragma once
// What a user may type, and what of it a directory is asked for and bound by. "alice", "EX\alice" and
// "alice@ad.ex.test" are one user of a store whose domains are EX and ad.ex.test; "OTHER\alice" is nobody of
// it. A name with another domain after '@' is left whole: it may be a principal name or a mail address.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "text/user_name.h"

namespace sallyport::directory {

struct LoginName {
  std::string plain;  // without a domain of the store's
  std::string typed;
};

class LoginNames {
 public:
  explicit LoginNames(std::vector<std::string> domains) : domains_(std::move(domains)) {}
  [[nodiscard]] std::optional<LoginName> of(const text::UserName&) const;

 private:
  [[nodiscard]] bool is_ours(std::string_view domain) const;
  std::vector<std::string> domains_;
};

// A name to bind by, made of the user's name: "%s@ad.ex.test", "EX\%s", "uid=%s,ou=people,dc=ex,dc=test".
class BindName {
 public:
  static base::Result<BindName> parse(const std::string& text);
  // The user's name is escaped in a DN. In another name, one that brings a domain of its own is taken as it is.
  [[nodiscard]] std::string fill(const LoginName&) const;
  [[nodiscard]] bool is_dn() const { return is_dn_; }

 private:
  std::string before_, after_;
  bool is_dn_ = false;
};

}  // namespace sallyport::directory
