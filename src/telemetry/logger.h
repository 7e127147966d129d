#pragma once
// The writing side of the log: a ring a Logger, and what Loggers and the log's thread share.
#include <atomic>
#include <memory>
#include <unordered_map>

#include "net/loop.h"
#include "telemetry/line.h"
#include "telemetry/ring.h"

namespace sallyport::telemetry {

struct LoggerRing {
  Ring<Line, 16384> ring;
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<bool> closed{false};
};

// The log's thread sleeps in its loop only after `idle` is set; the first line then wakes it. While lines come
// it looks into the rings every 20 ms by itself, and a line costs no system call.
struct LogSignal {
  net::Loop loop;
  std::atomic<bool> idle{false};
  std::atomic<Level> least{Level::info};
  net::Task (*wake_task)(void* log) = nullptr;
  std::atomic<void*> log{nullptr};
};

class RingLogger : public Logger {
 public:
  RingLogger(std::shared_ptr<LoggerRing> ring, std::shared_ptr<LogSignal> signal)
      : ring_(std::move(ring)), signal_(std::move(signal)) {}
  RingLogger(const RingLogger&) = delete;
  RingLogger& operator=(const RingLogger&) = delete;
  ~RingLogger() override;

  void log(const Message&, base::WallTime, std::vector<Field>) override;
  using Logger::log_rarely;
  void log_rarely(const Message&, base::Time, std::vector<Field>, base::Duration apart) override;

 private:
  struct Rare {
    base::SteadyTime next{};
    std::int64_t suppressed = 0;
  };
  void wake();

  std::shared_ptr<LoggerRing> ring_;
  std::shared_ptr<LogSignal> signal_;
  std::unordered_map<const Message*, Rare> rare_;
};

}  // namespace sallyport::telemetry
