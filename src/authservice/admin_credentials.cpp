// Credentials and imports of the admin API.
#include <fmt/format.h>

#include <algorithm>

#include "authservice/admin_work.h"
#include "authservice/otpauth.h"
#include "base/encoding.h"
#include "crypto/constant_time.h"
#include "crypto/random.h"

namespace sallyport::authservice {

namespace json = boost::json;

json::object credential_json(const Credential& credential) {
  json::object object;
  object["credential"] = credential_key(credential);
  object["kind"] = std::string(to_string(credential.kind));
  if (is_token(credential.kind)) object["algorithm"] = std::string(to_string(credential.algorithm));
  object["digits"] = credential.digits;
  if (credential.kind == CredentialKind::totp) object["period"] = credential.period;
  if (is_token(credential.kind)) object["push"] = credential.push;
  object["status"] = std::string(to_string(credential.status));
  object["failures"] = credential.failures;
  object["created"] = time_json(credential.created);
  if (credential.last.at != 0) object["last_authentication"] = time_json(credential.last.at);
  return object;
}

namespace {

constexpr std::size_t drawn_secret_octets[] = {20, 32,
                                               64};  // the hash's own length: RFC 4226 R6, RFC 6238 section 5.1

std::string draw_name(Session& session, RowId account, CredentialKind kind) {
  while (true) {
    auto name = fmt::format("{}{:08}", kind == CredentialKind::totp ? "SPTO" : "SPHO",
                            crypto::random_below(100'000'000));
    if (session.records.credential(account, name) == nullptr) return name;
  }
}

User* find_or_make_user(Session& session, const AccountPolicy& account, const UserName& name, bool create) {
  const auto row = session.records.account(account.name);
  if (auto* user = session.records.user(row, name.prepared); user != nullptr || !create) return user;
  create_user(session, {std::make_shared<const AccountPolicy>(account), name, {}, false});
  return session.records.user(row, name.prepared);
}

bool same_secret(Session& session, const AccountPolicy& account, const Credential& credential,
                 const NewCredential& asked) {
  if (credential.kind != asked.kind || credential.algorithm != asked.algorithm ||
      credential.digits != asked.digits)
    return false;
  if (!is_token(asked.kind)) return true;
  const auto secret =
      session.box.open(credential.sealed_secret, credential.key_id, account.name, credential.name);
  return secret && crypto::constant_time_equal(secret->reveal_octets(), asked.secret.reveal_octets());
}

bool is_bound(const User& user, RowId credential) {
  return std::ranges::find(user.bindings, credential, &Binding::credential) != user.bindings.end();
}

// What an earlier run of the same line made; nullptr: nothing.
Credential* made_before(Session& session, const AccountPolicy& account, const User& user,
                        const NewCredential& asked) {
  if (!asked.name.empty())
    return session.records.credential(user.account, credential_key(asked.kind, asked.name));
  for (const auto& binding : user.bindings) {
    auto* credential = session.records.credential(binding.credential);
    if (credential != nullptr && same_secret(session, account, *credential, asked)) return credential;
  }
  return nullptr;
}

struct Imported {
  std::string_view result;  // "created", "unchanged", "refused"
  std::string reason, credential;
};

Imported import_one(Session& session, const AccountPolicy& account, const NewCredential& asked) {
  const auto row = session.records.account(account.name);
  const bool known = session.records.user(row, asked.user->prepared) != nullptr;
  auto* user = find_or_make_user(session, account, *asked.user, true);
  if (user == nullptr) return {"refused", "the database does not answer", {}};
  const auto refused = [&](std::string why) {  // and leaves nothing behind
    if (!known) session.records.remove_user(User(*user));
    return Imported{"refused", std::move(why), {}};
  };
  if (asked.secret.empty() && is_token(asked.kind)) return {known ? "unchanged" : "created", {}, {}};
  if (auto* before = made_before(session, account, *user, asked)) {
    if (!same_secret(session, account, *before, asked))
      return refused("the credential is there with another secret");
    if (is_bound(*user, before->row)) return {"unchanged", {}, credential_key(*before)};
    bind_credential(session, User(*user), *before, asked.friendly_name);
    return {"created", {}, credential_key(*before)};
  }
  base::Secret secret;
  auto made = make_credential(session, account, asked, secret);
  if (!made) return refused(made.error().what);
  bind_credential(session, User(*user), *session.records.credential(made->row), asked.friendly_name);
  return {"created", {}, credential_key(*made)};
}

}  // namespace

base::Result<Credential> make_credential(Session& session, const AccountPolicy& account,
                                         const NewCredential& asked, base::Secret& secret) {
  Credential credential;
  credential.account = session.records.account(account.name);
  credential.kind = asked.kind;
  credential.algorithm = asked.algorithm;
  credential.digits = asked.digits;
  credential.period = asked.period;
  credential.moving.next = asked.kind == CredentialKind::hotp ? asked.counter : 0;
  credential.created = session.microseconds();
  credential.push = asked.push;
  credential.name = asked.name.empty() ? draw_name(session, credential.account, asked.kind) : asked.name;
  if (is_token(asked.kind)) credential.name = credential_key(credential);
  if (session.records.credential(credential.account, credential_key(credential)) != nullptr) {
    return base::failure("there is a credential of this name");
  }
  if (!is_token(asked.kind)) {
    session.records.add_credential(credential);
    return credential;
  }
  secret = asked.secret;
  if (secret.empty()) {
    auto drawn = crypto::random_bytes(drawn_secret_octets[static_cast<std::size_t>(asked.algorithm) - 1]);
    secret = base::Secret(base::as_text(drawn));
    base::wipe(drawn);
  }
  credential.sealed_secret = session.box.seal(secret.reveal_octets(), account.name, credential.name);
  credential.key_id = session.box.key_id();
  session.records.add_credential(credential);
  if (session.records.failed()) return base::failure("the database does not answer");
  return credential;
}

AdminAnswer new_credential(Session& session, const AccountPolicy& account, const AdminFacts& facts,
                           const NewCredential& asked) {
  User* user = asked.user ? find_or_make_user(session, account, *asked.user, asked.create_user) : nullptr;
  if (asked.user && user == nullptr) return admin_error(404, "there is no user of this name");
  base::Secret secret;
  auto made = make_credential(session, account, asked, secret);
  if (!made) return admin_error(409, made.error().what);
  auto* credential = session.records.credential(made->row);
  if (credential == nullptr) return admin_error(503, "the database does not answer");
  const auto user_name = user == nullptr ? std::string() : user->name;
  if (user != nullptr) bind_credential(session, User(*user), *credential, asked.friendly_name);
  auto object = credential_json(*credential);
  if (is_token(credential->kind)) {  // the one time that the secret leaves
    object["secret"] = base::to_base32(secret.reveal_octets());
    object["otpauth_uri"] = otpauth_uri(*credential, secret.reveal_octets(), facts.issuer, user_name);
  }
  if (!user_name.empty()) object["user"] = user_name;
  return {201,
          std::move(object),
          fmt::format("credential {} of user {}", credential_key(*credential), user_name),
          {}};
}

namespace {

AdminAnswer bind_or_unbind(Session& session, const AccountPolicy& account, Credential& credential,
                           const CredentialOrder& order) {
  auto* user = session.records.user(session.records.account(account.name), order.prepared_user);
  if (user == nullptr) return admin_error(404, "there is no user of this name");
  const auto change = fmt::format("credential {} of user {}", credential_key(credential), user->name);
  const bool bound = is_bound(*user, credential.row);
  if (order.action == CredentialAction::bind && bound)
    return admin_error(409, "the credential is bound to this user");
  if (order.action == CredentialAction::unbind && !bound)
    return admin_error(404, "the credential is not bound to this user");
  if (order.action == CredentialAction::bind) {
    bind_credential(session, User(*user), credential, order.friendly_name);
  } else {
    unbind_credential(session, User(*user), credential.row);
  }
  return {200, credential_json(credential), change, {}};
}

AdminAnswer resync(Session& session, const AccountPolicy& account, Credential& credential,
                   const GivenCodes& codes) {
  const auto verified = verify_against(session, account, credential, codes.views());
  if (!verified) return admin_error(503, "the secret cannot be read with the keys of the settings");
  if (*verified != CodeOutcome::accepted)
    return admin_error(409, "these are not two consecutive codes of the credential");
  credential.failures = after_success().failures;
  session.records.save_state(credential);
  return {200, credential_json(credential), "credential " + credential.name, {}};
}

}  // namespace

AdminAnswer act_on_credential(Session& session, const AccountPolicy& account, const CredentialOrder& order) {
  auto* credential =
      session.records.credential(session.records.account(account.name), credential_key(order.credential));
  if (credential == nullptr) return admin_error(404, "there is no credential of this name");
  const auto change = "credential " + credential_key(*credential);
  switch (order.action) {
    case CredentialAction::show:
      return {200, credential_json(*credential), {}, {}};
    case CredentialAction::bind:
    case CredentialAction::unbind:
      return bind_or_unbind(session, account, *credential, order);
    case CredentialAction::resync:
      if (!is_token(credential->kind)) return admin_error(409, "the credential has no clock and no counter");
      return resync(session, account, *credential, *order.codes);
    case CredentialAction::enable_push:
    case CredentialAction::disable_push:
      if (!is_token(credential->kind)) return admin_error(409, "the credential is no device that takes pushes");
      credential->push = order.action == CredentialAction::enable_push;
      session.records.save_push(*credential);
      break;
    case CredentialAction::remove: {
      AdminAnswer answer{200, {{"removed", credential_key(*credential)}}, change, {}};
      session.records.remove_credential(*credential);
      return answer;
    }
    case CredentialAction::lock:
      credential->status = CredentialStatus::locked;
      session.records.save_state(*credential);
      break;
    case CredentialAction::unlock:
      unlock(session, *credential);
      break;
  }
  return {200, credential_json(*credential), change, {}};
}

AdminAnswer import_lines(Session& session, const AccountPolicy& account, const std::vector<ImportLine>& lines) {
  json::array results;
  std::int64_t created = 0, unchanged = 0, refused = 0;
  for (const auto& line : lines) {
    session.records.between_jobs();
    const auto done = line.mistake.empty() ? import_one(session, account, line.credential)
                                           : Imported{"refused", line.mistake, {}};
    json::object result{{"result", done.result}};
    if (!done.reason.empty()) result["reason"] = done.reason;
    if (!done.credential.empty()) result["credential"] = done.credential;
    results.push_back(std::move(result));
    ++(done.result == "created" ? created : done.result == "unchanged" ? unchanged : refused);
  }
  AdminAnswer answer;
  answer.body = {{"created", created}, {"unchanged", unchanged}, {"refused", refused}};
  answer.body["results"] = std::move(results);
  answer.change = fmt::format("{} created, {} unchanged, {} refused", created, unchanged, refused);
  return answer;
}

}  // namespace sallyport::authservice
