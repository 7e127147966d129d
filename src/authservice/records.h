#pragma once
// Users, credentials and the bindings between them, as rows of the database and as what is kept of them in
// memory. Everything here belongs to the database thread, inside one transaction; it is the only writer, so
// what it remembers cannot be stale. A failure stays until the transaction is rolled back and `forget()` was
// called. Pointers live until `between_jobs()`, or until the record they point to is changed by a function that
// says so.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authservice/remembered.h"
#include "authservice/verification.h"
#include "base/bytes.h"
#include "store/queries.h"

namespace sallyport::authservice {

// Numbers are kept in the database: never change one.
enum class UserStatus : std::uint8_t { active = 0, disabled = 1, locked = 2 };
enum class CredentialStatus : std::uint8_t { inactive = 0, enabled = 1, disabled = 2, locked = 3 };

using RowId = std::int64_t;

struct LastAuthentication {
  std::int64_t at = 0;  // microseconds since 1970; 0: never
  std::int64_t id = 0;
};

struct Credential {
  RowId row = 0, account = 0;
  std::string name;  // "SPTO12345678", upper case; of the kinds that are sent: telephone number, address, id
  CredentialKind kind{};
  OathAlgorithm algorithm{};
  int digits = 6, period = 30;
  base::Bytes sealed_secret;
  std::int64_t key_id = 0;
  std::int64_t created = 0;
  bool push = false;  // its device can be asked by push
  // The state below moves with every login, and has a table of its own.
  CredentialStatus status = CredentialStatus::inactive;
  Moving moving;
  std::int64_t failures = 0;
  RowId last_user = 0;  // who used it last; older uses by others stand in their bindings
  LastAuthentication last;
};

struct Binding {
  RowId credential = 0;
  std::string friendly_name;
  std::int64_t bound_at = 0;
  LastAuthentication last;
};

struct User {
  RowId row = 0, account = 0;
  std::string name, prepared;  // as entered; as looked up
  UserStatus status = UserStatus::active;
  std::int64_t created = 0;
  std::int64_t failures = 0;
  std::string pin_hash;  // empty: none
  bool pin_expired = false;
  std::int64_t pin_set_at = 0;
  bool has_temporary_password = false;  // it may be expired
  std::vector<Binding> bindings;
};

struct BoundUser {
  std::string name;
  UserStatus status{};
  Binding binding;
};

class Records {
 public:
  explicit Records(store::Database& database, std::size_t remembered_limit = 65'536)
      : queries_(database), users_(remembered_limit), credentials_(remembered_limit) {}

  RowId account(const std::string& name);  // made when it is not there

  User* user(RowId account, const std::string& prepared_name);  // nullptr: there is none
  void add_user(User&);                                         // sets its row
  void save_user(const User&);      // name, status, failures, PIN; invalidates the user
  void save_failures(const User&);  // status and failures alone
  void remove_user(const User&);    // with its bindings; invalidates the user

  Credential* credential(RowId);
  Credential* credential(RowId account, const std::string& key);
  void add_credential(Credential&);  // sets its row
  void save_state(const Credential&);
  void save_secret(const Credential&);  // sealed under another key
  void save_push(const Credential&);
  void remove_credential(const Credential&);  // with its bindings; invalidates it, and all users it is bound to

  void bind(const User&, const Binding&);  // these three invalidate the user
  void unbind(const User&, RowId credential);
  void rename_binding(const User&, RowId credential, const std::string& friendly_name);
  // Notes the use in the credential (which the caller saves); that of another user before goes into his
  // binding.
  void used(Credential&, const User& by, const LastAuthentication&);
  std::vector<BoundUser> users_of(RowId credential);
  std::int64_t bindings_of(RowId credential);
  LastAuthentication last_of(const User&, const Binding&, const Credential&) const;

  void between_jobs();
  void forget();  // all that is remembered, and the failure
  [[nodiscard]] store::Queries& queries() { return queries_; }
  [[nodiscard]] bool failed() const { return queries_.failed(); }

 private:
  std::unique_ptr<User> read_user(RowId account, const std::string& prepared_name);
  std::unique_ptr<Credential> read_credential(RowId);
  void invalidate(RowId user);  // by what the database says its name is

  store::Queries queries_;
  Remembered<std::string, User> users_;
  Remembered<RowId, Credential> credentials_;
  std::unordered_map<std::string, RowId> accounts_;
};

std::string_view to_string(UserStatus);
std::string_view to_string(CredentialStatus);
// What a credential is looked up by: its name in upper case, or "sms:15551234567", "voice:...", "service:...",
// "email:..." (a telephone can be called and texted, and no name of a token holds a colon).
std::string credential_key(CredentialKind kind, std::string_view name);
std::string credential_key(const Credential&);
std::string credential_key(std::string_view as_entered);  // by a person, who may write it in any case
std::string_view to_string(CredentialKind);
std::optional<CredentialKind> credential_kind(std::string_view word);

}  // namespace sallyport::authservice
