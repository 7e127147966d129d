#include "cloud/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "vip/messages.h"
#include "vip/simple_types.h"

namespace sallyport::cloud {
namespace {

template <class A>
A answer_of(const End& end, Outcome outcome) {
  A out;
  out.outcome = outcome;
  out.evidence = end.evidence;
  if (end.answer.status) out.status = end.answer.status->text();
  if (end.answer.detail) out.status_detail = end.answer.detail->text();
  out.detail = end.detail;
  out.idempotent_service = end.idempotent_service;
  out.took = end.took;
  return out;
}

template <class Response>
const Response* response_in(const End& end) {
  return end.answer.response ? std::get_if<Response>(&*end.answer.response) : nullptr;
}

// An element that an older service leaves out says nothing against a credential.
bool is_enabled(const vip::CredentialBindingDetail& credential) {
  return credential.binding_detail.bind_status == vip::BindStatus::enabled &&
         credential.credential_status.value_or(std::string(vip::credential_status::enabled)) ==
             vip::credential_status::enabled;
}

bool takes_pushes(const vip::CredentialBindingDetail& credential) {
  return std::ranges::any_of(credential.push_attributes, [](const vip::KeyValuePair& attribute) {
    return attribute.key == "PUSH_ENABLED" && (attribute.value == "true" || attribute.value == "TRUE");
  });
}

void add_credential(UserAnswer& user, const vip::CredentialBindingDetail& credential) {
  if (!is_enabled(credential)) return;
  user.has_push = user.has_push || takes_pushes(credential);
  switch (credential.credential_type) {
    case vip::CredentialType::standard_otp:
    case vip::CredentialType::service_otp:
      user.has_code = true;
      break;
    case vip::CredentialType::sms_otp:
      user.destinations.push_back({Method::sms, credential.credential_id});
      break;
    case vip::CredentialType::voice_otp:
      user.destinations.push_back({Method::voice, credential.credential_id});
      break;
    case vip::CredentialType::email_otp:
      user.destinations.push_back({Method::email, credential.credential_id});
      break;
    default:
      break;
  }
}

}  // namespace

CodeAnswer code_answer(End end) {
  auto out = answer_of<CodeAnswer>(end, outcome_of(end.evidence, end.answer.status));
  const auto* response = response_in<vip::AuthenticateUserResponse>(end);
  if (response != nullptr && out.outcome == Outcome::good)
    out.credential_id = response->credential_id.value_or("");
  return out;
}

constexpr std::size_t longest_number = 8;  // of a push; two digits are usual

PushAnswer push_answer(const End& end) {
  auto out = answer_of<PushAnswer>(end, outcome_of(end.evidence, end.answer.status, vip::status::push_sent));
  const auto* response = response_in<vip::AuthenticateUserWithPushResponse>(end);
  if (response == nullptr || out.outcome != Outcome::good) return out;
  out.transaction_id = response->transaction_id.value_or("");
  out.number = response->numbers_challenge_value.value_or("");
  const auto why = vip::why_not(vip::simple::push_transaction_id, out.transaction_id);
  if (why.empty() && out.number.size() <= longest_number) return out;
  out.outcome = Outcome::no_verdict;  // nobody could ask what became of it, or show the number
  out.detail = why.empty() ? "the push's number is too long" : "the push's transaction id " + why;
  out.transaction_id.clear();
  return out;
}

Answer sent_answer(const End& end) {
  return answer_of<Answer>(end, outcome_of(end.evidence, end.answer.status));
}

namespace {

// Nothing where the answer leaves this push out, or contradicts itself about it.
const vip::PushTransactionStatus* about(const vip::PollPushStatusResponse& response, std::string_view id) {
  const vip::PushTransactionStatus* found = nullptr;
  for (const auto& one : response.transaction_status) {
    if (one.transaction_id != id) continue;
    if (found != nullptr && found->status != one.status) return nullptr;
    found = &one;
  }
  return found;
}

}  // namespace

PollAnswer poll_answer(const End& end, std::string_view id) {
  auto out = answer_of<PollAnswer>(end, Outcome::no_verdict);
  const auto* response = response_in<vip::PollPushStatusResponse>(end);
  const bool good = end.evidence == Evidence::answered && end.answer.status == vip::status::success;
  if (response == nullptr || !good) return out;
  const auto* push = about(*response, id);
  if (push == nullptr) {
    out.status.clear();
    out.detail = "the answer to the poll has no word, or two, about this push";
    return out;
  }
  out.status = push->status.text();
  out.status_detail = push->detail ? push->detail->text() : "";
  out.detail = push->status_message;
  if (push->status == vip::status::push_in_progress) return out;
  const bool approved = push->status == vip::status::push_approved;
  out.outcome = approved ? Outcome::good : Outcome::refused;
  if (approved) out.credential_id = push->credential_id.value_or("");
  return out;
}

UserAnswer user_answer(const End& end) {
  auto out = answer_of<UserAnswer>(end, outcome_of(end.evidence, end.answer.status));
  const auto* response = response_in<vip::GetUserInfoResponse>(end);
  if (response == nullptr || out.outcome != Outcome::good) return out;
  if (const auto status = response->user_status; status && *status != vip::UserStatus::active) {
    out.outcome = Outcome::refused;
    out.status = *status == vip::UserStatus::other ? "INACTIVE" : std::string(to_string(*status));
    out.detail = fmt::format("the user is {} at the service", out.status);
    return out;
  }
  out.has_code = response->is_temp_password_set.value_or(false);  // that is typed like a code
  for (const auto& credential : response->credential_binding_detail) add_credential(out, credential);
  return out;
}

ServerTimeAnswer server_time_answer(End end) {
  ServerTimeAnswer out;
  out.evidence = end.evidence;
  out.server_time = end.answer.server_time().value_or(base::WallTime{});
  out.detail = std::move(end.detail);
  out.tunnel_opened = end.tunnel_opened;
  out.took = end.took;
  return out;
}

}  // namespace sallyport::cloud
