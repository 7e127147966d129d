#pragma once
// The VIP User Services API on one worker: HTTP in, the operation's own response out. The certificate selects
// the account, its role what may be asked; a known operation always gets its own response element (600B for a
// bad field, 6001 for a stranger, 6010 for the wrong role, 6005 when the database cannot keep it), anything
// else a SOAP Fault.
#include <memory>
#include <string>

#include "authservice/authentication.h"
#include "authservice/worker.h"
#include "vip/messages.h"
#include "vip/path.h"
#include "vip/server_wire.h"

namespace sallyport::authservice {

class SoapService {
 public:
  explicit SoapService(Worker& worker) : worker_(worker) {}

  // False: the path is none of the three services'; `request` and `respond` are untouched.
  bool serve(net::HttpServerRequest& request, net::HttpServer::Respond& respond);

 private:
  struct Exchange {  // one request on its way
    net::HttpServer::Respond respond;
    vip::Operation operation{};
    int minor = 8;
    std::string request_id;
    std::optional<vip::AuthContext> auth_context;
    Caller caller;
    std::optional<RequestMark> mark;
    std::string user, peer, subject;  // for the audit line
    base::Time begun;
  };
  using ExchangePointer = std::unique_ptr<Exchange>;
  using Checked = std::move_only_function<void(ExchangePointer, std::optional<CheckedPin>)>;

  void serve_post(vip::ServicePath, net::HttpServerRequest&, net::HttpServer::Respond);
  // Empty: go on.
  std::optional<vip::Status> refuse(const Exchange&, const vip::RequestBase&, const net::HttpServerRequest&);
  void perform(ExchangePointer, vip::AnyRequest);
  void perform(ExchangePointer, vip::AuthenticateUserRequest&);
  void perform(ExchangePointer, vip::AuthenticateCredentialsRequest&);
  void perform(ExchangePointer, vip::CheckOtpRequest&);
  void perform(ExchangePointer, vip::GetServerTimeRequest&);
  void perform(ExchangePointer, vip::GetUserInfoRequest&);
  void perform(ExchangePointer, vip::GetCredentialInfoRequest&);
  void perform(ExchangePointer, vip::CreateUserRequest&);
  void perform(ExchangePointer, vip::UpdateUserRequest&);
  void perform(ExchangePointer, vip::DeleteUserRequest&);
  void perform(ExchangePointer, vip::AddCredentialRequest&);
  void perform(ExchangePointer, vip::UpdateCredentialRequest&);
  void perform(ExchangePointer, vip::RemoveCredentialRequest&);
  void perform(ExchangePointer, vip::AuthenticateUserWithPushRequest&);
  void perform(ExchangePointer, vip::PollPushStatusRequest&);
  void perform(ExchangePointer, vip::SendOtpRequest&);
  void perform(ExchangePointer, vip::RegisterRequest&);
  void perform(ExchangePointer, vip::SetTemporaryPasswordRequest&);
  void perform(ExchangePointer, vip::ClearTemporaryPasswordRequest&);
  void perform(ExchangePointer, vip::SetTemporaryPasswordAttributesRequest&);
  void perform(ExchangePointer, vip::GetTemporaryPasswordAttributesRequest&);
  void perform(ExchangePointer, vip::ClearUserPinRequest&);
  void push_to_credentials(ExchangePointer, vip::AuthenticateCredentialsRequest&);
  // Nothing: it was refused.
  std::optional<PushWish> wish_of(Exchange&, const vip::PushAuthData&);
  void update_user(ExchangePointer, const vip::UpdateUserRequest&, std::optional<CheckedPin>,
                   std::string new_hash);

  // The user's PIN against what is kept of it, off every loop; then `next`, with a CheckedPin where one was
  // given.
  void check_pin(ExchangePointer, const std::string& prepared_user, const std::optional<base::Secret>& pin,
                 Checked next);
  void hash_pin(ExchangePointer, const std::optional<base::Secret>& pin,
                std::move_only_function<void(ExchangePointer, std::string)> next);
  // `run(Session&) -> Outcome`, once, and the operation's response from its outcome.
  template <class Run>
  void decide(ExchangePointer, Run run);
  template <class Run>
  void look_up(ExchangePointer, Run run);

  void finish(Exchange&, const Outcome&);
  void finish(Exchange&, vip::AnyResponse);
  void audit(const Exchange&, const Outcome&);
  void count(const Exchange&, const Outcome&);
  static std::vector<telemetry::Field> verification_fields(const Exchange&, const Outcome&, base::Time now);

  Worker& worker_;
};

}  // namespace sallyport::authservice
