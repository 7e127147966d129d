#pragma once
// What the admin API does, inside the database thread's transaction. Every function gives a whole answer: HTTP
// status and JSON, and for the audit log what was changed, without a secret.
#include <atomic>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "authservice/management.h"
#include "authservice/push_operations.h"

namespace sallyport::authservice {

struct AdminAnswer {
  int status = 200;
  boost::json::object body;
  std::string change;             // empty: nothing was changed
  std::optional<PushState> push;  // that a push was brought to
};
AdminAnswer admin_error(int status, std::string what);

struct AdminFacts {  // of the running service
  std::string issuer;
  std::string database_file;
  std::vector<std::int64_t> key_ids;
  const std::atomic<std::int64_t>* secrets_left = nullptr;  // under old keys
};

struct Page {
  std::string search, after;
  std::int64_t limit = 100;
  static constexpr std::int64_t most = 1000;
};
AdminAnswer list_users(Session&, const AccountPolicy&, const Page&);
AdminAnswer list_credentials(Session&, const AccountPolicy&, const Page&);
AdminAnswer status_of(Session&, const AccountPolicy&, const AdminFacts&);

AdminAnswer add_user(Session&, const AccountPointer&, const UserName&);
enum class UserAction : std::uint8_t { show, remove, lock, unlock };
AdminAnswer act_on_user(Session&, const AccountPolicy&, const std::string& prepared_user, UserAction);

struct NewCredential {
  CredentialKind kind = CredentialKind::totp;
  OathAlgorithm algorithm = OathAlgorithm::sha1;
  int digits = 6, period = 30;
  std::int64_t counter = 0;
  std::string name;     // empty: given by us; of the kinds that are sent, the telephone or address
  base::Secret secret;  // empty: drawn by us
  std::optional<UserName> user;
  bool create_user = false;
  std::string friendly_name;
  bool push = false;  // its device takes pushes; tokens alone
};
AdminAnswer new_credential(Session&, const AccountPolicy&, const AdminFacts&, const NewCredential&);
enum class CredentialAction : std::uint8_t {
  show,
  remove,
  lock,
  unlock,
  resync,
  bind,
  unbind,
  enable_push,
  disable_push
};
struct CredentialOrder {
  CredentialAction action{};
  std::string credential;
  std::string prepared_user, friendly_name;  // bind, unbind
  std::optional<GivenCodes> codes;           // resync
};
AdminAnswer act_on_credential(Session&, const AccountPolicy&, const CredentialOrder&);

// Pushes in progress, and an answer to one.
AdminAnswer list_pushes(Session&, const AccountPolicy&, const Page&);
AdminAnswer answer_push(Session&, const AccountPolicy&, const PushOrder&);

// One line of an import: the user is made when he is not there; then his credential, when a secret is given.
// The same line again changes nothing.
struct ImportLine {
  NewCredential credential;
  std::string mistake;  // not empty: refused for that
};
AdminAnswer import_lines(Session&, const AccountPolicy&, const std::vector<ImportLine>&);

// Makes a row of it: name and secret are drawn where none are given. The error is for a person.
base::Result<Credential> make_credential(Session&, const AccountPolicy&, const NewCredential&,
                                         base::Secret& secret);
boost::json::object credential_json(const Credential&);
std::string time_json(std::int64_t microseconds);

}  // namespace sallyport::authservice
