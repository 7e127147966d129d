#include "continuity/evidence.h"

#include <array>

#include "base/invariant.h"
#include "base/planted.h"

namespace sallyport::continuity {

std::string_view to_string(Evidence evidence) {
  static constexpr std::array<std::string_view, evidence_kinds> names{
      "answered",
      "name_not_resolved",
      "refused",
      "unreachable",
      "connect_timed_out",
      "proxy_failed",
      "own_certificate_expired",
      "service_certificate_expired",
      "timed_out",
      "reset",
      "malformed",
      "http_error",
      "service_error",
      "throttled",
      "service_not_trusted",
      "own_certificate_refused",
      "refused_by_service",
      "redirected",
      "clock_doubtful",
      "local",
  };
  const auto index = static_cast<std::size_t>(evidence);
  SALLYPORT_INVARIANT(index < names.size());
  return names[index];
}

Side side(Evidence evidence, const Profile& profile) {
  switch (evidence) {
    case Evidence::answered:
      return Side::up;
    case Evidence::own_certificate_expired:
      return profile.own_certificate_expired;
    case Evidence::service_certificate_expired:
      return profile.service_certificate_expired;
    case Evidence::http_error:
      return profile.http_error;
    case Evidence::service_error:
      return profile.service_error;
    case Evidence::name_not_resolved:
    case Evidence::refused:
    case Evidence::unreachable:
    case Evidence::connect_timed_out:
    case Evidence::proxy_failed:
    case Evidence::timed_out:
    case Evidence::reset:
    case Evidence::malformed:
      return Side::down;
    case Evidence::throttled:
      return base::planted("throttled_is_down") ? Side::down : profile.throttled;
    case Evidence::local:
      return base::planted("local_is_down") ? Side::down : Side::neither;
    case Evidence::service_not_trusted:
    case Evidence::own_certificate_refused:
    case Evidence::refused_by_service:
    case Evidence::redirected:
    case Evidence::clock_doubtful:
      return base::planted("barred_is_down") ? Side::down : Side::barred;
  }
  SALLYPORT_INVARIANT(false);
}

}  // namespace sallyport::continuity
