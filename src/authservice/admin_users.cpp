// Users, lists and status of the admin API.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "authservice/admin_work.h"
#include "authservice/temporary_passwords.h"

namespace sallyport::authservice {

namespace json = boost::json;

AdminAnswer admin_error(int status, std::string what) {
  AdminAnswer answer;
  answer.status = status;
  answer.body["error"] = what;
  return answer;
}

std::string time_json(std::int64_t microseconds) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(base::WallTime(std::chrono::microseconds(microseconds)));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds.time_since_epoch().count()));
}

namespace {

std::string_view json_text(const json::string& text) { return {text.data(), text.size()}; }

json::object user_json(Session& session, const User& user) {
  json::object object;
  object["user"] = user.name;
  object["status"] = std::string(to_string(user.status));
  object["created"] = time_json(user.created);
  object["failures"] = user.failures;
  object["pin_set"] = !user.pin_hash.empty();
  object["temporary_password_set"] = temporary_password_of(session, user).has_value();
  json::array credentials;
  for (const auto& binding : user.bindings) {
    const auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr) continue;
    auto bound = credential_json(*credential);
    bound["bound"] = time_json(binding.bound_at);
    if (!binding.friendly_name.empty()) bound["friendly_name"] = binding.friendly_name;
    const auto last = session.records.last_of(user, binding, *credential);
    if (last.at != 0) bound["last_authentication"] = time_json(last.at);
    credentials.push_back(std::move(bound));
  }
  object["credentials"] = std::move(credentials);
  return object;
}

std::int64_t count(Session& session, bool users, RowId account) {
  auto rows = users
                  ? session.records.queries().ask("SELECT count(*) FROM user WHERE account = ?", account)
                  : session.records.queries().ask("SELECT count(*) FROM credential WHERE account = ?", account);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

// instr, not LIKE: no character of the search means anything but itself.
AdminAnswer list_users(Session& session, const AccountPolicy& account, const Page& page) {
  const auto row = session.records.account(account.name);
  std::vector<std::string> names;
  for (auto rows = session.records.queries().ask(
           "SELECT prepared FROM user WHERE account = ? AND prepared > ? AND (? = '' OR instr(prepared, ?) > 0)"
           " ORDER BY prepared LIMIT ?",
           row, std::string_view(page.after), std::string_view(page.search), std::string_view(page.search),
           page.limit);
       rows.next();) {
    names.emplace_back(rows.text(0));
  }
  json::array users;
  for (const auto& name : names) {
    if (const auto* user = session.records.user(row, name)) users.push_back(user_json(session, *user));
  }
  AdminAnswer answer;
  if (static_cast<std::int64_t>(names.size()) == page.limit) answer.body["next"] = names.back();
  answer.body["users"] = std::move(users);
  return answer;
}

AdminAnswer list_credentials(Session& session, const AccountPolicy& account, const Page& page) {
  const auto row = session.records.account(account.name);
  const auto search = credential_key(CredentialKind::totp, page.search);
  std::vector<RowId> found;
  for (auto rows = session.records.queries().ask(
           "SELECT id FROM credential WHERE account = ? AND name > ? AND (? = '' OR instr(upper(name), ?) > 0)"
           " ORDER BY name LIMIT ?",
           row, std::string_view(page.after), std::string_view(search), std::string_view(search), page.limit);
       rows.next();) {
    found.push_back(rows.integer(0));
  }
  json::array credentials;
  for (const auto id : found) {
    const auto* credential = session.records.credential(id);
    if (credential == nullptr) continue;
    auto object = credential_json(*credential);
    json::array users;
    for (const auto& bound : session.records.users_of(id)) users.push_back(json::string(bound.name));
    object["users"] = std::move(users);
    credentials.push_back(std::move(object));
  }
  AdminAnswer answer;
  const bool full = static_cast<std::int64_t>(found.size()) == page.limit && !credentials.empty();
  if (full) answer.body["next"] = json_text(credentials.back().as_object().at("credential").as_string());
  answer.body["credentials"] = std::move(credentials);
  return answer;
}

AdminAnswer status_of(Session& session, const AccountPolicy& account, const AdminFacts& facts) {
  const auto row = session.records.account(account.name);
  AdminAnswer answer;
  answer.body["version"] = SALLYPORT_VERSION;
  answer.body["account"] = account.name;
  answer.body["users"] = count(session, true, row);
  answer.body["credentials"] = count(session, false, row);
  answer.body["database_octets"] = session.records.queries().database().size().value_or(0);
  json::array keys;
  for (const auto id : facts.key_ids) keys.push_back(json::string(fmt::format("{:08x}", id)));
  answer.body["key_ids"] = std::move(keys);
  answer.body["secrets_under_old_keys"] = facts.secrets_left == nullptr ? 0 : facts.secrets_left->load();
  return answer;
}

AdminAnswer add_user(Session& session, const AccountPointer& account, const UserName& name) {
  const auto made = create_user(session, {account, name, {}, false});
  if (made.status == vip::status::user_already_exists) return admin_error(409, "there is a user of this name");
  const auto* user = session.records.user(session.records.account(account->name), name.prepared);
  if (user == nullptr) return admin_error(503, "the database does not answer");
  return {201, user_json(session, *user), "user " + name.entered, {}};
}

AdminAnswer act_on_user(Session& session, const AccountPolicy& account, const std::string& prepared_user,
                        UserAction action) {
  const auto row = session.records.account(account.name);
  auto* found = session.records.user(row, prepared_user);
  if (found == nullptr) return admin_error(404, "there is no user of this name");
  if (action == UserAction::show) return {200, user_json(session, *found), {}, {}};
  User user = *found;
  if (action == UserAction::remove) {
    delete_user(session, account, prepared_user);
    return {200, {{"removed", user.name}}, "user " + user.name, {}};
  }
  user.status = action == UserAction::lock ? UserStatus::locked : UserStatus::active;
  if (action == UserAction::unlock) user.failures = after_success().failures;
  session.records.save_user(user);
  if (action == UserAction::unlock) {
    // Whoever unlocks a user wants him to be able to sign in.
    for (const auto& binding : user.bindings) {
      auto* credential = session.records.credential(binding.credential);
      if (credential != nullptr &&
          (credential->status == CredentialStatus::locked || credential->failures != 0)) {
        unlock(session, *credential);
      }
    }
  }
  found = session.records.user(row, prepared_user);
  if (found == nullptr) return admin_error(503, "the database does not answer");
  return {200, user_json(session, *found), "user " + user.name, {}};
}

}  // namespace sallyport::authservice
