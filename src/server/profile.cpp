#include "server/profile.h"

namespace sallyport::server {
namespace {

continuity::Side side_of(settings::Meaning meaning) {
  switch (meaning) {
    case settings::Meaning::outage:
      return continuity::Side::down;
    case settings::Meaning::load:
      return continuity::Side::neither;
    case settings::Meaning::alarm:
      break;
  }
  return continuity::Side::barred;
}

}  // namespace

continuity::Profile profile_of(const settings::Continuity& from) {
  auto out =
      from.profile == settings::Continuity::strict ? continuity::Profile::strict : continuity::Profile::article;
  const auto& causes = from.causes;
  if (causes.own_certificate_expired) out.own_certificate_expired = side_of(*causes.own_certificate_expired);
  if (causes.service_certificate_expired)
    out.service_certificate_expired = side_of(*causes.service_certificate_expired);
  out.http_error = side_of(causes.http_error);
  out.service_error = side_of(causes.service_error);
  out.throttled = side_of(causes.throttled);
  return out;
}

}  // namespace sallyport::server
