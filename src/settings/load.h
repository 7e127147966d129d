#pragma once
// A settings file becomes values, or every mistake in it at once, each with line and key. Files are read by the
// caller: this room gets text, and a way to read the files and variables that secrets point to.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "settings/authservice.h"
#include "settings/gateway.h"

namespace sallyport::settings {

struct Mistake {
  int line = 0;          // 1-based; 0: of the whole file
  std::string key;       // "validation_server[1].client[0].secret"
  std::string expected;  // "expected 16 or more characters, found 4"
  [[nodiscard]] std::string to_string(std::string_view file_name) const;  // "FILE:12: KEY: expected ..."
};
using Mistakes = std::vector<Mistake>;
// A mistake that shows only outside of this room: the line is that of the key, or of the nearest table above
// it.
Mistake mistake_at(std::string_view toml, std::string key, std::string expected);

// What a secret may point to. Each gives the text, or why not (not there, readable by others).
struct SecretSources {
  std::function<base::Result<std::string>(const std::string& name)> environment;  // "env:NAME"
  std::function<base::Result<std::string>(const std::string& path)>
      file;                              // "file:PATH", relative to the settings
  bool settings_file_is_private = true;  // else secrets written in the file itself are refused
  std::string folder;                    // relative paths of all keys are made absolute against it
};

base::Result<Gateway, Mistakes> parse_gateway(std::string_view toml, const SecretSources&);
base::Result<AuthService, Mistakes> parse_authservice(std::string_view toml, const SecretSources&);

// Where a gateway with these settings listens for its commands (control_socket_of). Only [continuity] is looked
// at, and no secret is needed: a gateway must be reached when its file is being mended, and by whoever has not
// the environment that it was started with.
base::Result<std::string, Mistakes> parse_control_socket(std::string_view toml, const std::string& folder);

struct Warning {
  std::string key, what;
};  // "patience is 2.5 s: set the client's time-out to ..."
std::vector<Warning> warnings(const Gateway&, base::WallTime now);
std::vector<Warning> warnings(const AuthService&);

std::string settings_markdown();  // docs/settings.md, from the schema

}  // namespace sallyport::settings
