#include "authservice/database_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "authservice/schema.h"
#include "authservice/sent_codes.h"
#include "authservice/temporary_passwords.h"
#include "net/mailbox.h"

namespace sallyport::authservice {
namespace {

constexpr std::chrono::seconds care_interval{1}, sweep_interval{60};
constexpr std::int64_t reseal_batch = 200;

std::int64_t microseconds_of(base::Time time) { return time.wall.time_since_epoch().count(); }

}  // namespace

base::Result<std::unique_ptr<DatabaseThread>> DatabaseThread::start(Options options) {
  auto owner = store::OwnerLock::take(options.file + ".lock");
  if (!owner) return std::unexpected(owner.error());
  auto database = store::Database::open(options.file, {.check_integrity = true});
  if (!database) return base::failure(database.error().what);
  if (auto migrated = database->migrate(schema()); !migrated) {
    return base::failure(options.file + ": " + migrated.error().what);
  }
  std::unique_ptr<DatabaseThread> made(
      new DatabaseThread(std::move(options), std::move(*owner), std::move(*database)));
  made->answered_.load(made->now());
  made->pushes_.load();
  if (made->records_.failed()) return base::failure(made->records_.queries().failure()->what);
  made->thread_ = std::thread([self = made.get()] { self->serve(); });
  return made;
}

DatabaseThread::DatabaseThread(Options options, store::OwnerLock owner, store::Database database)
    : options_(std::move(options)),
      owner_(std::move(owner)),
      database_(std::move(database)),
      records_(database_),
      answered_(records_.queries()),
      pushes_(records_.queries()) {}

DatabaseThread::~DatabaseThread() {
  {
    const std::lock_guard guard(lock_);
    ending_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

base::Time DatabaseThread::now() const {
  if (options_.now) return options_.now();
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), true};
}

void DatabaseThread::submit(std::unique_ptr<Work> work) {
  bool wakes = false;
  {
    const std::lock_guard guard(lock_);
    if (!ending_ && queue_.size() < queue_limit) {
      queue_.push_back(std::move(work));
      wakes = queue_.size() == (gathering_ ? enough : 1);
    }
  }
  if (work) {  // not moved from, or it were null
    const store::DatabaseError full{store::DatabaseFault::locked, "too many requests wait for the database"};
    return work->done(&full);  // NOLINT(bugprone-use-after-move)
  }
  if (wakes) wake_.notify_one();
}

std::size_t DatabaseThread::waiting() const {
  const std::lock_guard guard(lock_);
  return queue_.size();
}

void DatabaseThread::gather(std::unique_lock<std::mutex>& held) {
  gathering_ = true;
  wake_.wait_for(held, gathering_limit, [this] { return ending_ || queue_.size() >= enough; });
  gathering_ = false;
}

bool DatabaseThread::take(std::vector<std::unique_ptr<Work>>& batch) {
  std::unique_lock held(lock_);
  if (last_batch_ >= load) gather(held);
  const auto patience =
      resealed_.is_over ? std::chrono::milliseconds(care_interval) : std::chrono::milliseconds(1);
  wake_.wait_for(held, patience, [this] { return ending_ || !queue_.empty(); });
  const auto count = std::min(queue_.size(), batch_limit);
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  last_batch_ = count;
  return !(ending_ && batch.empty());
}

void DatabaseThread::serve() {
  std::vector<std::unique_ptr<Work>> batch;
  while (take(batch)) {
    if (!batch.empty()) perform(batch);
    batch.clear();
    look_after();
  }
}

void DatabaseThread::undo() {
  database_.rollback();
  answered_.rolled_back();
  pushes_.rolled_back();
  records_.forget();
}

std::optional<store::DatabaseError> DatabaseThread::transaction(std::vector<std::unique_ptr<Work>>& batch) {
  if (auto began = database_.begin(); !began) {
    undo();
    return began.error();
  }
  for (auto& work : batch) {
    records_.between_jobs();
    Session session{records_, answered_, guesses_, pushes_, options_.box, now()};
    work->run(session);
    if (!records_.failed()) continue;
    auto failure = *records_.queries().failure();
    undo();
    return failure;
  }
  const auto start = std::chrono::steady_clock::now();
  if (auto committed = database_.commit(); !committed) {
    undo();
    return committed.error();
  }
  answered_.committed();
  options_.events.committed(batch.size(), std::chrono::steady_clock::now() - start);
  return std::nullopt;
}

void DatabaseThread::perform(std::vector<std::unique_ptr<Work>>& batch) {
  auto failure = transaction(batch);
  using store::DatabaseFault;
  if (failure && batch.size() > 1 &&
      (failure->fault == DatabaseFault::constraint || failure->fault == DatabaseFault::other)) {
    // One of them is to blame, not the disk: the others shall not suffer for it.
    for (auto& work : batch) {
      std::vector<std::unique_ptr<Work>> alone;
      alone.push_back(std::move(work));
      perform(alone);
    }
    return;
  }
  if (failure) {
    in_trouble_ = true;
    options_.events.failed(*failure);
  }
  const net::Together each_worker_wakes_once;
  for (auto& work : batch) work->done(failure ? &*failure : nullptr);
}

void DatabaseThread::look_after() {
  const auto time = now();
  const bool due = time.steady - looked_after_ >= care_interval;
  const bool expired = answered_.has_expired(time) || pushes_.has_expired(microseconds_of(time)) ||
                       time.steady - swept_ >= sweep_interval;
  if (in_trouble_ && !due) return;
  if (!in_trouble_ && resealed_.is_over && !(due && expired)) return;
  if (due) looked_after_ = time.steady;
  const auto reseal_from = reseal_after_;
  const auto failure = care_transaction(time, due);
  const bool was_in_trouble = std::exchange(in_trouble_, failure.has_value());
  if (failure) {
    reseal_after_ = reseal_from;
    options_.events.failed(*failure);
  } else if (was_in_trouble) {
    options_.events.recovered();
  }
}

std::optional<store::DatabaseError> DatabaseThread::care_transaction(base::Time time, bool purge) {
  auto began = database_.begin();
  const auto expired = began && purge ? forget_the_old(time) : 0;
  if (began && in_trouble_)  // the trial: what is written is what stands there
    began = database_.execute(fmt::format("PRAGMA user_version = {}", schema().size()));
  auto resealed = resealed_;
  if (began && !resealed_.is_over) {
    const auto some = reseal_some();
    resealed.count += some.value_or(0);
    resealed.is_over = !some;
    resealed.left = secrets_under_old_keys();
  }
  auto failure = records_.queries().failure();
  if (!failure && began) began = database_.commit();
  if (!failure && !began) failure = began.error();
  if (failure) {
    undo();
    return failure;
  }
  answered_.committed();
  if (purge) swept_ = time.steady;
  if (expired > 0) options_.events.pushes_expired(expired);
  if (!resealed_.is_over) options_.events.resealed(resealed);
  resealed_ = resealed;
  return std::nullopt;
}

std::int64_t DatabaseThread::forget_the_old(base::Time time) {
  const auto now = microseconds_of(time);
  answered_.purge(time);
  forget_old_codes(records_.queries(), now);
  forget_old_temporary_passwords(records_.queries(), now);
  return pushes_.expire(now);
}

std::int64_t DatabaseThread::secrets_under_old_keys() {
  auto rows = records_.queries().ask(
      "SELECT (SELECT count(*) FROM credential WHERE key_id NOT IN (?1, 0)) +"
      " (SELECT count(*) FROM temporary_password WHERE key_id <> ?1)",
      options_.box.key_id());
  return rows.next() ? rows.integer(0) : 0;
}

// Rows are visited in order, each once: one that does not open under any key is left, and not tried for ever.
std::optional<std::int64_t> DatabaseThread::reseal_some() {
  reseal_temporary_passwords(records_.queries(), options_.box);
  std::vector<std::pair<RowId, std::string>> found;
  {
    auto rows = records_.queries().ask(
        "SELECT credential.id, account.name FROM credential JOIN account ON"
        " account.id = account WHERE credential.id > ? AND key_id NOT IN (?, 0)"
        " ORDER BY credential.id LIMIT ?",
        reseal_after_, options_.box.key_id(), reseal_batch);
    while (rows.next()) found.emplace_back(rows.integer(0), rows.text(1));
  }
  if (found.empty()) return std::nullopt;
  std::int64_t count = 0;
  for (const auto& [row, account] : found) {
    records_.between_jobs();
    auto* credential = records_.credential(row);
    if (credential == nullptr) break;
    const auto secret =
        options_.box.open(credential->sealed_secret, credential->key_id, account, credential->name);
    reseal_after_ = row;
    if (!secret) continue;
    credential->sealed_secret = options_.box.seal(secret->reveal_octets(), account, credential->name);
    credential->key_id = options_.box.key_id();
    records_.save_secret(*credential);
    ++count;
  }
  return count;
}

}  // namespace sallyport::authservice
