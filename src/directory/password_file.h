#pragma once
// The users of a store of kind "file": lines "user:hash" with hashes of crypt(5), comments after '#', blank
// lines. A mistake is told with its line; two lines whose names are one name (text::) are a mistake.
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace sallyport::directory {

using PasswordHashes = std::unordered_map<std::string, std::string>;  // by prepared user name

base::Result<PasswordHashes> parse_password_file(std::string_view text);
// A file that others may write is refused, and so is what is no regular file or larger than 64 MiB.
base::Result<PasswordHashes> read_password_file(const std::string& path);

}  // namespace sallyport::directory
