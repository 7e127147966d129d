// authenticateUserWithPush, authenticateCredentials with pushAuthData, pollPushStatus.
#include "authservice/push_operations.h"
#include "authservice/soap_work.h"

namespace sallyport::authservice {

std::optional<PushWish> SoapService::wish_of(Exchange& exchange, const vip::PushAuthData& given) {
  auto wish = push_wish(given);
  if (!wish) {
    auto response = vip::empty_response(exchange.operation);
    auto& base = vip::base_of(response);
    base.set(vip::status::schema_validation_failed);
    base.detail_message = wish.error().what;
    finish(exchange, std::move(response));
    return std::nullopt;
  }
  wish->shows_number = exchange.minor >= 10;
  wish->carried = worker_.outbox().carries(delivery::Delivery::Kind::push);
  return std::move(*wish);
}

void SoapService::perform(ExchangePointer exchange, vip::AuthenticateUserWithPushRequest& request) {
  exchange->user = request.user_id;
  exchange->auth_context = std::move(request.auth_context);
  auto wish = wish_of(*exchange, request.push_auth_data);
  if (!wish) return;
  UserPush asked{exchange->caller.account, prepared(request.user_id), {}, std::move(*wish)};
  const auto user = asked.prepared_user;
  check_pin(std::move(exchange), user, request.pin,
            [this, asked = std::move(asked)](ExchangePointer held, std::optional<CheckedPin> pin) mutable {
              asked.pin = std::move(pin);
              decide(std::move(held),
                     [asked = std::move(asked)](Session& s) { return authenticate_user_with_push(s, asked); });
            });
}

void SoapService::push_to_credentials(ExchangePointer exchange, vip::AuthenticateCredentialsRequest& request) {
  auto wish = wish_of(*exchange, *request.push_auth_data);
  if (!wish) return;
  CredentialsPush asked{exchange->caller.account, std::move(request.credentials), std::move(*wish)};
  decide(std::move(exchange),
         [asked = std::move(asked)](Session& s) { return authenticate_credentials_with_push(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::PollPushStatusRequest& request) {
  auto account = exchange->caller.account;
  look_up(std::move(exchange), [account, ids = std::move(request.transaction_id)](Session& session) {
    return poll_pushes(session, *account, ids);
  });
}

}  // namespace sallyport::authservice
