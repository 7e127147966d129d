#pragma once
// What is wrong with the files that the settings name (certificates, keys, authorities, passwords of users,
// logs, the database) and with what only higher rooms than `settings` can judge (DNs, attributes of RADIUS).
// Makes no thread: signals are not taken yet when a server asks.
#include <string>
#include <vector>

#include "settings/authservice.h"
#include "settings/gateway.h"

namespace sallyport::app {

struct WrongFile {
  std::string key;  // "user_store[1].ca_file"
  std::string expected;
};
std::vector<WrongFile> wrong_files(const settings::Gateway&);
std::vector<WrongFile> wrong_files(const settings::AuthService&);

}  // namespace sallyport::app
