#pragma once
// Which service and which version a URL's path names: `…/AuthenticationService_1_8`. Any folder before it and
// any version 1.N are good; whether the service speaks that version is the caller's business.
#include <optional>
#include <string_view>

#include "vip/operation.h"

namespace sallyport::vip {

struct ServicePath {
  Service service{};
  int minor = usual_minor;  // of version 1.N
};

// `path` without query and fragment; a trailing slash is allowed.
std::optional<ServicePath> parse_path(std::string_view path);

}  // namespace sallyport::vip
