#pragma once
// What one worker's doors (SOAP, admin) have at hand. It belongs to the worker's loop. Work for the database
// leaves through `database()`, and what comes of it returns to the loop through one bounded box.
#include <array>
#include <memory>
#include <string>

#include "authservice/callers.h"
#include "authservice/database_thread.h"
#include "authservice/hashing_threads.h"
#include "delivery/outbox.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/mailbox.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace sallyport::authservice {

// What is counted of pushes; `expired` by the database thread.
struct PushCount {
  enum Kind : std::uint8_t { sent, refused, approved, denied, wrong_number, expired, kinds };
  static std::shared_ptr<telemetry::Counter> make(telemetry::Metrics&, Kind);
};

struct WorkerCounters {
  explicit WorkerCounters(telemetry::Metrics&);
  std::array<std::shared_ptr<telemetry::Counter>, reasons_why> outcomes;  // by Why
  std::array<std::shared_ptr<telemetry::Counter>, PushCount::kinds> pushes;
  std::shared_ptr<telemetry::Counter> codes_sent, codes_refused;
  std::shared_ptr<telemetry::Counter> malformed, unknown_certificates, reused_ids;
};

class Worker {
 public:
  using Back = std::shared_ptr<net::Mailbox<net::Task>>;
  Worker(net::Loop& loop, DatabaseThread& database, HashingThreads& hashing, delivery::Outbox& outbox,
         CallersPointer callers, telemetry::Log& log, telemetry::Metrics& metrics);

  // Runs `run(Session&)` in the database thread, then `done(Result)` in the loop.
  template <class Run, class Done>
  void in_database(Run run, Done done) {
    ++under_way_;
    database_.submit(work(std::move(run), [this, box = back_, done = std::move(done)](auto result) mutable {
      // The box holds all that can be under way at once; it is full only when the worker is gone for good.
      (void)box->push([this, done = std::move(done), result = std::move(result)]() mutable {
        --under_way_;
        done(std::move(result));
      });
    }));
  }
  // Runs `run()` in a hashing thread, then `done(value)` in the loop; nothing: too many wait.
  template <class Run, class Done>
  void in_hashing_thread(Run run, Done done);

  [[nodiscard]] base::Time now() const { return loop_.now(); }
  [[nodiscard]] const Callers& callers() const { return *callers_; }
  void use(CallersPointer callers) { callers_ = std::move(callers); }
  // For what is committed: codes and pushes leave after the transaction that made them.
  [[nodiscard]] delivery::Outbox& outbox() { return outbox_; }
  [[nodiscard]] telemetry::Logger& log() { return *log_; }
  [[nodiscard]] WorkerCounters& counters() { return counters_; }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }

 private:
  net::Loop& loop_;
  DatabaseThread& database_;
  HashingThreads& hashing_;
  delivery::Outbox& outbox_;
  CallersPointer callers_;
  std::unique_ptr<telemetry::Logger> log_;
  WorkerCounters counters_;
  Back back_;
  std::size_t under_way_ = 0;
};

template <class Run, class Done>
void Worker::in_hashing_thread(Run run, Done done) {
  using Value = std::invoke_result_t<Run&>;
  auto kept = std::make_shared<Done>(std::move(done));
  std::move_only_function<void()> task = [this, box = back_, run = std::move(run), kept]() mutable {
    (void)box->push([this, kept = std::move(kept), value = run()]() mutable {
      --under_way_;
      (*kept)(std::optional<Value>(std::move(value)));
    });
  };
  ++under_way_;
  if (hashing_.submit(task)) return;
  --under_way_;
  (*kept)(std::optional<Value>());
}

// nullptr, counted and logged: no account names the certificate.
const Caller* caller_of(Worker&, const net::HttpServerRequest&);

}  // namespace sallyport::authservice
