#pragma once
// The users of a store of kind "file": lines "user:hash" with hashes of crypt(5), lines "@group: user, user",
// comments after '#', blank lines. A mistake is told with its line; two lines whose names are one name (text::)
// are a mistake.
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/result.h"

namespace sallyport::directory {

struct PasswordFile {
  std::unordered_map<std::string, std::string> hashes;                      // by prepared user name
  std::unordered_map<std::string, std::unordered_set<std::string>> groups;  // prepared users, by group_form
};
// Of a group's name, for comparison: of a DN its own, of any other text without regard to case.
std::string group_form(std::string_view name);

base::Result<PasswordFile> parse_password_file(std::string_view text);
// A file that others may write is refused, and so is what is no regular file or larger than 64 MiB.
base::Result<PasswordFile> read_password_file(const std::string& path);

}  // namespace sallyport::directory
