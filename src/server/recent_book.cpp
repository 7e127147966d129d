#include "server/recent_book.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "crypto/random.h"
#include "store/file.h"

namespace sallyport::server {
namespace {

constexpr std::size_t most_forgotten = 65'536;
constexpr std::string_view head = "sallyport recent successes 1 ";

crypto::KeyedHash::Key draw_key() {
  crypto::KeyedHash::Key key{};
  crypto::fill_random(key);
  return key;
}

void add(std::string& to, std::string_view part) {
  to.append(std::to_string(part.size())).append(":").append(part);
}

}  // namespace

RecentBook::RecentBook() : key_(draw_key()), hash_(key_) {}

std::uint64_t RecentBook::hash_of_place(const Who& who) const {
  std::string text = "place ";
  for (const auto part : {who.canonical_user, who.client, who.calling_station, who.password_changed})
    add(text, part);
  return hash_(base::as_bytes(text));
}

std::uint64_t RecentBook::hash_of_user(std::string_view user) const {
  return hash_(base::as_bytes("user " + std::string(user)));
}

void RecentBook::succeeded(const Who& who, base::WallTime now) {
  const std::lock_guard guard(lock_);
  if (is_closed_) return;
  successes_.succeeded(hash_of_user(who.canonical_user), hash_of_place(who), now);
  is_changed_ = true;
}

bool RecentBook::has(const Who& who, base::Duration life, base::WallTime now) {
  const std::lock_guard guard(lock_);
  return !is_closed_ && successes_.has(hash_of_place(who), life, now);
}

std::size_t RecentBook::forget(std::string_view canonical_user) {
  const std::lock_guard guard(lock_);
  if (is_closed_) {
    if (forgotten_.size() < most_forgotten) forgotten_.emplace(canonical_user);
    return 0;
  }
  const auto forgotten = successes_.forget(hash_of_user(canonical_user));
  is_changed_ = is_changed_ || forgotten > 0;
  has_forgotten_ = has_forgotten_ || forgotten > 0;
  return forgotten;
}

base::Result<void> RecentBook::read(const std::string& file) {
  auto read = read_open(file);
  const std::lock_guard guard(lock_);
  is_closed_ = !read;
  if (is_closed_) return read;
  for (const auto& user : std::exchange(forgotten_, {}))
    if (successes_.forget(hash_of_user(user)) > 0) is_changed_ = has_forgotten_ = true;
  return read;
}

base::Result<void> RecentBook::read_open(const std::string& file) {
  if (store::is_absent(file)) return {};
  const auto text = store::read_private(file, 64U << 20U);
  if (!text) return std::unexpected(text.error());
  auto rest = text->reveal();
  const auto wrong = [&] { return base::failure(file + " is not what this program writes; move it away"); };
  const auto line = rest.find('\n');
  if (!rest.starts_with(head) || line == std::string_view::npos) return wrong();
  const auto octets = base::from_hex(rest.substr(head.size(), line - head.size()));
  if (!octets || octets->size() != key_.size()) return wrong();
  continuity::RecentSuccesses successes;
  if (!successes.take(rest.substr(line + 1))) return wrong();
  const std::lock_guard guard(lock_);
  std::ranges::copy(*octets, key_.begin());
  hash_ = crypto::KeyedHash(key_);
  successes_ = std::move(successes);
  return {};
}

base::Result<void> RecentBook::write_if_changed(const std::string& file) {
  continuity::RecentSuccesses successes;  // a copy: logins do not wait until it is text
  bool forgot = false;
  {
    const std::lock_guard guard(lock_);
    if (!is_changed_) return {};
    is_changed_ = false;
    forgot = std::exchange(has_forgotten_, false);
    successes = successes_;
  }
  const auto text = std::string(head) + base::to_hex(key_) + "\n" + successes.text();
  auto written = store::write_atomically(file, text);
  if (written) return written;
  const std::lock_guard guard(lock_);
  is_changed_ = true;
  has_forgotten_ = has_forgotten_ || forgot;
  return written;
}

}  // namespace sallyport::server
