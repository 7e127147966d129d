#include "cloud/classification.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/invariant.h"

namespace sallyport::cloud {
namespace {

Evidence of_operation(const SoapAnswer& soap) {
  // Temporarily unavailable is a detail; some answer with it as the status.
  const bool unavailable = soap.detail == vip::detail::temporarily_unavailable ||
                           soap.status.number() == vip::detail::temporarily_unavailable.number();
  if (soap.status == vip::status::internal_error || unavailable) return Evidence::service_error;
  if (soap.status == vip::status::certificate_revoked) return Evidence::own_certificate_refused;
  return Evidence::answered;
}

Evidence of_soap(const SoapAnswer& soap) {
  switch (soap.kind) {
    case SoapAnswer::Kind::operation:
      return of_operation(soap);
    case SoapAnswer::Kind::client_fault:
      return Evidence::answered;
    case SoapAnswer::Kind::server_fault:
      return Evidence::service_error;
    case SoapAnswer::Kind::none:
    case SoapAnswer::Kind::unreadable:
    case SoapAnswer::Kind::of_another_request:
      return Evidence::malformed;
  }
  SALLYPORT_INVARIANT(false);
}

bool has_header(const net::HttpAnswer& http, std::string_view name) {
  return std::ranges::any_of(http.headers, [name](const auto& header) { return header.first == name; });
}

Evidence of_http_answer(const net::HttpAnswer& http, const SoapAnswer& soap) {
  const bool is_fault =
      soap.kind == SoapAnswer::Kind::client_fault || soap.kind == SoapAnswer::Kind::server_fault;
  if (http.status == 429 || (http.status == 503 && has_header(http, "retry-after"))) return Evidence::throttled;
  if (http.status == 500 && is_fault) return of_soap(soap);  // SOAP 1.1 section 6.2: faults come with 500
  if (http.status >= 500 && http.status < 600) return Evidence::http_error;
  if (http.status >= 300 && http.status < 500) return Evidence::refused_by_service;
  if (http.status == 200) return of_soap(soap);
  return Evidence::malformed;
}

Evidence of_end(const net::HttpAnswer& http, const SoapAnswer& soap, const Circumstances& now) {
  const bool time_was_ours = now.cut_short_by_own_queue || now.loop_was_late;
  switch (http.end) {
    case net::HttpEnd::answered:
      return of_http_answer(http, soap);
    case net::HttpEnd::refused:
      return Evidence::refused;
    case net::HttpEnd::unreachable:
      return Evidence::unreachable;
    case net::HttpEnd::connect_timed_out:
      return time_was_ours ? Evidence::local : Evidence::connect_timed_out;
    case net::HttpEnd::proxy_failed:
      return Evidence::proxy_failed;
    case net::HttpEnd::timed_out:
      return time_was_ours ? Evidence::local : Evidence::timed_out;
    case net::HttpEnd::reset:
      return Evidence::reset;
    case net::HttpEnd::malformed:
    case net::HttpEnd::tls_failed:  // what came was no TLS handshake that we could finish
      return Evidence::malformed;
    case net::HttpEnd::own_certificate_expired:
      return now.clock_believed ? Evidence::own_certificate_expired : Evidence::clock_doubtful;
    case net::HttpEnd::service_certificate_expired:  // both at once: it is the clock
      return now.clock_believed && !now.own_certificate_has_expired ? Evidence::service_certificate_expired
                                                                    : Evidence::clock_doubtful;
    case net::HttpEnd::own_certificate_refused:
      return Evidence::own_certificate_refused;
    case net::HttpEnd::service_not_trusted:
      return Evidence::service_not_trusted;
    case net::HttpEnd::local:
      return Evidence::local;
  }
  SALLYPORT_INVARIANT(false);
}

}  // namespace

// Who answers over mutual TLS is the service, wherever it is; only a failure makes an address of our own
// suspicious.
Evidence evidence_of(const net::HttpAnswer& http, const SoapAnswer& soap, const Circumstances& circumstances) {
  const auto evidence = of_end(http, soap, circumstances);
  const bool proven = http.end == net::HttpEnd::answered;
  return circumstances.name_leads_home && !proven && evidence != Evidence::local ? Evidence::redirected
                                                                                 : evidence;
}

std::size_t counting(std::span<const Attempt> attempts) {
  const auto weight = [](const Attempt& one) {
    const auto meaning = side(one.evidence);
    const int gravity = meaning == Side::barred ? 2 : meaning == Side::down ? 1 : 0;
    return std::pair(one.is_led_to, gravity);
  };
  const auto heaviest = std::ranges::max_element(attempts, {}, weight);
  SALLYPORT_INVARIANT(heaviest != attempts.end());
  return static_cast<std::size_t>(heaviest - attempts.begin());
}

Outcome outcome_of(Evidence evidence, std::optional<vip::Status> status, vip::Status good) {
  static constexpr std::array refusals{
      vip::status::invalid_account,
      vip::status::user_does_not_exist,
      vip::status::credential_id_not_valid,
      vip::status::no_binding,
      vip::status::no_enabled_credential,
      vip::status::authentication_failed,
      vip::status::invalid_pin,
      vip::status::pin_breaks_policy,
      vip::status::not_allowed_in_user_status,
      vip::status::invalid_phone_number,
  };
  if (evidence != Evidence::answered || !status) return Outcome::no_verdict;
  if (status == good) return Outcome::good;
  return std::ranges::find(refusals, *status) != refusals.end() ? Outcome::refused : Outcome::no_verdict;
}

}  // namespace sallyport::cloud
