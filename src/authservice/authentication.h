#pragma once
// authenticateUser, checkOtp and authenticateCredentials (facts: vip-api, 4.2) inside the database thread's
// transaction: the code is tried against the user's enabled credentials, and what it spends, or what it counts,
// is written before the outcome is known to anybody.
#include <optional>
#include <string>
#include <vector>

#include "authservice/outcome.h"
#include "authservice/session.h"
#include "base/secret.h"
#include "vip/operation.h"
#include "vip/types.h"

namespace sallyport::authservice {

struct GivenCodes {
  base::Secret first;
  std::optional<base::Secret> second;
  [[nodiscard]] Codes views() const {
    return {first.reveal(), second ? std::optional(second->reveal()) : std::nullopt};
  }
};

// A PIN is checked before, off this thread, against the hash that the user had then.
struct CheckedPin {
  std::string hash;
  bool right = false;
};

struct UserAuthentication {  // authenticateUser, checkOtp
  AccountPointer account;
  std::string prepared_user;
  std::optional<GivenCodes> codes;  // neither codes nor PIN: refused before
  std::optional<CheckedPin> pin;
  int minor = vip::usual_minor;  // of the version asked: before 1.10 there are no e-mail codes
};
Outcome authenticate_user(Session&, const UserAuthentication&);

struct CredentialsAuthentication {  // failures here lock nothing: no user is named; see guesses.h
  AccountPointer account;
  std::vector<vip::CredentialDefinition> credentials;
  bool activate = false;
  GivenCodes codes;
};
Outcome authenticate_credentials(Session&, const CredentialsAuthentication&);

// 6004, 6006 or 600A; for every operation that names a credential.
std::expected<Credential*, Outcome> named_credential(Session&, const AccountPolicy&, const std::string& name,
                                                     vip::CredentialType);
// Verifies and, when accepted, moves the state in memory (not yet saved). Nothing: its secret does not open.
std::optional<CodeOutcome> verify_against(Session&, const AccountPolicy&, Credential&, const Codes&);
Outcome refused_with(CodeOutcome, const Codes&);

// Why the user may not go on: no such user, not active, a wrong PIN (which counts). Nothing: he may.
std::optional<Outcome> refused_user(Session&, const AccountPolicy&, User*, const std::optional<CheckedPin>&);
// Says of the PIN that was given whether it has expired.
void tell_pin(Outcome&, Session&, const AccountPolicy&, const User&);
vip::CredentialType type_of(CredentialKind);
std::optional<CredentialKind> kind_of(vip::CredentialType);  // totp for all tokens; nothing: not ours
std::uint64_t random_id();

}  // namespace sallyport::authservice
