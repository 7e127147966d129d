#pragma once
// The recent successes of a gateway (continuity/recent_successes.h) for all its workers, with the key of their
// hashes, and the file that they are kept in. Any thread; one short mutex, never across a system call.
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "continuity/recent_successes.h"
#include "crypto/keyed_hash.h"

namespace sallyport::server {

class RecentBook {
 public:
  struct Who {
    std::string_view canonical_user, client, calling_station, password_changed;  // each may be empty
  };
  RecentBook();

  void succeeded(const Who&, base::WallTime now);
  [[nodiscard]] bool has(const Who&, base::Duration life, base::WallTime now);
  std::size_t forget(std::string_view canonical_user);

  // With the file's own key. A file that is not there is an empty book. After an error nobody has had a
  // success, until it can be read; who is forgotten meanwhile is forgotten then.
  base::Result<void> read(const std::string& file);
  base::Result<void> write_if_changed(const std::string& file);
  [[nodiscard]] bool has_forgotten() {  // since it was written: a kill now would bring it back
    const std::lock_guard guard(lock_);
    return has_forgotten_;
  }

 private:
  base::Result<void> read_open(const std::string& file);
  [[nodiscard]] std::uint64_t hash_of_place(const Who&) const;
  [[nodiscard]] std::uint64_t hash_of_user(std::string_view) const;

  std::mutex lock_;  // of what follows
  crypto::KeyedHash::Key key_;
  crypto::KeyedHash hash_;
  continuity::RecentSuccesses successes_;
  bool is_changed_ = false, has_forgotten_ = false, is_closed_ = false;
  std::set<std::string, std::less<>> forgotten_;  // while it is closed
};

}  // namespace sallyport::server
