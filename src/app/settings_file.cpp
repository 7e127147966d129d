#include "app/settings_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace sallyport::app {
namespace {

constexpr std::size_t longest_file = 16U << 20U;

template <class Settings>
base::Result<Settings> load(const std::string& path, base::Result<Settings, settings::Mistakes> (*parse)(
                                                         std::string_view, const settings::SecretSources&)) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto parsed = parse(*text, secret_sources(path));
  if (parsed) return std::move(*parsed);
  std::string all;
  for (const auto& mistake : parsed.error()) all += (all.empty() ? "" : "\n") + mistake.to_string(path);
  return base::failure(std::move(all));
}

template <class Settings>
std::optional<Settings> or_print(base::Result<Settings> loaded) {
  if (loaded) return std::move(*loaded);
  std::fprintf(stderr, "%s\n", loaded.error().what.c_str());
  return std::nullopt;
}

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return base::failure(fmt::format("{}: {}", path, std::strerror(errno)));
  std::string text;
  char block[65536];
  ssize_t got = 0;
  while ((got = ::read(descriptor, block, sizeof block)) > 0 && text.size() <= longest_file)
    text.append(block, static_cast<std::size_t>(got));
  const int failed = got < 0 ? errno : 0;
  ::close(descriptor);
  if (failed != 0) return base::failure(fmt::format("{}: {}", path, std::strerror(failed)));
  if (text.size() > longest_file) return base::failure(fmt::format("{}: larger than 16 MiB", path));
  return text;
}

bool is_private(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH | S_IWGRP | S_IWOTH)) == 0;
}

settings::SecretSources secret_sources(const std::string& settings_path) {
  settings::SecretSources sources;
  sources.settings_file_is_private = is_private(settings_path);
  sources.folder = std::filesystem::absolute(settings_path).parent_path().string();
  sources.environment = [](const std::string& name) -> base::Result<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return base::failure(fmt::format("the environment variable {} is not set", name));
    return std::string(value);
  };
  sources.file = [](const std::string& path) -> base::Result<std::string> {
    auto text = read_file(path);
    if (text && !is_private(path))
      return base::failure(fmt::format("{} can be read by others than its owner: chmod 600 it", path));
    return text;
  };
  return sources;
}

base::Result<settings::Gateway> reload_gateway_settings(const std::string& path) {
  return load<settings::Gateway>(path, settings::parse_gateway);
}
base::Result<settings::AuthService> reload_authservice_settings(const std::string& path) {
  return load<settings::AuthService>(path, settings::parse_authservice);
}
std::optional<settings::Gateway> load_gateway_settings(const std::string& path) {
  return or_print(reload_gateway_settings(path));
}
std::optional<settings::AuthService> load_authservice_settings(const std::string& path) {
  return or_print(reload_authservice_settings(path));
}

}  // namespace sallyport::app
