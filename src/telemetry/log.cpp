#include "telemetry/log.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "base/invariant.h"
#include "telemetry/file_sink.h"
#include "telemetry/logger.h"
#include "telemetry/syslog_sink.h"

namespace sallyport::telemetry {
namespace {

constexpr auto look_interval = std::chrono::milliseconds(20);
constexpr auto retry_interval = std::chrono::seconds(1);
constexpr auto report_interval = std::chrono::seconds(1);
constexpr auto farewell_limit = std::chrono::milliseconds(500);  // for syslog servers at the end
constexpr std::size_t batch_limit = 4096;
constexpr int quiet_looks = 5;

Level least_of(settings::LogLevel level) { return static_cast<Level>(level); }

using Sinks = std::vector<std::unique_ptr<Sink>>;

class LogThread : public Log {
 public:
  explicit LogThread(const settings::Log& log) : signal_(std::make_shared<LogSignal>()), timer_(signal_->loop) {
    signal_->least = least_of(log.level);
    signal_->wake_task = [](void* self) -> net::Task {
      return [self] { static_cast<LogThread*>(self)->turn(); };
    };
    signal_->log = this;
  }
  ~LogThread() override;

  std::unique_ptr<Logger> make_logger() override;
  void reopen() override;
  base::Result<void> apply(const settings::Log&) override;
  [[nodiscard]] std::uint64_t dropped() const override;
  void start();

 private:
  base::Result<Sinks> open_files(const settings::Log&);
  Sink::Say say();
  bool collect();
  void report_drops(base::SteadyTime now);
  void write(base::SteadyTime now);
  void turn();
  void sleep(bool more, bool unfinished);
  bool unfinished() const;
  bool is_something_there() const;
  void finish(base::SteadyTime until);

  std::shared_ptr<LogSignal> signal_;
  net::Timer timer_;
  mutable std::mutex lock_;  // of rings_; never across a system call
  std::vector<std::shared_ptr<LoggerRing>> rings_;
  std::uint64_t dropped_by_gone_ = 0;
  Sinks sinks_;
  std::vector<Line> batch_, own_;
  std::uint64_t reported_ = 0;
  base::SteadyTime next_report_{};
  int quiet_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

LogThread::~LogThread() {
  signal_->log = nullptr;
  signal_->loop.post([this] { finish(signal_->loop.now().steady + farewell_limit); });
  if (thread_.joinable()) thread_.join();
  timer_.cancel();
}

void LogThread::start() {
  sigset_t all, before;  // signals are for the main thread, and a SIGPIPE for nobody
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { signal_->loop.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Sink::Say LogThread::say() {
  return [this](const Message& message, std::vector<Field> fields) {
    if (own_.size() < batch_limit) own_.push_back({&message, signal_->loop.now().wall, std::move(fields)});
  };
}

base::Result<Sinks> LogThread::open_files(const settings::Log& log) {
  Sinks sinks;
  auto file = FileSink::open({log.file, log.format, false}, say());
  if (!file) return std::unexpected(file.error());
  sinks.push_back(std::move(*file));
  if (log.audit_file.empty()) return sinks;
  auto audit = FileSink::open({log.audit_file, log.format, true}, say());
  if (!audit) return std::unexpected(audit.error());
  sinks.push_back(std::move(*audit));
  return sinks;
}

base::Result<void> LogThread::apply(const settings::Log& log) {
  auto files = open_files(log);
  if (!files) return std::unexpected(files.error());
  signal_->loop.post([this, sinks = std::move(*files), syslog = log.syslog, level = log.level]() mutable {
    if (!sinks_.empty()) turn();  // what was logged before goes to the old ones
    for (const auto& one : syslog) sinks.push_back(make_syslog_sink(signal_->loop, one, say()));
    sinks_ = std::move(sinks);
    signal_->least = least_of(level);
    turn();
  });
  return {};
}

void LogThread::reopen() {
  signal_->loop.post([this] {
    turn();
    for (auto& sink : sinks_) sink->reopen(signal_->loop.now().steady);
    say()(messages::log_reopened, {});
    turn();
  });
}

std::unique_ptr<Logger> LogThread::make_logger() {
  auto ring = std::make_shared<LoggerRing>();
  const std::lock_guard guard(lock_);
  rings_.push_back(ring);
  return std::make_unique<RingLogger>(std::move(ring), signal_);
}

std::uint64_t LogThread::dropped() const {
  const std::lock_guard guard(lock_);
  std::uint64_t sum = dropped_by_gone_;
  for (const auto& ring : rings_) sum += ring->dropped.load(std::memory_order_relaxed);
  return sum;
}

// Moves lines from the rings into the batch; true when there may be more. The lock is only ever held for
// moments by others, who make a logger or ask dropped().
bool LogThread::collect() {
  const std::lock_guard guard(lock_);
  bool more = false;
  const auto share = batch_limit / std::max<std::size_t>(rings_.size(), 1) + 1;
  std::erase_if(rings_, [&](const auto& ring) {
    const bool closed = ring->closed;  // before the ring is looked at: nothing comes after it
    const auto taken = ring->ring.drain(share, [&](Line&& line) { batch_.push_back(std::move(line)); });
    more = more || taken == share;
    if (!closed || !ring->ring.empty()) return false;
    dropped_by_gone_ += ring->dropped;
    return true;
  });
  return more;
}

void LogThread::report_drops(base::SteadyTime now) {
  const auto sum = dropped();
  if (sum == reported_ || now < next_report_) return;
  say()(messages::log_lines_dropped, {{"count", static_cast<std::int64_t>(sum - reported_)}});
  reported_ = sum;
  next_report_ = now + report_interval;
}

void LogThread::write(base::SteadyTime now) {
  std::move(own_.begin(), own_.end(), std::back_inserter(batch_));
  own_.clear();
  for (auto& sink : sinks_) {
    if (!batch_.empty())
      sink->write(batch_, now);
    else if (sink->unfinished())
      sink->retry(now);
  }
}

bool LogThread::unfinished() const {
  return std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->unfinished(); });
}

void LogThread::turn() {
  const auto now = signal_->loop.now().steady;
  signal_->idle.store(false);
  batch_.clear();
  const bool more = collect();
  report_drops(now);
  write(now);
  quiet_ = batch_.empty() ? quiet_ + 1 : 0;
  if (!ending_) sleep(more || !own_.empty(), unfinished() || dropped() != reported_);
}

bool LogThread::is_something_there() const {
  const std::lock_guard guard(lock_);
  return std::any_of(rings_.begin(), rings_.end(),
                     [](const auto& ring) { return ring->closed || !ring->ring.empty(); });
}

void LogThread::sleep(bool more, bool waiting) {
  const auto again = [this] { turn(); };
  if (more) return signal_->loop.post(again);
  if (quiet_ < quiet_looks) return timer_.after(look_interval, again);
  signal_->idle.store(true);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (is_something_there()) return signal_->loop.post(again);
  if (waiting)
    timer_.after(retry_interval, again);
  else
    timer_.cancel();
}

// What lies in the rings is written; a syslog server that is behind gets a moment more.
void LogThread::finish(base::SteadyTime until) {
  ending_ = true;
  const auto now = signal_->loop.now().steady;
  do turn();
  while (!batch_.empty() && signal_->loop.now().steady < until);
  if (unfinished() && now < until) return timer_.after(look_interval, [this, until] { finish(until); });
  signal_->loop.at_end_of_turn([this] { signal_->loop.stop(); });
}

}  // namespace

base::Result<std::unique_ptr<Log>> Log::open(const settings::Log& settings) {
  auto log = std::make_unique<LogThread>(settings);
  if (auto applied = log->apply(settings); !applied) return std::unexpected(applied.error());
  log->start();
  return log;
}

}  // namespace sallyport::telemetry
