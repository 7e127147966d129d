#include "authservice/sent_codes.h"

#include "crypto/constant_time.h"
#include "crypto/random.h"

namespace sallyport::authservice {
namespace {

constexpr std::int64_t window = std::chrono::microseconds(std::chrono::hours(1)).count();

base::Secret drawn(int digits) {
  const auto code = static_cast<std::uint32_t>(crypto::random_below(digits == 8 ? 100'000'000 : 1'000'000));
  auto text = write_code(code, digits);
  base::Secret secret(text);
  base::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return secret;
}

}  // namespace

CodeOutcome judge(const SentCode& sent, const Codes& given, std::int64_t now) {
  if (given.second || !crypto::constant_time_equal(base::as_bytes(given.first), sent.code.reveal_octets()))
    return CodeOutcome::refused;
  if (sent.spent) return CodeOutcome::replay;
  return now < sent.expires ? CodeOutcome::accepted : CodeOutcome::expired;
}

std::optional<Sends> after_send(const Sends& before, int limit, std::int64_t now) {
  // A clock that was set back does not forbid for longer than the window either.
  if (before.count == 0 || now - before.since >= window || now < before.since) return Sends{1, now};
  if (limit > 0 && before.count >= limit) return std::nullopt;
  return Sends{before.count + 1, before.since};
}

std::optional<base::Secret> draw_code(Session& session, const AccountPolicy& account,
                                      const Credential& credential) {
  auto& queries = session.records.queries();
  const auto now = session.microseconds();
  Sends before;
  if (auto rows = queries.ask("SELECT sends, sends_since FROM sent_code WHERE credential = ?", credential.row);
      rows.next())
    before = {rows.integer(0), rows.integer(1)};
  const auto sends = after_send(before, account.sent_code_limit, now);
  if (!sends) return std::nullopt;
  auto code = drawn(credential.digits);
  const auto sealed = session.box.seal(code.reveal_octets(), account.name, credential_key(credential));
  queries.run("INSERT OR REPLACE INTO sent_code VALUES(?, ?, ?, ?, 0, ?, ?)", credential.row,
              base::ByteView(sealed), session.box.key_id(),
              now + std::chrono::microseconds(account.sent_code_life).count(), sends->count, sends->since);
  return code;
}

std::optional<CodeOutcome> verify_sent_code(Session& session, const AccountPolicy& account,
                                            const Credential& credential, const Codes& given) {
  auto& queries = session.records.queries();
  SentCode sent;
  {
    auto rows =
        queries.ask("SELECT code, key_id, expires, spent FROM sent_code WHERE credential = ?", credential.row);
    if (!rows.next()) return CodeOutcome::refused;
    auto code = session.box.open(rows.blob(0), rows.integer(1), account.name, credential_key(credential));
    if (!code) return std::nullopt;
    sent = {std::move(*code), rows.integer(2), rows.integer(3) != 0};
  }
  const auto outcome = judge(sent, given, session.microseconds());
  if (outcome == CodeOutcome::accepted)
    queries.run("UPDATE sent_code SET spent = 1, sends = 0 WHERE credential = ?", credential.row);
  return outcome;
}

void forget_old_codes(store::Queries& queries, std::int64_t now) {
  queries.run("DELETE FROM sent_code WHERE expires <= ?", now - window);
}

}  // namespace sallyport::authservice
