#pragma once
// sendOtp and register (facts: vip-api, 4.4), inside the database thread's transaction. What is to be delivered
// stands in the outcome, and leaves when the transaction is on disk.
#include <optional>
#include <string>

#include "authservice/authentication.h"
#include "authservice/sent_codes.h"

namespace sallyport::authservice {

struct Carried {  // kinds that something delivers
  bool sms = false, voice = false, email = false;
  [[nodiscard]] bool carries(CredentialKind) const;
};

struct CodeSending {
  AccountPointer account;
  std::string prepared_user;
  std::optional<CredentialKind> kind;  // nothing: the user's first that is carried
  std::string destination;
  std::string text;  // for the user, beside the code
  int minor = vip::usual_minor;
  Carried carried;
};
Outcome send_code(Session&, const CodeSending&);

struct Registration {  // puts a telephone, an address or a program into the account; addCredential binds it
  AccountPointer account;
  CredentialKind kind{};
  std::string name;
  std::string text;
  Carried carried;
};
Outcome register_credential(Session&, const Registration&);

}  // namespace sallyport::authservice
