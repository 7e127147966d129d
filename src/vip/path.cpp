#include "vip/path.h"

#include <array>

namespace sallyport::vip {

std::string_view name_of(Service service) {
  constexpr std::array<std::string_view, 3> names{"AuthenticationService", "QueryService", "ManagementService"};
  return names[static_cast<std::size_t>(service)];
}

std::optional<ServicePath> parse_path(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  if (slash == path.npos) return std::nullopt;
  const auto last = path.substr(slash + 1);
  for (auto service : {Service::authentication, Service::query, Service::management}) {
    const auto name = name_of(service);
    if (!last.starts_with(name)) continue;
    const auto version = last.substr(name.size());
    if (!version.starts_with("_1_") || version.size() < 4 || version.size() > 5) return std::nullopt;
    int minor = 0;
    for (char c : version.substr(3)) {
      if (c < '0' || c > '9') return std::nullopt;
      minor = minor * 10 + (c - '0');
    }
    return ServicePath{service, minor};
  }
  return std::nullopt;
}

}  // namespace sallyport::vip
