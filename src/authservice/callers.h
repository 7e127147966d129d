#pragma once
// Who asks: the client certificate selects the account and the role. Nothing in a message can.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "authservice/session.h"
#include "net/tls.h"
#include "settings/authservice.h"
#include "vip/operation.h"

namespace sallyport::authservice {

struct Caller {
  AccountPointer account;
  settings::AccountRole role = settings::AccountRole::validation;
};

class Callers {
 public:
  explicit Callers(const settings::AuthService&);
  // By fingerprint first, then by subject; nullptr: nobody named this certificate.
  [[nodiscard]] const Caller* find(const net::CertificateFacts&) const;

 private:
  std::unordered_map<std::string, Caller> by_fingerprint_, by_subject_;
};
using CallersPointer = std::shared_ptr<const Callers>;

// sendOtp is a management operation on the wire, and a part of logins
// (docs/decisions/0011-pushes-and-sent-codes.md).
constexpr bool may(settings::AccountRole role, vip::Operation operation) {
  return vip::service_of(operation) != vip::Service::management || role != settings::AccountRole::validation ||
         operation == vip::Operation::send_otp;
}
std::string_view to_string(settings::AccountRole);

}  // namespace sallyport::authservice
