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
User* find_user(Session&, const AccountPolicy&, const std::string& prepared_user);

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
Outcome clear_user_pin(Session&, const AccountPolicy&, const std::string& prepared_user);

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

struct UserQuestion {
  std::string prepared_user;
  bool token_info = false, push_attributes = true;
  int minor = vip::usual_minor;  // before 1.10 there are no e-mail credentials
};
vip::GetUserInfoResponse user_info(Session&, const AccountPolicy&, const UserQuestion&);
vip::GetCredentialInfoResponse credential_info(Session&, const AccountPolicy&, const std::string& credential_id,
                                               vip::CredentialType, bool push_attributes);

// Shared with the admin API. What nobody is bound to any more is deactivated.
void unbind_credential(Session&, const User&, RowId credential);
void bind_credential(Session&, const User&, Credential&, const std::string& friendly_name);
void unlock(Session&, Credential&);
// One whose codes are drawn here; it is not there yet.
RowId add_sent_credential(Session&, RowId account, CredentialKind, const std::string& name, int digits);

}  // namespace sallyport::authservice
