// sendOtp, register, temporary passwords, clearUserPin.
#include <algorithm>

#include "authservice/management.h"
#include "authservice/sending.h"
#include "authservice/soap_work.h"
#include "authservice/temporary_passwords.h"
#include "text/utf8.h"

namespace sallyport::authservice {
namespace {

using Kind = delivery::Delivery::Kind;

struct Destination {
  CredentialKind kind{};
  std::string address;
  std::string text;  // the client's template; the code is the channel's to put beside it
};

std::string one_line(const std::optional<std::string>& given) {
  if (!given || text::has_control(*given)) return {};
  return *given;
}

// Of requests that may name where to send to; at most one is there, the schema has seen to it.
template <class Request>
std::optional<Destination> destination_of(const Request& request) {
  if (request.sms_delivery) {
    return Destination{CredentialKind::sms, request.sms_delivery->phone_number,
                       one_line(request.sms_delivery->message_template)};
  }
  if (request.voice_delivery)
    return Destination{CredentialKind::voice, request.voice_delivery->phone_number, {}};
  if (request.email_delivery) {
    return Destination{CredentialKind::email, request.email_delivery->email_address,
                       one_line(request.email_delivery->message_template)};
  }
  return std::nullopt;
}

Kind channel_of(CredentialKind kind) {
  return kind == CredentialKind::voice ? Kind::voice : kind == CredentialKind::email ? Kind::email : Kind::sms;
}

Carried carried_by(const delivery::Outbox& outbox) {
  return {outbox.carries(Kind::sms), outbox.carries(Kind::voice), outbox.carries(Kind::email)};
}

}  // namespace

void SoapService::perform(ExchangePointer exchange, vip::SendOtpRequest& request) {
  exchange->user = request.user_id;
  CodeSending asked;
  asked.account = exchange->caller.account;
  asked.prepared_user = prepared(request.user_id);
  asked.minor = exchange->minor;
  asked.carried = carried_by(worker_.outbox());
  if (auto to = destination_of(request)) {
    asked.kind = to->kind;
    asked.destination = std::move(to->address);
    asked.text = std::move(to->text);
  }
  decide(std::move(exchange), [asked = std::move(asked)](Session& s) { return send_code(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::RegisterRequest& request) {
  Registration asked;
  asked.account = exchange->caller.account;
  asked.carried = carried_by(worker_.outbox());
  if (auto to = destination_of(request)) {
    asked.kind = to->kind;
    asked.name = std::move(to->address);
    asked.text = std::move(to->text);
  } else {
    asked.kind = CredentialKind::service;
    asked.name = request.service_otp_delivery->id;
  }
  decide(std::move(exchange), [asked = std::move(asked)](Session& s) { return register_credential(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::SetTemporaryPasswordRequest& request) {
  exchange->user = request.user_id;
  TemporaryPasswordSetting asked;
  asked.account = exchange->caller.account;
  asked.prepared_user = prepared(request.user_id);
  asked.password = std::move(request.temporary_password);
  asked.attributes = request.temporary_password_attributes.value_or(vip::TemporaryPasswordAttributes{});
  if (auto to = destination_of(request)) {
    if (!worker_.outbox().carries(channel_of(to->kind)))
      return finish(*exchange, outcome(vip::status::credential_type_not_supported, Why::nothing_carries_it));
    asked.to.emplace();
    asked.to->kind = channel_of(to->kind);
    asked.to->destination = std::move(to->address);
    asked.to->text = std::move(to->text);
  }
  decide(std::move(exchange),
         [asked = std::move(asked)](Session& s) { return set_temporary_password(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::ClearTemporaryPasswordRequest& request) {
  exchange->user = request.user_id;
  auto account = exchange->caller.account;
  decide(std::move(exchange), [account, user = prepared(request.user_id)](Session& s) {
    return clear_temporary_password(s, *account, user);
  });
}

void SoapService::perform(ExchangePointer exchange, vip::SetTemporaryPasswordAttributesRequest& request) {
  exchange->user = request.user_id;
  auto account = exchange->caller.account;
  decide(std::move(exchange),
         [account, user = prepared(request.user_id), attributes = request.temporary_password_attributes](
             Session& s) { return set_temporary_password_attributes(s, *account, user, attributes); });
}

void SoapService::perform(ExchangePointer exchange, vip::GetTemporaryPasswordAttributesRequest& request) {
  auto account = exchange->caller.account;
  look_up(std::move(exchange), [account, user = prepared(request.user_id)](Session& s) {
    vip::GetTemporaryPasswordAttributesResponse response;
    auto found = temporary_password_attributes(s, *account, user);
    if (found) {
      response.temp_pwd_attributes = *found;
    } else {
      response.status = found.error();
    }
    return response;
  });
}

void SoapService::perform(ExchangePointer exchange, vip::ClearUserPinRequest& request) {
  exchange->user = request.user_id;
  auto account = exchange->caller.account;
  decide(std::move(exchange),
         [account, user = prepared(request.user_id)](Session& s) { return clear_user_pin(s, *account, user); });
}

}  // namespace sallyport::authservice
