#pragma once
// authenticateUserWithPush, authenticateCredentials with pushAuthData, pollPushStatus, and the answer to a push
// (facts: vip-api, 4.3), inside the database thread's transaction.
#include <optional>
#include <string>
#include <vector>

#include "authservice/authentication.h"
#include "vip/query_messages.h"

namespace sallyport::authservice {

struct UserPush {
  AccountPointer account;
  std::string prepared_user;
  std::optional<CheckedPin> pin;
  PushWish wish;
};
Outcome authenticate_user_with_push(Session&, const UserPush&);

struct CredentialsPush {
  AccountPointer account;
  std::vector<vip::CredentialDefinition> credentials;
  PushWish wish;
};
Outcome authenticate_credentials_with_push(Session&, const CredentialsPush&);

// What is no transaction of this account is not found (7005), like one that never was.
vip::PollPushStatusResponse poll_pushes(Session&, const AccountPolicy&, const std::vector<std::string>& ids);

// Enabled credentials of the user whose devices take pushes, at most 16.
std::vector<Credential*> push_credentials(Session&, const User&);

struct AnsweredPush {
  PushTransaction push;  // after it
  std::string user;      // empty: the push named none
};
enum class NotAnswered {
  unknown,
  answered_before,
  expired,
  user_not_active,
  credential_unknown,
  number_missing
};
struct PushOrder {
  std::string transaction;
  PushAnswer answer;
  std::string credential;  // key of that which answers; empty: the first that was asked
};
std::expected<AnsweredPush, NotAnswered> answered_push(Session&, const AccountPolicy&, const PushOrder&);

}  // namespace sallyport::authservice
