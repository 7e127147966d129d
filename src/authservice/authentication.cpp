#include "authservice/authentication.h"

#include <algorithm>
#include <array>

#include "authservice/sent_codes.h"
#include "authservice/temporary_passwords.h"
#include "crypto/random.h"

namespace sallyport::authservice {
namespace {

constexpr std::size_t most_credentials_tried = 16;

bool only_digits(const Codes& codes) {
  auto digits = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  return digits(codes.first) && (!codes.second || digits(*codes.second));
}

int weight(CodeOutcome outcome) {  // which of several refusals is told
  switch (outcome) {
    case CodeOutcome::refused:
      return 0;
    case CodeOutcome::needs_second_code:
      return 1;
    case CodeOutcome::expired:
      return 2;
    case CodeOutcome::replay:
      return 3;
    case CodeOutcome::accepted:
      return 4;
  }
  return 0;
}

std::vector<Credential*> usable_credentials(Session& session, const User& user, int minor) {
  std::vector<Credential*> usable;
  for (const auto& binding : user.bindings) {
    auto* credential = session.records.credential(binding.credential);
    if (credential == nullptr || credential->status != CredentialStatus::enabled) continue;
    if (credential->kind == CredentialKind::email && minor < 10) continue;
    usable.push_back(credential);
    if (usable.size() == most_credentials_tried) break;
  }
  return usable;
}

void forgive(Session& session, User& user, const std::vector<Credential*>& credentials,
             const Credential* saved) {
  for (auto* credential : credentials) {
    if (credential == saved || credential->failures == 0) continue;
    credential->failures = after_success().failures;
    session.records.save_state(*credential);
  }
  if (user.failures == 0) return;
  user.failures = after_success().failures;
  session.records.save_failures(user);
}

Outcome accept(Session& session, User& user, Credential& credential, const std::vector<Credential*>& usable) {
  Outcome accepted = outcome(vip::status::success);
  accepted.authn_id = random_id();
  accepted.credential_id = credential.name;
  accepted.credential_type = type_of(credential.kind);
  credential.failures = after_success().failures;
  session.records.used(credential, user,
                       {session.microseconds(), static_cast<std::int64_t>(accepted.authn_id)});
  session.records.save_state(credential);
  forgive(session, user, usable, &credential);
  clear_temporary_password(session, user);
  return accepted;
}

Outcome accept_temporary(Session& session, User& user, const TemporaryPassword& temporary,
                         const std::vector<Credential*>& usable) {
  Outcome accepted = outcome(vip::status::success);
  accepted.authn_id = random_id();
  if (temporary.one_time) clear_temporary_password(session, user);
  forgive(session, user, usable, nullptr);
  return accepted;
}

bool count_against_user(Session& session, User& user, const LockoutRule& rule) {
  const auto count = after_failure(user.failures, rule);
  user.failures = count.failures;
  if (count.locked) user.status = UserStatus::locked;
  session.records.save_failures(user);
  return count.locked;
}

bool count_failure(Session& session, const AccountPolicy& account, User& user,
                   const std::vector<Credential*>& usable) {
  if (account.scope == settings::LockoutScope::user) return count_against_user(session, user, account.lockout);
  bool locked = false;
  for (auto* credential : usable) {
    const auto count = after_failure(credential->failures, account.lockout);
    credential->failures = count.failures;
    if (count.locked) credential->status = CredentialStatus::locked;
    locked = locked || count.locked;
    session.records.save_state(*credential);
  }
  return locked;
}

Outcome try_codes(Session& session, const UserAuthentication& asked, User& user, const Codes& codes) {
  const auto& account = *asked.account;
  const auto usable = usable_credentials(session, user, asked.minor);
  const auto temporary = temporary_password_of(session, user);
  if (usable.empty() && !temporary)
    return outcome(vip::status::no_enabled_credential, Why::no_usable_credential);
  CodeOutcome worst = CodeOutcome::refused;
  std::size_t closed = 0;
  for (auto* credential : usable) {
    const auto verified = verify_against(session, account, *credential, codes);
    if (verified == CodeOutcome::accepted) return accept(session, user, *credential, usable);
    if (!verified) ++closed;
    if (verified && weight(*verified) > weight(worst)) worst = *verified;
  }
  if (temporary && matches(*temporary, codes)) return accept_temporary(session, user, *temporary, usable);
  if (closed == usable.size() && !temporary)
    return outcome(vip::status::internal_error, Why::secret_does_not_open);
  auto refused = refused_with(worst, codes);
  // Counted once, after all were tried: a code spent by one credential is no guess at another.
  if (!counts_as_failure(worst)) return refused;
  bool locked = count_failure(session, account, user, usable);
  if (temporary) locked |= count_against_temporary_password(session, user, *temporary, account.lockout);
  if (locked) refused.why = Why::locked_by_this;
  return refused;
}

}  // namespace

std::uint64_t random_id() {
  // One system call for many ids; none is a secret.
  thread_local std::array<std::uint8_t, 512> pool;
  thread_local std::size_t used = pool.size();
  if (used == pool.size()) {
    crypto::fill_random(pool);
    used = 0;
  }
  base::ByteReader reader(base::ByteView(pool).subspan(used, 8));
  used += 8;
  return reader.u64();
}

std::optional<CodeOutcome> verify_against(Session& session, const AccountPolicy& account,
                                          Credential& credential, const Codes& codes) {
  if (!is_token(credential.kind)) return verify_sent_code(session, account, credential, codes);
  const auto secret =
      session.box.open(credential.sealed_secret, credential.key_id, account.name, credential.name);
  if (!secret) return std::nullopt;
  const OathKey key(credential.algorithm, credential.digits, secret->reveal_octets());
  const auto verified = verify_code(credential.kind, key, credential.period, credential.moving, codes,
                                    account.windows, session.now.wall);
  credential.moving = verified.moving;
  return verified.outcome;
}

Outcome refused_with(CodeOutcome verified, const Codes& codes) {
  if (verified == CodeOutcome::needs_second_code) {
    return outcome(vip::status::authentication_failed, vip::detail::second_code_required,
                   Why::second_code_asked_for);
  }
  if (verified == CodeOutcome::expired) {
    return outcome(vip::status::authentication_failed, vip::detail::code_expired, Why::expired_code);
  }
  const auto why = verified == CodeOutcome::replay ? Why::spent_code : Why::wrong_code;
  // As captured: a code with a letter in it is refused without the detail.
  if (!only_digits(codes)) return outcome(vip::status::authentication_failed, why);
  return outcome(vip::status::authentication_failed, vip::detail::invalid_otp, why);
}

std::optional<Outcome> refused_user(Session& session, const AccountPolicy& account, User* user,
                                    const std::optional<CheckedPin>& pin) {
  if (user == nullptr) return outcome(vip::status::user_does_not_exist, Why::no_such_user);
  if (user->status != UserStatus::active)
    return outcome(vip::status::not_allowed_in_user_status, Why::user_not_active);
  if (!pin || (pin->right && pin->hash == user->pin_hash)) return std::nullopt;
  // Not tried with the code: a wrong PIN spends none. It counts against the user in either scope.
  const bool locked = count_against_user(session, *user, account.lockout);
  return outcome(vip::status::invalid_pin, locked ? Why::locked_by_this : Why::wrong_pin);
}

void tell_pin(Outcome& done, Session& session, const AccountPolicy& account, const User& user) {
  const auto age = pin_age(user, account.pins, session.microseconds());
  done.pin_expired = age.expired;
  done.pin_expires = age.expires;
}

Outcome authenticate_user(Session& session, const UserAuthentication& asked) {
  const auto& account = *asked.account;
  auto* user = session.records.user(session.records.account(account.name), asked.prepared_user);
  if (auto refused = refused_user(session, account, user, asked.pin)) return std::move(*refused);
  Outcome done;
  if (asked.codes) {
    done = try_codes(session, asked, *user, asked.codes->views());
  } else {
    done.authn_id = random_id();
    forgive(session, *user, {}, nullptr);
  }
  if (asked.pin && done.status == vip::status::success) tell_pin(done, session, account, *user);
  return done;
}

vip::CredentialType type_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::totp:
    case CredentialKind::hotp:
      return vip::CredentialType::standard_otp;
    case CredentialKind::sms:
      return vip::CredentialType::sms_otp;
    case CredentialKind::voice:
      return vip::CredentialType::voice_otp;
    case CredentialKind::service:
      return vip::CredentialType::service_otp;
    case CredentialKind::email:
      return vip::CredentialType::email_otp;
  }
  return vip::CredentialType::standard_otp;
}

std::optional<CredentialKind> kind_of(vip::CredentialType type) {
  for (auto kind : {CredentialKind::totp, CredentialKind::sms, CredentialKind::voice, CredentialKind::service,
                    CredentialKind::email})
    if (type_of(kind) == type) return kind;
  return std::nullopt;
}

std::expected<Credential*, Outcome> named_credential(Session& session, const AccountPolicy& account,
                                                     const std::string& name, vip::CredentialType type) {
  const auto row = session.records.account(account.name);
  const auto kind = kind_of(type);
  auto* credential = kind ? session.records.credential(row, credential_key(*kind, name)) : nullptr;
  if (credential != nullptr) return credential;
  if (session.records.credential(row, credential_key(CredentialKind::totp, name)) != nullptr)
    return std::unexpected(outcome(vip::status::invalid_credential_type, Why::no_such_credential));
  return std::unexpected(
      outcome(kind ? vip::status::credential_id_not_valid : vip::status::credential_type_not_supported,
              Why::no_such_credential));
}

// Of one credential among those that are named.
static Outcome try_credential(Session& session, const CredentialsAuthentication& asked, Credential& found) {
  const bool activates = found.status == CredentialStatus::inactive && asked.activate;
  if (found.status != CredentialStatus::enabled && !activates) {
    const auto detail =
        found.status == CredentialStatus::disabled ? vip::detail::token_disabled : vip::detail::bad_token_state;
    return outcome(vip::status::authentication_failed, detail, Why::no_usable_credential);
  }
  const auto codes = asked.codes.views();
  const auto& bound = asked.account->guesses;
  if (session.guesses.too_many(found.row, bound, session.now.steady)) {
    auto refused = refused_with(CodeOutcome::refused, codes);  // like a wrong code: nobody is told of the bound
    refused.why = Why::too_many_guesses;
    return refused;
  }
  const auto verified = verify_against(session, *asked.account, found, codes);
  if (!verified) return outcome(vip::status::internal_error, Why::secret_does_not_open);
  if (counts_as_failure(*verified)) session.guesses.wrong(found.row, bound, session.now.steady);
  if (*verified != CodeOutcome::accepted) return refused_with(*verified, codes);
  session.guesses.right(found.row);
  found.status = CredentialStatus::enabled;
  found.failures = after_success().failures;
  session.records.save_state(found);
  auto accepted = outcome(vip::status::success);
  accepted.credential_id = found.name;
  accepted.credential_type = type_of(found.kind);
  return accepted;
}

Outcome authenticate_credentials(Session& session, const CredentialsAuthentication& asked) {
  std::optional<Outcome> refused;
  for (const auto& named : asked.credentials) {
    auto credential = named_credential(session, *asked.account, named.credential_id, named.credential_type);
    if (credential) {
      auto tried = try_credential(session, asked, **credential);
      if (tried.status == vip::status::success) return tried;
      refused = std::move(tried);
    } else if (!refused) {
      refused = credential.error();
    }
  }
  return refused.value_or(outcome(vip::status::credential_id_not_valid, Why::no_such_credential));
}

}  // namespace sallyport::authservice
