#include "server/outcomes.h"

#include "base/ascii.h"

namespace sallyport::server {
namespace {

using validation::Cause;
using validation::FirstFactor;
using validation::SecondFactor;

// Status codes are compared without case: some of the service's answers write them in lower case.
bool is(std::string_view status, std::string_view code) { return base::equal_ignoring_case(status, code); }

Cause cause_of_status(std::string_view status) {
  if (is(status, "6009")) return Cause::wrong_code;
  if (is(status, "6003")) return Cause::unknown_at_service;
  if (is(status, "6007") || is(status, "6008")) return Cause::no_credential;
  if (is(status, "601B")) return Cause::user_disabled_at_service;
  // What getUserInfo calls it.
  if (is(status, "DISABLED") || is(status, "LOCKED") || is(status, "INACTIVE"))
    return Cause::user_disabled_at_service;
  return Cause::refused_by_service;
}

SecondFactor factor_of(cloud::Outcome outcome) {
  switch (outcome) {
    case cloud::Outcome::good:
      return SecondFactor::good;
    case cloud::Outcome::refused:
      return SecondFactor::refused;
    case cloud::Outcome::no_verdict:
      return SecondFactor::unavailable;
  }
  return SecondFactor::refused;
}

validation::Method method_of(cloud::Method method) {
  switch (method) {
    case cloud::Method::code:
      return validation::Method::code;
    case cloud::Method::push:
      return validation::Method::push;
    case cloud::Method::sms:
      return validation::Method::sms;
    case cloud::Method::voice:
      return validation::Method::voice;
    case cloud::Method::email:
      break;
  }
  return validation::Method::email;
}

}  // namespace

Cause cause_of(const cloud::Answer& answer) {
  switch (answer.outcome) {
    case cloud::Outcome::good:
      return Cause::none;
    case cloud::Outcome::refused:
      return cause_of_status(answer.status);
    case cloud::Outcome::no_verdict:
      return Cause::service_unreachable;
  }
  return Cause::own_mistake;
}

validation::FirstFactorResult first_factor_of(const directory::Answer& answer) {
  switch (answer.outcome) {
    case directory::Outcome::good:
      return {FirstFactor::good, Cause::none, answer.entry.canonical_user, answer.entry.groups};
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
  return {factor_of(answer.outcome), cause_of(answer), answer.evidence};
}

validation::MethodsResult methods_of(const cloud::UserAnswer& answer) {
  validation::MethodsResult out{factor_of(answer.outcome), cause_of(answer), answer.has_code, answer.has_push};
  out.evidence = answer.evidence;
  for (const auto& one : answer.destinations) out.destinations.push_back({method_of(one.method), one.address});
  return out;
}

validation::PushResult push_of(const cloud::PushAnswer& answer) {
  return {factor_of(answer.outcome), cause_of(answer), answer.transaction_id, answer.number, answer.evidence};
}

validation::SecondFactorResult push_end_of(const cloud::PollAnswer& answer) {
  const bool in_progress = is(answer.status, "7001") || is(answer.status, "7004");
  switch (answer.outcome) {
    case cloud::Outcome::good:
      return {SecondFactor::good, Cause::none};
    case cloud::Outcome::no_verdict:
      if (answer.evidence == cloud::Evidence::answered) return {SecondFactor::refused, Cause::push_unanswered};
      return {SecondFactor::unavailable, Cause::service_unreachable};
    case cloud::Outcome::refused:
      break;
  }
  if (is(answer.status, "7002")) return {SecondFactor::refused, Cause::push_denied};
  return {SecondFactor::refused, in_progress ? Cause::push_unanswered : Cause::push_failed};
}

validation::CodeSentResult code_sent_of(const cloud::Answer& answer) {
  return {factor_of(answer.outcome), cause_of(answer), answer.evidence};
}

cloud::Method method_of(validation::Method method) {
  switch (method) {
    case validation::Method::code:
      return cloud::Method::code;
    case validation::Method::push:
      return cloud::Method::push;
    case validation::Method::sms:
      return cloud::Method::sms;
    case validation::Method::voice:
      return cloud::Method::voice;
    case validation::Method::email:
      break;
  }
  return cloud::Method::email;
}

}  // namespace sallyport::server
