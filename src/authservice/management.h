#pragma once
// The Management and Query operations (facts: vip-api, 4.1 and 4.4) inside the database thread's transaction.
#include <optional>
#include <string>

#include "authservice/authentication.h"
#include "vip/query_messages.h"

namespace sallyport::authservice {

struct UserName {
  std::string entered, prepared;
};

struct UserCreation {
  AccountPointer account;
  UserName user;
  std::string pin_hash;
  bool pin_expired = false;
};
Outcome create_user(Session&, const UserCreation&);

struct UserChange {
  AccountPointer account;
  std::string prepared_user;
  std::optional<UserName> new_name;
  std::optional<UserStatus> new_status;
  std::optional<CheckedPin> old_pin;
  std::optional<std::string> new_pin_hash;
  std::optional<bool> pin_expired;
};
Outcome update_user(Session&, const UserChange&);

Outcome delete_user(Session&, const AccountPolicy&, const std::string& prepared_user);

struct CredentialAddition {
  AccountPointer account;
  std::string prepared_user, credential_id, friendly_name;
  vip::CredentialType type{};
  std::optional<GivenCodes> codes;
};
Outcome add_credential(Session&, const CredentialAddition&);

struct NamedBinding {
  AccountPointer account;
  std::string prepared_user, credential_id;
  vip::CredentialType type{};
};
Outcome update_credential(Session&, const NamedBinding&, const std::string& friendly_name);
Outcome remove_credential(Session&, const NamedBinding&);

vip::GetUserInfoResponse user_info(Session&, const AccountPolicy&, const std::string& prepared_user,
                                   bool token_info);
vip::GetCredentialInfoResponse credential_info(Session&, const AccountPolicy&, const std::string& credential_id,
                                               vip::CredentialType);

// Shared with the admin API. What nobody is bound to any more is deactivated.
void unbind_credential(Session&, const User&, RowId credential);
void bind_credential(Session&, const User&, Credential&, const std::string& friendly_name);
void unlock(Session&, Credential&);

}  // namespace sallyport::authservice
