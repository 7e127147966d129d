#pragma once
// What the end of one exchange with the authentication service says about the service, a probe's or a login's.
// Room `cloud` makes these values; `side()` says what each means for business continuity.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::continuity {

enum class Evidence : std::uint8_t {
  answered,  // a well-formed SOAP answer: refusals and client-side faults included
  name_not_resolved,
  refused,
  unreachable,
  connect_timed_out,
  proxy_failed,
  own_certificate_expired,
  service_certificate_expired,
  timed_out,
  reset,
  malformed,
  http_error,
  service_error,
  throttled,
  service_not_trusted,
  own_certificate_refused,
  refused_by_service,
  redirected,
  clock_doubtful,
  local,
};
inline constexpr std::size_t evidence_kinds = 20;
// Barred: somebody may have meant it. It never opens continuity and never keeps it open; it is an alarm.
enum class Side : std::uint8_t { up, down, neither, barred };

// What the settings may decide; all other evidence means what it means. Nothing that is barred can be made
// down.
struct Profile {
  Side own_certificate_expired = Side::down;  // down or barred, ...
  Side service_certificate_expired = Side::down;
  Side http_error = Side::down;
  Side service_error = Side::down;
  Side throttled = Side::neither;  // ... and this one neither or barred

  static const Profile article;  // as the seed of the product says
  static const Profile strict;   // an expired certificate does not open continuity
  friend bool operator==(const Profile&, const Profile&) = default;
};
inline constexpr Profile Profile::article{};
inline constexpr Profile Profile::strict{.own_certificate_expired = Side::barred,
                                         .service_certificate_expired = Side::barred};

std::string_view to_string(Evidence);
Side side(Evidence, const Profile& = Profile::article);

}  // namespace sallyport::continuity
