#include "ldap/account_state.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

namespace sallyport::ldap {
namespace {

constexpr std::string_view control = "userAccountControl";
constexpr std::string_view computed = "msDS-User-Account-Control-Computed";
constexpr std::string_view lockout_time = "lockoutTime";
constexpr std::string_view expires = "accountExpires";
constexpr std::string_view locked_time = "pwdAccountLockedTime";
constexpr std::string_view account_lock = "nsAccountLock";

constexpr std::int64_t account_disable = 0x2;  // UF_ACCOUNTDISABLE
constexpr std::int64_t lockout = 0x10;         // UF_LOCKOUT
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Steps of 100 ns since 1601.
std::int64_t file_time(base::WallTime now) {
  constexpr std::int64_t from_1601_to_1970 = 11'644'473'600;
  return (now.time_since_epoch().count() + from_1601_to_1970 * 1'000'000) * 10;
}

AccountFinding of_active_directory(const std::function<std::string_view(std::string_view)>& value_of,
                                   base::WallTime now) {
  using enum AccountState;
  for (const auto type : {control, computed, lockout_time, expires}) {
    if (const auto text = value_of(type); !text.empty() && !number(text)) return {unreadable, type};
  }
  const auto of = [&](std::string_view type) { return number(value_of(type)); };
  if ((of(control).value_or(0) & account_disable) != 0) return {disabled, control};
  if (const auto flags = of(computed)) {
    if ((*flags & lockout) != 0) return {locked, computed};
  } else if (of(lockout_time).value_or(0) != 0) {
    return {locked, lockout_time};
  }
  const auto end = of(expires).value_or(0);
  if (end > 0 && end != never && end <= file_time(now)) return {expired, expires};
  return {};
}

bool is_true(std::string_view text) {
  constexpr std::string_view word = "true";
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

}  // namespace

const std::vector<std::string>& account_attributes() {
  static const std::vector<std::string> all{std::string(control),      std::string(computed),
                                            std::string(lockout_time), std::string(expires),
                                            std::string(locked_time),  std::string(account_lock)};
  return all;
}

AccountFinding account_state(const std::function<std::string_view(std::string_view)>& value_of,
                             base::WallTime now) {
  if (!value_of(locked_time).empty()) return {AccountState::locked, locked_time};
  if (is_true(value_of(account_lock))) return {AccountState::disabled, account_lock};
  return of_active_directory(value_of, now);
}

std::string_view to_string(AccountState state) {
  switch (state) {
    case AccountState::usable:
      return "usable";
    case AccountState::disabled:
      return "account disabled";
    case AccountState::locked:
      return "account locked";
    case AccountState::expired:
      return "account expired";
    case AccountState::unreadable:
      return "the state of the account cannot be read";
  }
  return "unknown";
}

}  // namespace sallyport::ldap
