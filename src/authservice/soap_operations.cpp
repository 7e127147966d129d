// One function for each operation: from its request to work for the database thread.
#include "authservice/management.h"
#include "authservice/soap_work.h"
#include "crypto/password_hash.h"

namespace sallyport::authservice {
void SoapService::check_pin(ExchangePointer exchange, const std::string& prepared_user,
                            const std::optional<base::Secret>& pin, Checked next) {
  if (!pin) return next(std::move(exchange), std::nullopt);
  if (!exchange->caller.account->pins.enabled)
    return finish(*exchange, outcome(vip::status::pin_not_enabled, Why::wrong_pin));
  auto read_hash = [account = exchange->caller.account, prepared_user](Session& session) {
    auto* user = session.records.user(session.records.account(account->name), prepared_user);
    return user == nullptr ? std::string() : user->pin_hash;
  };
  auto verify = [this, pin = *pin, exchange = std::move(exchange), next = std::move(next)](auto hash) mutable {
    if (!hash) return finish(*exchange, unavailable());
    auto check = [pin, hash = *hash] {
      const bool known = !hash.empty();
      const bool right =
          crypto::verify_password(known ? std::string_view(hash) : crypto::dummy_password_hash(), pin);
      return CheckedPin{hash, right && known};
    };
    worker_.in_hashing_thread(std::move(check), [this, exchange = std::move(exchange), next = std::move(next)](
                                                    std::optional<CheckedPin> checked) mutable {
      if (!checked) return finish(*exchange, unavailable());
      next(std::move(exchange), std::move(checked));
    });
  };
  worker_.in_database(std::move(read_hash), std::move(verify));
}

void SoapService::hash_pin(ExchangePointer exchange, const std::optional<base::Secret>& pin,
                           std::move_only_function<void(ExchangePointer, std::string)> next) {
  if (!pin) return next(std::move(exchange), {});
  const auto& policy = exchange->caller.account->pins;
  if (!policy.enabled) return finish(*exchange, outcome(vip::status::pin_not_enabled));
  if (!meets(policy, pin->reveal())) return finish(*exchange, outcome(vip::status::pin_breaks_policy));
  worker_.in_hashing_thread(
      [pin = *pin] { return crypto::make_password_hash(pin); },
      [this, exchange = std::move(exchange), next = std::move(next)](std::optional<std::string> hash) mutable {
        if (!hash) return finish(*exchange, unavailable());
        if (hash->empty()) return finish(*exchange, outcome(vip::status::pin_breaks_policy));
        next(std::move(exchange), std::move(*hash));
      });
}

void SoapService::perform(ExchangePointer exchange, vip::AnyRequest request) {
  std::visit([&](auto& own) { perform(std::move(exchange), own); }, request);
}

void SoapService::perform(ExchangePointer exchange, vip::AuthenticateUserRequest& request) {
  if (!request.pin && !request.otp_auth_data) return finish(*exchange, badly_formed());
  exchange->user = request.user_id;
  exchange->auth_context = std::move(request.auth_context);
  UserAuthentication asked{
      exchange->caller.account, prepared(request.user_id), given(request.otp_auth_data), {}, exchange->minor};
  const auto user = asked.prepared_user;
  check_pin(std::move(exchange), user, request.pin,
            [this, asked = std::move(asked)](ExchangePointer held, std::optional<CheckedPin> pin) mutable {
              asked.pin = std::move(pin);
              decide(std::move(held),
                     [asked = std::move(asked)](Session& s) { return authenticate_user(s, asked); });
            });
}

void SoapService::perform(ExchangePointer exchange, vip::CheckOtpRequest& request) {
  exchange->user = request.user_id;
  exchange->auth_context = std::move(request.auth_context);
  UserAuthentication asked{
      exchange->caller.account, prepared(request.user_id), given(request.otp_auth_data), {}, exchange->minor};
  decide(std::move(exchange), [asked = std::move(asked)](Session& s) { return authenticate_user(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::AuthenticateCredentialsRequest& request) {
  exchange->auth_context = std::move(request.auth_context);
  if (request.push_auth_data) return push_to_credentials(std::move(exchange), request);
  CredentialsAuthentication asked{exchange->caller.account, std::move(request.credentials), request.activate,
                                  *given(request.otp_auth_data)};
  decide(std::move(exchange),
         [asked = std::move(asked)](Session& s) { return authenticate_credentials(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::GetServerTimeRequest&) {
  vip::GetServerTimeResponse response;
  response.timestamp = worker_.now().wall;
  finish(*exchange, vip::AnyResponse(std::move(response)));
}

void SoapService::perform(ExchangePointer exchange, vip::GetUserInfoRequest& request) {
  auto account = exchange->caller.account;
  UserQuestion asked{prepared(request.user_id), request.include_token_info, request.include_push_attributes,
                     exchange->minor};
  look_up(std::move(exchange), [account, asked = std::move(asked)](Session& session) {
    return user_info(session, *account, asked);
  });
}

void SoapService::perform(ExchangePointer exchange, vip::GetCredentialInfoRequest& request) {
  auto account = exchange->caller.account;
  look_up(std::move(exchange), [account, id = request.credential_id, type = request.credential_type,
                                push = request.include_push_attributes](Session& session) {
    return credential_info(session, *account, id, type, push);
  });
}

void SoapService::perform(ExchangePointer exchange, vip::CreateUserRequest& request) {
  exchange->user = request.user_id;
  UserCreation asked{exchange->caller.account,
                     {request.user_id, prepared(request.user_id)},
                     {},
                     request.force_pin_change.value_or(false)};
  if (asked.user.prepared.empty()) return finish(*exchange, badly_formed());
  hash_pin(std::move(exchange), request.pin,
           [this, asked = std::move(asked)](ExchangePointer held, std::string hash) mutable {
             asked.pin_hash = std::move(hash);
             decide(std::move(held), [asked = std::move(asked)](Session& s) { return create_user(s, asked); });
           });
}

void SoapService::perform(ExchangePointer exchange, vip::UpdateUserRequest& request) {
  exchange->user = request.user_id;
  const bool locks = request.new_user_status && *request.new_user_status != vip::UserStatus::active &&
                     *request.new_user_status != vip::UserStatus::disabled;  // only we lock
  const bool bad_name = request.new_user_id && prepared(*request.new_user_id).empty();
  // A PIN is changed for another one.
  const bool same_pin =
      request.old_pin && request.new_pin && request.old_pin->reveal() == request.new_pin->reveal();
  if (same_pin) return finish(*exchange, outcome(vip::status::pin_breaks_policy));
  if (locks || bad_name || (request.old_pin && !request.new_pin)) return finish(*exchange, badly_formed());
  check_pin(std::move(exchange), prepared(request.user_id), request.old_pin,
            [this, request](ExchangePointer held, std::optional<CheckedPin> checked) mutable {
              if (checked && !checked->right)
                return update_user(std::move(held), request, std::move(checked), {});
              hash_pin(std::move(held), request.new_pin,
                       [this, request, checked = std::move(checked)](ExchangePointer again,
                                                                     std::string hash) mutable {
                         update_user(std::move(again), request, std::move(checked), std::move(hash));
                       });
            });
}

void SoapService::update_user(ExchangePointer exchange, const vip::UpdateUserRequest& request,
                              std::optional<CheckedPin> old_pin, std::string new_hash) {
  UserChange asked;
  asked.account = exchange->caller.account;
  asked.prepared_user = prepared(request.user_id);
  if (request.new_user_id) asked.new_name = UserName{*request.new_user_id, prepared(*request.new_user_id)};
  if (request.new_user_status) {
    asked.new_status =
        *request.new_user_status == vip::UserStatus::active ? UserStatus::active : UserStatus::disabled;
  }
  asked.old_pin = std::move(old_pin);
  if (!new_hash.empty()) asked.new_pin_hash = std::move(new_hash);
  asked.pin_expired = request.force_pin_change;
  decide(std::move(exchange),
         [asked = std::move(asked)](Session& s) { return authservice::update_user(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::DeleteUserRequest& request) {
  exchange->user = request.user_id;
  auto account = exchange->caller.account;
  decide(std::move(exchange),
         [account, user = prepared(request.user_id)](Session& s) { return delete_user(s, *account, user); });
}

void SoapService::perform(ExchangePointer exchange, vip::AddCredentialRequest& request) {
  exchange->user = request.user_id;
  const auto& detail = request.credential_detail;
  CredentialAddition asked{exchange->caller.account, prepared(request.user_id),
                           detail.credential_id,     detail.friendly_name.value_or(""),
                           detail.credential_type,   given(request.otp_auth_data)};
  decide(std::move(exchange), [asked = std::move(asked)](Session& s) { return add_credential(s, asked); });
}

void SoapService::perform(ExchangePointer exchange, vip::UpdateCredentialRequest& request) {
  exchange->user = request.user_id;
  NamedBinding asked{exchange->caller.account, prepared(request.user_id), request.credential_id,
                     request.credential_type};
  decide(std::move(exchange), [asked = std::move(asked), name = request.friendly_name](Session& s) {
    return update_credential(s, asked, name);
  });
}

void SoapService::perform(ExchangePointer exchange, vip::RemoveCredentialRequest& request) {
  exchange->user = request.user_id;
  NamedBinding asked{exchange->caller.account, prepared(request.user_id), request.credential_id,
                     request.credential_type};
  decide(std::move(exchange), [asked = std::move(asked)](Session& s) { return remove_credential(s, asked); });
}

}  // namespace sallyport::authservice
