// The part of Records about credentials and bindings.
#include "authservice/records.h"

namespace sallyport::authservice {

Credential* Records::credential(RowId row) {
  if (auto* known = credentials_.find(row)) return known;
  auto read = read_credential(row);
  return read ? credentials_.insert(row, std::move(read)) : nullptr;
}

Credential* Records::credential(RowId account, const std::string& key) {
  auto rows =
      queries_.ask("SELECT id FROM credential WHERE account = ? AND name = ?", account, std::string_view(key));
  return rows.next() ? credential(rows.integer(0)) : nullptr;
}

std::unique_ptr<Credential> Records::read_credential(RowId row) {
  auto rows = queries_.ask(
      "SELECT account, name, kind, algorithm, digits, period, secret, key_id, created, status, next, drift, "
      "failures,"
      " last_user, last_at, last_id, push FROM credential JOIN credential_state ON credential = id WHERE id = "
      "?",
      row);
  if (!rows.next()) return nullptr;
  auto credential = std::make_unique<Credential>();
  credential->row = row;
  credential->account = rows.integer(0);
  credential->kind = static_cast<CredentialKind>(rows.integer(2));
  const auto key = rows.text(1);
  credential->name = is_token(credential->kind) ? key : key.substr(key.find(':') + 1);
  credential->algorithm = static_cast<OathAlgorithm>(rows.integer(3));
  credential->digits = static_cast<int>(rows.integer(4));
  credential->period = static_cast<int>(rows.integer(5));
  const auto sealed = rows.blob(6);
  credential->sealed_secret.assign(sealed.begin(), sealed.end());
  credential->key_id = rows.integer(7);
  credential->created = rows.integer(8);
  credential->status = static_cast<CredentialStatus>(rows.integer(9));
  credential->moving = {rows.integer(10), rows.integer(11)};
  credential->failures = rows.integer(12);
  credential->last_user = rows.integer(13);
  credential->last = {rows.integer(14), rows.integer(15)};
  credential->push = rows.integer(16) != 0;
  return credential;
}

void Records::add_credential(Credential& credential) {
  const auto key = credential_key(credential);
  queries_.run(
      "INSERT INTO credential(account, name, kind, algorithm, digits, period, secret, key_id, created, push)"
      " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      credential.account, std::string_view(key), static_cast<std::int64_t>(credential.kind),
      static_cast<std::int64_t>(credential.algorithm), static_cast<std::int64_t>(credential.digits),
      static_cast<std::int64_t>(credential.period), base::ByteView(credential.sealed_secret), credential.key_id,
      credential.created, static_cast<std::int64_t>(credential.push));
  credential.row = queries_.database().last_row_id();
  queries_.run("INSERT INTO credential_state VALUES(?, ?, ?, ?, ?, ?, ?, ?)", credential.row,
               static_cast<std::int64_t>(credential.status), credential.moving.next, credential.moving.drift,
               credential.failures, credential.last_user, credential.last.at, credential.last.id);
}

void Records::save_state(const Credential& credential) {
  queries_.run(
      "UPDATE credential_state SET status = ?, next = ?, drift = ?, failures = ?, last_user = ?, last_at = ?,"
      " last_id = ? WHERE credential = ?",
      static_cast<std::int64_t>(credential.status), credential.moving.next, credential.moving.drift,
      credential.failures, credential.last_user, credential.last.at, credential.last.id, credential.row);
}

void Records::save_secret(const Credential& credential) {
  queries_.run("UPDATE credential SET secret = ?, key_id = ? WHERE id = ?",
               base::ByteView(credential.sealed_secret), credential.key_id, credential.row);
}

void Records::save_push(const Credential& credential) {
  queries_.run("UPDATE credential SET push = ? WHERE id = ?", static_cast<std::int64_t>(credential.push),
               credential.row);
}

void Records::remove_credential(const Credential& credential) {
  const auto row = credential.row;
  queries_.run("DELETE FROM credential WHERE id = ?", row);
  credentials_.erase(row);
  users_.clear();  // rare, and those it was bound to are not worth finding
}

void Records::bind(const User& user, const Binding& binding) {
  queries_.run("INSERT INTO binding VALUES(?, ?, ?, ?, ?, ?)", user.row, binding.credential,
               std::string_view(binding.friendly_name), binding.bound_at, binding.last.at, binding.last.id);
  invalidate(user.row);
}

void Records::unbind(const User& user, RowId credential) {
  queries_.run("DELETE FROM binding WHERE user = ? AND credential = ?", user.row, credential);
  invalidate(user.row);
}

void Records::rename_binding(const User& user, RowId credential, const std::string& friendly_name) {
  queries_.run("UPDATE binding SET friendly_name = ? WHERE user = ? AND credential = ?",
               std::string_view(friendly_name), user.row, credential);
  invalidate(user.row);
}

void Records::used(Credential& credential, const User& by, const LastAuthentication& now) {
  if (credential.last_user != 0 && credential.last_user != by.row) {
    queries_.run("UPDATE binding SET last_at = ?, last_id = ? WHERE user = ? AND credential = ?",
                 credential.last.at, credential.last.id, credential.last_user, credential.row);
    invalidate(credential.last_user);
  }
  credential.last_user = by.row;
  credential.last = now;
}

std::vector<BoundUser> Records::users_of(RowId credential) {
  std::vector<BoundUser> users;
  auto* used = this->credential(credential);
  for (auto rows = queries_.ask(
           "SELECT user.id, name, status, friendly_name, bound_at, last_at, last_id FROM binding"
           " JOIN user ON user.id = binding.user WHERE credential = ? ORDER BY bound_at LIMIT 1000",
           credential);
       rows.next();) {
    BoundUser bound{
        std::string(rows.text(1)),
        static_cast<UserStatus>(rows.integer(2)),
        {credential, std::string(rows.text(3)), rows.integer(4), {rows.integer(5), rows.integer(6)}}};
    if (used != nullptr && used->last_user == rows.integer(0)) bound.binding.last = used->last;
    users.push_back(std::move(bound));
  }
  return users;
}

std::int64_t Records::bindings_of(RowId credential) {
  auto rows = queries_.ask("SELECT count(*) FROM binding WHERE credential = ?", credential);
  return rows.next() ? rows.integer(0) : 0;
}

LastAuthentication Records::last_of(const User& user, const Binding& binding,
                                    const Credential& credential) const {
  return credential.last_user == user.row ? credential.last : binding.last;
}

}  // namespace sallyport::authservice
