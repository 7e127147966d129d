#include "authservice/temporary_passwords.h"

#include <fmt/format.h>

#include "authservice/management.h"
#include "crypto/constant_time.h"
#include "crypto/random.h"

namespace sallyport::authservice {
namespace {

// The row's number, not the user's name: names change.
std::string place_of(RowId user) { return fmt::format("temporary password of user {}", user); }

void write(Session& session, User& user, const TemporaryPassword& temporary) {
  const auto sealed = session.box.seal(temporary.password.reveal_octets(), {}, place_of(user.row));
  session.records.queries().run("INSERT OR REPLACE INTO temporary_password VALUES(?, ?, ?, ?, ?, ?)", user.row,
                                base::ByteView(sealed), session.box.key_id(), temporary.expires,
                                static_cast<std::int64_t>(temporary.one_time), temporary.failures);
  user.has_temporary_password = true;
}

base::Secret drawn() {
  auto text = write_code(static_cast<std::uint32_t>(crypto::random_below(1'000'000)), 6);
  base::Secret secret(text);
  base::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return secret;
}

Outcome bad_expiry() {
  return outcome(vip::status::schema_validation_failed, vip::detail::expiration_date, Why::none);
}
Outcome not_set() { return outcome(vip::status::temporary_password_not_set); }
Outcome no_user() { return outcome(vip::status::user_does_not_exist, Why::no_such_user); }

}  // namespace

std::optional<TemporaryPassword> temporary_password_of(Session& session, const User& user) {
  if (!user.has_temporary_password) return std::nullopt;
  auto rows = session.records.queries().ask(
      "SELECT password, key_id, expires, one_time, failures FROM temporary_password WHERE user = ?", user.row);
  if (!rows.next() || rows.integer(2) <= session.microseconds()) return std::nullopt;
  auto password = session.box.open(rows.blob(0), rows.integer(1), {}, place_of(user.row));
  if (!password) return std::nullopt;
  return TemporaryPassword{std::move(*password), rows.integer(2), rows.integer(3) != 0, rows.integer(4)};
}

bool matches(const TemporaryPassword& temporary, const Codes& given) {
  return !given.second &&
         crypto::constant_time_equal(base::as_bytes(given.first), temporary.password.reveal_octets());
}

void clear_temporary_password(Session& session, User& user) {
  if (!user.has_temporary_password) return;
  session.records.queries().run("DELETE FROM temporary_password WHERE user = ?", user.row);
  user.has_temporary_password = false;
}

bool count_against_temporary_password(Session& session, User& user, const TemporaryPassword& temporary,
                                      const LockoutRule& rule) {
  const auto count = after_failure(temporary.failures, rule);
  session.records.queries().run("UPDATE temporary_password SET failures = ? WHERE user = ?", count.failures,
                                user.row);
  if (count.locked) clear_temporary_password(session, user);
  return count.locked;
}

std::optional<std::int64_t> expiry_of(std::optional<base::WallTime> asked, std::chrono::seconds by_default,
                                      base::WallTime now) {
  const auto expires = asked.value_or(now + by_default);
  if (expires <= now || expires > now + longest_temporary_password) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(expires.time_since_epoch()).count();
}

Outcome set_temporary_password(Session& session, const TemporaryPasswordSetting& asked) {
  auto* user = find_user(session, *asked.account, asked.prepared_user);
  if (user == nullptr) return no_user();
  if (user->status != UserStatus::active)
    return outcome(vip::status::not_allowed_in_user_status, Why::user_not_active);
  const auto expires =
      expiry_of(asked.attributes.expiration_time, asked.account->temporary_password_life, session.now.wall);
  if (!expires) return bad_expiry();
  const TemporaryPassword set{asked.password ? *asked.password : drawn(), *expires,
                              asked.attributes.one_time_use_only.value_or(false), 0};
  write(session, *user, set);
  auto done = outcome(vip::status::success);
  if (!asked.password) done.handed_out = set.password;
  if (asked.to) {
    auto& delivery = done.deliveries.emplace_back(*asked.to);
    delivery.account = asked.account->name;
    delivery.user = user->name;
    delivery.code = set.password;
    // A code that arrives late is worth nothing to hurry for, but it is good until then.
    delivery.life = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::microseconds(*expires - session.microseconds()));
  }
  return done;
}

Outcome clear_temporary_password(Session& session, const AccountPolicy& account,
                                 const std::string& prepared_user) {
  auto* user = find_user(session, account, prepared_user);
  if (user == nullptr) return no_user();
  if (!temporary_password_of(session, *user)) return not_set();
  clear_temporary_password(session, *user);
  return outcome(vip::status::success);
}

Outcome set_temporary_password_attributes(Session& session, const AccountPolicy& account,
                                          const std::string& prepared_user,
                                          const vip::TemporaryPasswordAttributes& attributes) {
  auto* user = find_user(session, account, prepared_user);
  if (user == nullptr) return no_user();
  auto temporary = temporary_password_of(session, *user);
  if (!temporary) return not_set();
  if (attributes.expiration_time) {
    const auto expires = expiry_of(attributes.expiration_time, {}, session.now.wall);
    if (!expires) return bad_expiry();
    temporary->expires = *expires;
  }
  temporary->one_time = attributes.one_time_use_only.value_or(temporary->one_time);
  write(session, *user, *temporary);
  return outcome(vip::status::success);
}

std::expected<vip::TemporaryPasswordAttributes, vip::Status> temporary_password_attributes(
    Session& session, const AccountPolicy& account, const std::string& prepared_user) {
  auto* user = find_user(session, account, prepared_user);
  if (user == nullptr) return std::unexpected(vip::status::user_does_not_exist);
  const auto temporary = temporary_password_of(session, *user);
  if (!temporary) return std::unexpected(vip::status::temporary_password_not_set);
  return vip::TemporaryPasswordAttributes{base::WallTime(std::chrono::microseconds(temporary->expires)),
                                          temporary->one_time};
}

void forget_old_temporary_passwords(store::Queries& queries, std::int64_t now) {
  queries.run("DELETE FROM temporary_password WHERE expires <= ?", now);
}

void reseal_temporary_passwords(store::Queries& queries, const SecretBox& box) {
  std::vector<std::pair<RowId, base::Secret>> found;
  for (auto rows =
           queries.ask("SELECT user, password, key_id FROM temporary_password WHERE key_id <> ?", box.key_id());
       rows.next();) {
    auto password = box.open(rows.blob(1), rows.integer(2), {}, place_of(rows.integer(0)));
    if (password) found.emplace_back(rows.integer(0), std::move(*password));
  }
  for (const auto& [user, password] : found) {
    const auto sealed = box.seal(password.reveal_octets(), {}, place_of(user));
    queries.run("UPDATE temporary_password SET password = ?, key_id = ? WHERE user = ?", base::ByteView(sealed),
                box.key_id(), user);
  }
}

}  // namespace sallyport::authservice
