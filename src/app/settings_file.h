#pragma once
// A settings file from the disk to values, with every mistake printed as FILE:LINE: KEY: what is expected. The
// files that it names are tried too.
#include <optional>
#include <string>

#include "base/result.h"
#include "settings/load.h"

namespace sallyport::app {

// What `env:` and `file:` secrets resolve to; a secret's file must be private too.
settings::SecretSources secret_sources(const std::string& settings_path);

// Empty after the mistakes were printed to standard error.
std::optional<settings::Gateway> load_gateway_settings(const std::string& path);
std::optional<settings::AuthService> load_authservice_settings(const std::string& path);

// The same, with the mistakes as text: for a reload, where they go to the log.
base::Result<settings::Gateway> reload_gateway_settings(const std::string& path);
base::Result<settings::AuthService> reload_authservice_settings(const std::string& path);

// For a backup, which needs no certificate: the files that it names are left alone.
std::optional<settings::AuthService> load_authservice_settings_alone(const std::string& path);

}  // namespace sallyport::app
