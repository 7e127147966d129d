#pragma once
// Pushes as rows of the database: they outlive the process, and an approval is on disk before anybody hears of
// it. Belongs to the database thread. A push is kept for `kept` after its life, so that whoever asks late still
// learns what became of it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authservice/push_rules.h"
#include "authservice/records.h"
#include "store/queries.h"

namespace sallyport::authservice {

struct PushTransaction {
  std::uint64_t id = 0;
  RowId account = 0;
  RowId user = 0;        // 0: credentials were named, and no user
  RowId credential = 0;  // that was asked, or of several the first; of an answered one, that which answered
  PushState state = PushState::in_progress;
  std::int64_t created = 0, expires = 0, decided = 0;  // microseconds since 1970
  std::string number;                                  // empty: none is asked for
  bool pin_checked = false;
  std::string text;
};

std::string transaction_text(std::uint64_t id);  // 16 lower-case hexadecimal digits
std::optional<std::uint64_t> transaction_id(std::string_view text);

class PushTransactions {
 public:
  static constexpr std::chrono::hours kept{1};

  explicit PushTransactions(store::Queries& queries) : queries_(queries) {}
  void load();                              // at start
  void rolled_back() { next_expiry_ = 0; }  // what is over is looked for anew

  void add(const PushTransaction&);
  void save_answer(const PushTransaction&);  // state, credential and time
  std::optional<PushTransaction> find(RowId account, std::uint64_t id);
  // Those in progress, in the order of their numbers. `search` is a part of the user's prepared name.
  struct Pending {
    PushTransaction push;
    std::string user;  // empty: the push named none
  };
  std::vector<Pending> pending(RowId account, std::string_view search, std::optional<std::uint64_t> after,
                               std::int64_t now, std::int64_t limit);
  // Pushes to the user (of those without one: to the credential) since `from` and since the last answer, that
  // nobody answered.
  std::int64_t unanswered(RowId user, RowId credential, std::int64_t from);

  // In a transaction of the caller's: those whose life is over become expired (how many), and the old go.
  std::int64_t expire(std::int64_t now);
  [[nodiscard]] bool has_expired(std::int64_t now) const { return now >= next_expiry_; }

 private:
  store::Queries& queries_;
  std::int64_t next_expiry_ = 0;  // nothing in progress is over before
};

}  // namespace sallyport::authservice
