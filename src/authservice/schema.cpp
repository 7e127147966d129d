#include "authservice/schema.h"

#include <array>
#include <string_view>

namespace sallyport::authservice {
namespace {

// What moves with every login (credential_state) is apart from what does not, so that a login writes one short
// row. Times are microseconds since 1970. Foreign keys cascade: a deleted user or credential leaves no binding
// behind.
constexpr std::string_view first_version = R"sql(
CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE user(
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, name TEXT NOT NULL, prepared TEXT NOT NULL,
  status INTEGER NOT NULL, created INTEGER NOT NULL, failures INTEGER NOT NULL, pin_hash TEXT NOT NULL,
  pin_expired INTEGER NOT NULL, UNIQUE(account, prepared)) STRICT;
CREATE TABLE credential(
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, name TEXT NOT NULL, kind INTEGER NOT NULL,
  algorithm INTEGER NOT NULL, digits INTEGER NOT NULL, period INTEGER NOT NULL, secret BLOB NOT NULL,
  key_id INTEGER NOT NULL, created INTEGER NOT NULL, UNIQUE(account, name)) STRICT;
CREATE INDEX credential_by_key ON credential(key_id);
CREATE TABLE credential_state(
  credential INTEGER PRIMARY KEY REFERENCES credential ON DELETE CASCADE, status INTEGER NOT NULL,
  next INTEGER NOT NULL, drift INTEGER NOT NULL, failures INTEGER NOT NULL, last_user INTEGER NOT NULL,
  last_at INTEGER NOT NULL, last_id INTEGER NOT NULL) STRICT;
CREATE TABLE binding(
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  credential INTEGER NOT NULL REFERENCES credential ON DELETE CASCADE, friendly_name TEXT NOT NULL,
  bound_at INTEGER NOT NULL, last_at INTEGER NOT NULL, last_id INTEGER NOT NULL,
  PRIMARY KEY(user, credential)) STRICT, WITHOUT ROWID;
CREATE INDEX binding_by_credential ON binding(credential);
CREATE TABLE answered(
  id INTEGER PRIMARY KEY, request BLOB NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL, answer BLOB NOT NULL) STRICT;
)sql";

constexpr std::array migrations{first_version};

}  // namespace

store::Migrations schema() { return migrations; }

}  // namespace sallyport::authservice
