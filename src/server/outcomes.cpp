#include "server/outcomes.h"

#include <algorithm>
#include <cctype>

namespace sallyport::server {
namespace {

using validation::Cause;
using validation::FirstFactor;
using validation::SecondFactor;

// Status codes are compared without case: some of the service's answers write them in lower case.
bool is(std::string_view status, std::string_view code) {
  return std::ranges::equal(status, code, [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
  });
}

Cause cause_of_status(std::string_view status) {
  if (is(status, "6009")) return Cause::wrong_code;
  if (is(status, "6003")) return Cause::unknown_at_service;
  if (is(status, "6007") || is(status, "6008")) return Cause::no_credential;
  if (is(status, "601B")) return Cause::user_disabled_at_service;
  return Cause::refused_by_service;
}

}  // namespace

validation::FirstFactorResult first_factor_of(const directory::Answer& answer) {
  switch (answer.outcome) {
    case directory::Outcome::good:
      return {FirstFactor::good, Cause::none, answer.entry.canonical_user};
    case directory::Outcome::unknown_user:
      return {FirstFactor::refused, Cause::unknown_user, ""};
    case directory::Outcome::ambiguous_user:
      return {FirstFactor::refused, Cause::ambiguous_user, ""};
    case directory::Outcome::wrong_password:
      return {FirstFactor::refused, Cause::wrong_password, ""};
    case directory::Outcome::password_expired:
      return {FirstFactor::refused, Cause::password_expired, ""};
    case directory::Outcome::password_must_change:
      return {FirstFactor::refused, Cause::password_must_change, ""};
    case directory::Outcome::account_disabled:
      return {FirstFactor::refused, Cause::account_disabled, ""};
    case directory::Outcome::account_locked:
      return {FirstFactor::refused, Cause::account_locked, ""};
    case directory::Outcome::account_expired:
      return {FirstFactor::refused, Cause::account_expired, ""};
    case directory::Outcome::account_unusable:
      return {FirstFactor::refused, Cause::account_unusable, ""};
    case directory::Outcome::unavailable:
      return {FirstFactor::unavailable, Cause::user_store_unreachable, ""};
  }
  return {FirstFactor::refused, Cause::own_mistake, ""};
}

validation::SecondFactorResult second_factor_of(const cloud::CodeAnswer& answer) {
  switch (answer.outcome) {
    case cloud::Outcome::good:
      return {SecondFactor::good, Cause::none};
    case cloud::Outcome::refused:
      return {SecondFactor::refused, cause_of_status(answer.status)};
    case cloud::Outcome::no_verdict:
      return {SecondFactor::unavailable, Cause::service_unreachable};
  }
  return {SecondFactor::refused, Cause::own_mistake};
}

}  // namespace sallyport::server
