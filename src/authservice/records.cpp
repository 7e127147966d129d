#include "authservice/records.h"

#include <fmt/format.h>

#include <array>

namespace sallyport::authservice {
namespace {

std::string key_of(RowId account, const std::string& prepared_name) {
  std::string key(reinterpret_cast<const char*>(&account), sizeof account);
  return key += prepared_name;
}

}  // namespace

std::string_view to_string(UserStatus status) {
  switch (status) {
    case UserStatus::active:
      return "ACTIVE";
    case UserStatus::disabled:
      return "DISABLED";
    case UserStatus::locked:
      return "LOCKED";
  }
  return "?";
}

std::string_view to_string(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::inactive:
      return "INACTIVE";
    case CredentialStatus::enabled:
      return "ENABLED";
    case CredentialStatus::disabled:
      return "DISABLED";
    case CredentialStatus::locked:
      return "LOCKED";
  }
  return "?";
}

std::string_view to_string(CredentialKind kind) {
  constexpr std::array<std::string_view, 7> words{"?", "totp", "hotp", "sms", "voice", "service", "email"};
  return words[static_cast<std::size_t>(kind)];
}

std::optional<CredentialKind> credential_kind(std::string_view word) {
  for (auto kind : {CredentialKind::totp, CredentialKind::hotp, CredentialKind::sms, CredentialKind::voice,
                    CredentialKind::service, CredentialKind::email})
    if (word == to_string(kind)) return kind;
  return std::nullopt;
}

std::string credential_key(CredentialKind kind, std::string_view name) {
  std::string key(name);
  const bool lower = kind == CredentialKind::email;
  const bool as_it_is = kind == CredentialKind::sms || kind == CredentialKind::voice;
  for (auto& c : key) {
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!lower && !as_it_is && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return is_token(kind) ? key : fmt::format("{}:{}", to_string(kind), key);
}

std::string credential_key(const Credential& credential) {
  return credential_key(credential.kind, credential.name);
}

std::string credential_key(std::string_view as_entered) {
  const auto colon = as_entered.find(':');
  const auto kind =
      colon == std::string_view::npos ? std::nullopt : credential_kind(as_entered.substr(0, colon));
  if (!kind || is_token(*kind)) return credential_key(CredentialKind::totp, as_entered);
  return credential_key(*kind, as_entered.substr(colon + 1));
}

RowId Records::account(const std::string& name) {
  if (auto known = accounts_.find(name); known != accounts_.end()) return known->second;
  queries_.run("INSERT INTO account(name) VALUES(?) ON CONFLICT DO NOTHING", std::string_view(name));
  auto rows = queries_.ask("SELECT id FROM account WHERE name = ?", std::string_view(name));
  if (!rows.next()) return 0;
  return accounts_[name] = rows.integer(0);
}

User* Records::user(RowId account, const std::string& prepared_name) {
  const auto key = key_of(account, prepared_name);
  if (auto* known = users_.find(key)) return known;
  auto read = read_user(account, prepared_name);
  return read ? users_.insert(key, std::move(read)) : nullptr;
}

std::unique_ptr<User> Records::read_user(RowId account, const std::string& prepared_name) {
  auto rows = queries_.ask(
      "SELECT id, name, status, created, failures, pin_hash, pin_expired, pin_set_at,"
      " EXISTS(SELECT 1 FROM temporary_password WHERE temporary_password.user = user.id)"
      " FROM user WHERE account = ? AND prepared = ?",
      account, std::string_view(prepared_name));
  if (!rows.next()) return nullptr;
  auto user = std::make_unique<User>();
  user->row = rows.integer(0);
  user->account = account;
  user->name = rows.text(1);
  user->prepared = prepared_name;
  user->status = static_cast<UserStatus>(rows.integer(2));
  user->created = rows.integer(3);
  user->failures = rows.integer(4);
  user->pin_hash = rows.text(5);
  user->pin_expired = rows.integer(6) != 0;
  user->pin_set_at = rows.integer(7);
  user->has_temporary_password = rows.integer(8) != 0;
  for (auto bound = queries_.ask("SELECT credential, friendly_name, bound_at, last_at, last_id FROM binding"
                                 " WHERE user = ? ORDER BY bound_at, credential",
                                 user->row);
       bound.next();) {
    user->bindings.push_back(
        {bound.integer(0), std::string(bound.text(1)), bound.integer(2), {bound.integer(3), bound.integer(4)}});
  }
  if (failed()) return nullptr;
  return user;
}

void Records::add_user(User& user) {
  queries_.run(
      "INSERT INTO user(account, name, prepared, status, created, failures, pin_hash, pin_expired, pin_set_at)"
      " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      user.account, std::string_view(user.name), std::string_view(user.prepared),
      static_cast<std::int64_t>(user.status), user.created, user.failures, std::string_view(user.pin_hash),
      static_cast<std::int64_t>(user.pin_expired), user.pin_set_at);
  user.row = queries_.database().last_row_id();
}

void Records::save_user(const User& user) {
  // `user` is one of those that are about to be forgotten.
  const User saved = user;  // NOLINT(performance-unnecessary-copy-initialization)
  invalidate(saved.row);
  queries_.run(
      "UPDATE user SET name = ?, prepared = ?, status = ?, failures = ?, pin_hash = ?, pin_expired = ?,"
      " pin_set_at = ? WHERE id = ?",
      std::string_view(saved.name), std::string_view(saved.prepared), static_cast<std::int64_t>(saved.status),
      saved.failures, std::string_view(saved.pin_hash), static_cast<std::int64_t>(saved.pin_expired),
      saved.pin_set_at, saved.row);
}

void Records::invalidate(RowId user) {
  auto rows = queries_.ask("SELECT account, prepared FROM user WHERE id = ?", user);
  if (rows.next()) users_.erase(key_of(rows.integer(0), std::string(rows.text(1))));
}

void Records::save_failures(const User& user) {
  queries_.run("UPDATE user SET status = ?, failures = ? WHERE id = ?", static_cast<std::int64_t>(user.status),
               user.failures, user.row);
}

void Records::remove_user(const User& user) {
  const auto key = key_of(user.account, user.prepared);
  queries_.run("DELETE FROM user WHERE id = ?", user.row);
  users_.erase(key);
}

void Records::between_jobs() {
  users_.age();
  credentials_.age();
}

void Records::forget() {
  users_.clear();
  credentials_.clear();
  accounts_.clear();
  queries_.start_over();
}

}  // namespace sallyport::authservice
