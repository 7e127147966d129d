#pragma once
// The one thread that touches the database. Work from any thread waits in a bounded queue; the thread takes all
// that waits (512 at most at once), does it in one transaction, commits, and only then lets any answer leave:
//
//   submit ──▶ queue ──▶ run, run, run … ──▶ commit (flushed to disk) ──▶ done, done, done …
//                            │                   │ fails: rolled back, what is remembered is dropped
//                            └───────────────────┴────────────────────▶ done(failure) for every one of them
//
// A flush to disk costs as much as several logins, so that under load (the last batch was not small) the thread
// lets a batch gather for a moment before it takes it; a client that asks alone never waits for others.
//
// After a failure the next batch starts afresh: the service is back as soon as the disk is. Once a second
// something is written for a trial, for a transaction that only read proves nothing.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "authservice/session.h"
#include "store/database.h"
#include "store/file.h"

namespace sallyport::authservice {

class Work {
 public:
  virtual ~Work() = default;
  virtual void run(Session&) = 0;  // may be called again after a rollback
  virtual void done(
      const store::DatabaseError* failure) = 0;  // once, in the database thread; nullptr: committed
};

struct Resealed {          // secrets under old keys, so far
  std::int64_t count = 0;  // encrypted anew
  std::int64_t left = 0;   // not yet, or their key is not there
  bool is_over = false;
};

struct DatabaseEvents {  // all called in the database thread
  std::function<void(std::size_t batch, base::Duration commit)> committed = [](std::size_t, base::Duration) {};
  std::function<void(const store::DatabaseError&)> failed = [](const store::DatabaseError&) {};
  std::function<void()> recovered = [] {};  // after a failure, something was written and is on disk
  std::function<void(const Resealed&)> resealed = [](const Resealed&) {};
  std::function<void(std::int64_t count)> pushes_expired = [](std::int64_t) {};
};

class DatabaseThread {
 public:
  static constexpr std::size_t queue_limit = 16'384, batch_limit = 512;
  // A batch gathers after one of `load` and more: until `enough` wait, 2 ms at most.
  static constexpr std::size_t load = 8, enough = 64;
  static constexpr std::chrono::milliseconds gathering_limit{2};
  struct Options {
    std::string file;
    SecretBox box;
    DatabaseEvents events{};
    std::function<base::Time()> now{};  // empty: the clocks
  };
  // Opens, checks, migrates, takes the file for itself alone, starts the thread.
  static base::Result<std::unique_ptr<DatabaseThread>> start(Options);
  ~DatabaseThread();  // does what waits, then ends

  // When the queue is full, done() is called at once with a failure (locked), in the caller's thread.
  void submit(std::unique_ptr<Work> work);
  [[nodiscard]] std::size_t waiting() const;

 private:
  DatabaseThread(Options, store::OwnerLock, store::Database);
  void serve();
  bool take(std::vector<std::unique_ptr<Work>>& batch);  // false: the end
  void gather(std::unique_lock<std::mutex>& held);
  void perform(std::vector<std::unique_ptr<Work>>& batch);
  std::optional<store::DatabaseError> transaction(std::vector<std::unique_ptr<Work>>& batch);
  void undo();
  void look_after();  // what has expired, secrets under old keys
  std::optional<store::DatabaseError> care_transaction(base::Time, bool purge);
  std::optional<std::int64_t> reseal_some();  // how many; nothing: none is left to visit
  std::int64_t forget_the_old(base::Time);    // how many pushes expired
  std::int64_t secrets_under_old_keys();
  [[nodiscard]] base::Time now() const;

  Options options_;
  store::OwnerLock owner_;
  store::Database database_;
  Records records_;
  Answered answered_;
  Guesses guesses_;
  PushTransactions pushes_;
  bool in_trouble_ = false;  // from a failure to the trial that succeeds
  Resealed resealed_;
  RowId reseal_after_ = 0;
  base::SteadyTime looked_after_{}, swept_{};

  mutable std::mutex lock_;  // held to push and to swap
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Work>> queue_;
  bool ending_ = false;
  bool gathering_ = false;  // woken by the `enough`th, not by the first
  std::size_t last_batch_ = 0;
  std::thread thread_;
};

// Work from two functions: `run(Session&) -> T`, `done(Result<T, DatabaseError>)`.
template <class Run, class Done>
class SimpleWork final : public Work {
 public:
  using Value = std::invoke_result_t<Run&, Session&>;
  SimpleWork(Run run, Done done) : run_(std::move(run)), done_(std::move(done)) {}
  void run(Session& session) override { value_.emplace(run_(session)); }
  void done(const store::DatabaseError* failure) override {
    if (failure != nullptr) {
      done_(store::DatabaseResult<Value>(std::unexpected(*failure)));
    } else {
      done_(store::DatabaseResult<Value>(std::move(*value_)));
    }
  }

 private:
  Run run_;
  Done done_;
  std::optional<Value> value_;
};
template <class Run, class Done>
std::unique_ptr<Work> work(Run run, Done done) {
  return std::make_unique<SimpleWork<Run, Done>>(std::move(run), std::move(done));
}

}  // namespace sallyport::authservice
