#include "app/settings_file.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/named_files.h"
#include "store/file.h"

namespace sallyport::app {
namespace {

template <class Settings>
using Parse = base::Result<Settings, settings::Mistakes> (*)(std::string_view, const settings::SecretSources&);

base::Error words_of(const settings::Mistakes& mistakes, const std::string& path) {
  std::string all;
  for (const auto& mistake : mistakes) all += (all.empty() ? "" : "\n") + mistake.to_string(path);
  return {std::move(all)};
}

template <class Settings>
base::Result<Settings> load(const std::string& path, Parse<Settings> parse, bool with_files) {
  const auto text = store::read_file(path);
  if (!text) return std::unexpected(text.error());
  auto parsed = parse(*text, secret_sources(path));
  if (!parsed) return std::unexpected(words_of(parsed.error(), path));
  settings::Mistakes mistakes;
  if (with_files)
    for (auto& wrong : wrong_files(*parsed))
      mistakes.push_back(settings::mistake_at(*text, std::move(wrong.key), std::move(wrong.expected)));
  if (!mistakes.empty()) return std::unexpected(words_of(mistakes, path));
  return std::move(*parsed);
}

template <class Settings>
std::optional<Settings> or_print(base::Result<Settings> loaded) {
  if (loaded) return std::move(*loaded);
  std::fprintf(stderr, "%s\n", loaded.error().what.c_str());
  return std::nullopt;
}

}  // namespace

settings::SecretSources secret_sources(const std::string& settings_path) {
  settings::SecretSources sources;
  sources.settings_file_is_private = store::is_private(settings_path);
  sources.folder = std::filesystem::absolute(settings_path).parent_path().string();
  sources.environment = [](const std::string& name) -> base::Result<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return base::failure(fmt::format("the environment variable {} is not set", name));
    return std::string(value);
  };
  sources.file = [](const std::string& path) -> base::Result<std::string> {
    const auto secret = store::read_private(path);
    if (!secret) return std::unexpected(secret.error());
    return std::string(secret->reveal());
  };
  return sources;
}

base::Result<settings::Gateway> reload_gateway_settings(const std::string& path) {
  return load<settings::Gateway>(path, settings::parse_gateway, true);
}
base::Result<settings::AuthService> reload_authservice_settings(const std::string& path) {
  return load<settings::AuthService>(path, settings::parse_authservice, true);
}
std::optional<settings::Gateway> load_gateway_settings(const std::string& path) {
  return or_print(reload_gateway_settings(path));
}
std::optional<settings::AuthService> load_authservice_settings(const std::string& path) {
  return or_print(reload_authservice_settings(path));
}
std::optional<settings::AuthService> load_authservice_settings_alone(const std::string& path) {
  return or_print(load<settings::AuthService>(path, settings::parse_authservice, false));
}

}  // namespace sallyport::app
