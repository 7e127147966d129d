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

// Pushes, codes that were sent and temporary passwords. An approval is a row before anybody hears of it.
// Answers of before have another form.
constexpr std::string_view second_version = R"sql(
ALTER TABLE user ADD COLUMN pin_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN push INTEGER NOT NULL DEFAULT 0;
CREATE TABLE push(
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, user INTEGER REFERENCES user ON DELETE CASCADE,
  credential INTEGER NOT NULL REFERENCES credential ON DELETE CASCADE, state INTEGER NOT NULL, created INTEGER NOT NULL,
  expires INTEGER NOT NULL, decided INTEGER NOT NULL, number TEXT NOT NULL, pin_checked INTEGER NOT NULL,
  text TEXT NOT NULL) STRICT;
CREATE INDEX push_by_user ON push(user, created);
CREATE INDEX push_by_credential ON push(credential, created);
CREATE INDEX push_pending ON push(expires) WHERE state = 1;
CREATE INDEX push_by_expiry ON push(expires);
CREATE TABLE sent_code(
  credential INTEGER PRIMARY KEY REFERENCES credential ON DELETE CASCADE, code BLOB NOT NULL, key_id INTEGER NOT NULL,
  expires INTEGER NOT NULL, spent INTEGER NOT NULL, sends INTEGER NOT NULL, sends_since INTEGER NOT NULL) STRICT;
CREATE TABLE temporary_password(
  user INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE, password BLOB NOT NULL, key_id INTEGER NOT NULL,
  expires INTEGER NOT NULL, one_time INTEGER NOT NULL, failures INTEGER NOT NULL) STRICT;
DELETE FROM answered;
)sql";

constexpr std::array migrations{first_version, second_version};

}  // namespace

store::Migrations schema() { return migrations; }

}  // namespace sallyport::authservice
