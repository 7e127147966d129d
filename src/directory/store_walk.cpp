#include "directory/store_walk.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>
#include <utility>

namespace sallyport::directory {
namespace {

struct Walk {
  std::uint64_t number = 0;
  std::shared_ptr<Question> question;
  UserStores::Done done;
  std::size_t store = 0;      // the one that is being asked
  base::Duration searched{};  // in the stores before
  bool any_asked = false;
  std::string skipped;  // stores that could not be asked
};

class StoreWalk final : public UserStores {
 public:
  StoreWalk(net::Loop& loop, std::vector<StoreInOrder> stores)
      : loop_(loop), stores_(std::move(stores)), deadline_timer_(loop) {}
  ~StoreWalk() override {
    for (auto& [number, walk] : walks_) walk->question->over = true;
  }

  void look_up(std::string user_name, base::SteadyTime deadline, Done done) override {
    begin(user_name, std::nullopt, deadline, std::move(done));
  }
  void check_first_factor(std::string user_name, base::Secret password, base::SteadyTime deadline,
                          Done done) override {
    const auto octets = password.reveal();
    if (octets.empty() || octets.find('\0') != std::string_view::npos) {
      return refuse("a password that is empty or holds a NUL is never sent to a directory", std::move(done));
    }
    begin(user_name, std::move(password), deadline, std::move(done));
  }
  [[nodiscard]] std::vector<ConnectionReport> report() const override {
    std::vector<ConnectionReport> lines;
    for (const auto& [store, skip] : stores_) {
      const auto first = lines.size();
      store->report(lines);
      for (auto i = first; i < lines.size(); ++i) lines[i].skip_when_unreachable = skip;
    }
    return lines;
  }
  void try_connections(std::function<void(std::vector<ConnectionReport>)> done) override;

 private:
  void refuse(std::string detail, Done done) {
    Answer answer;
    answer.outcome = Outcome::wrong_password;
    answer.detail = std::move(detail);
    deliver(std::move(done), std::move(answer));
  }
  void begin(const std::string& user_name, std::optional<base::Secret> password, base::SteadyTime deadline,
             Done done);
  void ask_next(const std::shared_ptr<Walk>&);
  void answered(const std::shared_ptr<Walk>&, StoreAnswer);
  void nobody_knows(const std::shared_ptr<Walk>&, Answer);
  void finish(const std::shared_ptr<Walk>&, Answer);
  void deliver(Done, Answer);
  void arm();
  void on_deadline();

  net::Loop& loop_;
  std::vector<StoreInOrder> stores_;
  net::Timer deadline_timer_;
  std::uint64_t next_number_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Walk>> walks_;
  std::set<std::pair<base::SteadyTime, std::uint64_t>> deadlines_;
  base::SteadyTime armed_for_{};
  std::vector<std::pair<Done, Answer>> ready_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

void StoreWalk::begin(const std::string& user_name, std::optional<base::Secret> password,
                      base::SteadyTime deadline, Done done) {
  auto name = text::prepare_user_name(user_name);
  if (!name) {
    Answer answer;
    answer.outcome = Outcome::unknown_user;
    answer.detail = text::to_string(name.error());
    return deliver(std::move(done), std::move(answer));
  }
  auto walk = std::make_shared<Walk>();
  walk->number = next_number_++;
  walk->question = std::make_shared<Question>(Question{std::move(*name), std::move(password), deadline});
  walk->done = std::move(done);
  walks_.emplace(walk->number, walk);
  deadlines_.emplace(deadline, walk->number);
  arm();
  ask_next(walk);
}

void StoreWalk::ask_next(const std::shared_ptr<Walk>& walk) {
  stores_[walk->store].store->ask(walk->question,
                                  [this, alive = std::weak_ptr(alive_), walk](StoreAnswer answer) {
                                    if (!alive.expired() && !walk->question->over)
                                      answered(walk, std::move(answer));
                                  });
}

void StoreWalk::answered(const std::shared_ptr<Walk>& walk, StoreAnswer told) {
  auto& answer = told.answer;
  const bool skipped = told.asked_in_vain && stores_[walk->store].skip_when_unreachable;
  if (answer.outcome != Outcome::unknown_user && !skipped) {
    answer.search_took += walk->searched;
    return finish(walk, std::move(answer));
  }
  walk->searched += answer.search_took;
  walk->any_asked = walk->any_asked || !skipped;
  if (skipped) walk->skipped += fmt::format("; {} skipped: {}", answer.entry.user_store, answer.detail);
  if (++walk->store < stores_.size()) return ask_next(walk);
  nobody_knows(walk, std::move(answer));
}

// The user is unknown in every store that could be asked. What a check costs is spent all the same, so that
// time tells nobody who exists (rejects leave at a fixed delay besides).
void StoreWalk::nobody_knows(const std::shared_ptr<Walk>& walk, Answer last) {
  Answer answer;
  answer.search_took = walk->searched;
  // When nothing could be asked nothing is known.
  answer.outcome = walk->any_asked ? Outcome::unknown_user : Outcome::unavailable;
  answer.detail = walk->any_asked ? "unknown in every user store" + walk->skipped : last.detail;
  if (!walk->any_asked || !walk->question->password) return finish(walk, std::move(answer));
  stores_.back().store->ask_in_vain(
      walk->question, [this, alive = std::weak_ptr(alive_), walk, answer = std::move(answer)]() mutable {
        if (!alive.expired() && !walk->question->over) finish(walk, std::move(answer));
      });
}

void StoreWalk::finish(const std::shared_ptr<Walk>& walk, Answer answer) {
  if (std::exchange(walk->question->over, true)) return;
  if (walk->question->password) walk->question->password->clear();
  deadlines_.erase({walk->question->deadline, walk->number});
  walks_.erase(walk->number);
  deliver(std::move(walk->done), std::move(answer));
}

// Never from inside a call of ours or of a store: the receiver may do anything, also destroy the stores.
void StoreWalk::deliver(Done done, Answer answer) {
  ready_.emplace_back(std::move(done), std::move(answer));
  if (ready_.size() > 1) return;
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    for (auto& [ready_done, ready_answer] : std::exchange(ready_, {})) {
      ready_done(std::move(ready_answer));
      if (alive.expired()) return;
    }
  });
}

// One timer for all logins, armed for the earliest deadline or for one that is already over.
void StoreWalk::arm() {
  if (deadlines_.empty()) return;
  const auto earliest = deadlines_.begin()->first;
  if (deadline_timer_.armed() && armed_for_ <= earliest) return;
  armed_for_ = earliest;
  deadline_timer_.at(earliest, [this] { on_deadline(); });
}

void StoreWalk::on_deadline() {
  const auto now = loop_.now().steady;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto walk = walks_.at(deadlines_.begin()->second);
    Answer answer;
    answer.outcome = Outcome::unavailable;
    answer.detail = "no answer before the login's deadline";
    std::vector<ConnectionReport> lines;
    stores_[std::min(walk->store, stores_.size() - 1)].store->report(lines);
    if (!lines.empty()) answer.entry.user_store = lines.front().user_store;
    finish(walk, std::move(answer));
  }
  arm();
}

void StoreWalk::try_connections(std::function<void(std::vector<ConnectionReport>)> done) {
  auto left = std::make_shared<std::size_t>(stores_.size());
  auto shared = std::make_shared<std::function<void(std::vector<ConnectionReport>)>>(std::move(done));
  for (const auto& [store, skip] : stores_) {
    store->try_connections([this, alive = std::weak_ptr(alive_), left, shared] {
      if (alive.expired() || --*left > 0) return;
      loop_.post([this, alive, shared] {
        if (!alive.expired()) (*shared)(report());
      });
    });
  }
}

}  // namespace

std::unique_ptr<UserStores> walk_over(net::Loop& loop, std::vector<StoreInOrder> stores) {
  return std::make_unique<StoreWalk>(loop, std::move(stores));
}

}  // namespace sallyport::directory
