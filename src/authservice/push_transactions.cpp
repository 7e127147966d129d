#include "authservice/push_transactions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace sallyport::authservice {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

PushTransaction read(const store::Rows& rows) {
  PushTransaction push;
  push.id = static_cast<std::uint64_t>(rows.integer(0));
  push.account = rows.integer(1);
  push.user = rows.is_null(2) ? 0 : rows.integer(2);
  push.credential = rows.integer(3);
  push.state = static_cast<PushState>(rows.integer(4));
  push.created = rows.integer(5);
  push.expires = rows.integer(6);
  push.decided = rows.integer(7);
  push.number = rows.text(8);
  push.pin_checked = rows.integer(9) != 0;
  push.text = rows.text(10);
  return push;
}

}  // namespace

std::string transaction_text(std::uint64_t id) { return fmt::format("{:016x}", id); }

std::optional<std::uint64_t> transaction_id(std::string_view text) {
  if (text.size() != 16 || text.find_first_not_of(digits) != text.npos) return std::nullopt;
  std::uint64_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return id;
}

void PushTransactions::load() {
  auto rows = queries_.ask("SELECT min(expires) FROM push WHERE state = 1");
  const bool none = !rows.next() || rows.is_null(0);
  next_expiry_ = none ? std::numeric_limits<std::int64_t>::max() : rows.integer(0);
}

void PushTransactions::add(const PushTransaction& push) {
  // 0 is no row: the reference of a push without a user is NULL.
  queries_.run("INSERT INTO push VALUES(?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)",
               static_cast<std::int64_t>(push.id), push.account, push.user, push.credential,
               static_cast<std::int64_t>(push.state), push.created, push.expires, push.decided,
               std::string_view(push.number), static_cast<std::int64_t>(push.pin_checked),
               std::string_view(push.text));
  next_expiry_ = std::min(next_expiry_, push.expires);
}

void PushTransactions::save_answer(const PushTransaction& push) {
  queries_.run("UPDATE push SET state = ?, credential = ?, decided = ? WHERE id = ?",
               static_cast<std::int64_t>(push.state), push.credential, push.decided,
               static_cast<std::int64_t>(push.id));
}

std::optional<PushTransaction> PushTransactions::find(RowId account, std::uint64_t id) {
  auto rows = queries_.ask(
      "SELECT id, account, user, credential, state, created, expires, decided, number, pin_checked, text"
      " FROM push WHERE id = ? AND account = ?",
      static_cast<std::int64_t>(id), account);
  return rows.next() ? std::optional(read(rows)) : std::nullopt;
}

std::vector<PushTransactions::Pending> PushTransactions::pending(RowId account, std::string_view search,
                                                                 std::optional<std::uint64_t> after,
                                                                 std::int64_t now, std::int64_t limit) {
  const auto from = after ? static_cast<std::int64_t>(*after) : std::numeric_limits<std::int64_t>::min();
  std::vector<Pending> found;
  for (auto rows = queries_.ask(
           "SELECT push.id, push.account, push.user, credential, state, push.created, expires, decided, number,"
           " pin_checked, text, coalesce(user.name, '') FROM push LEFT JOIN user ON user.id = push.user"
           " WHERE state = 1 AND expires > ? AND push.account = ? AND push.id > ?"
           " AND (? = '' OR instr(coalesce(user.prepared, ''), ?) > 0) ORDER BY push.id LIMIT ?",
           now, account, from, search, search, limit);
       rows.next();)
    found.push_back({read(rows), std::string(rows.text(11))});
  return found;
}

std::int64_t PushTransactions::unanswered(RowId user, RowId credential, std::int64_t from) {
  auto rows =
      user != 0 ? queries_.ask(
                      "SELECT count(*) FROM push WHERE user = ?1 AND state IN (1, 4) AND created >= max(?2 + 1,"
                      " (SELECT coalesce(max(decided), 0) FROM push WHERE user = ?1 AND created > ?2))",
                      user, from)
                : queries_.ask(
                      "SELECT count(*) FROM push WHERE credential = ?1 AND user IS NULL AND state IN (1, 4)"
                      " AND created >= max(?2 + 1, (SELECT coalesce(max(decided), 0) FROM push"
                      " WHERE credential = ?1 AND user IS NULL AND created > ?2))",
                      credential, from);
  return rows.next() ? rows.integer(0) : 0;
}

std::int64_t PushTransactions::expire(std::int64_t now) {
  queries_.run("UPDATE push SET state = 4 WHERE state = 1 AND expires <= ?", now);
  const auto expired = queries_.failed() ? 0 : queries_.database().changes();
  queries_.run("DELETE FROM push WHERE expires <= ?",
               now - std::chrono::duration_cast<std::chrono::microseconds>(kept).count());
  load();
  return expired;
}

}  // namespace sallyport::authservice
