#pragma once
// For this room's tests: the files of docs/examples, and sources that have every secret they name.
#include <fstream>
#include <iterator>
#include <string>

#include "settings/load.h"

namespace sallyport::settings {

inline std::string repository_file(const std::string& path) {
  std::ifstream in(std::string(VECTORS_DIR) + "/../../" + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline SecretSources good_sources() {
  return {
      .environment = [](const std::string& name) -> base::Result<std::string> {
        if (name == "SALLYPORT_SECRETS_KEY") return "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        return "sixteen octets or more of " + name;
      },
      .file = [](const std::string& path) -> base::Result<std::string> { return "secret in " + path + "\n"; },
      .settings_file_is_private = true,
      .folder = "/etc/sallyport"};
}

}  // namespace sallyport::settings
