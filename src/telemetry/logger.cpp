#include "telemetry/logger.h"

namespace sallyport::telemetry {

RingLogger::~RingLogger() {
  ring_->closed = true;
  wake();
}

void RingLogger::log(const Message& message, base::WallTime at, std::vector<Field> fields) {
  if (message.level < signal_->least.load(std::memory_order_relaxed)) return;
  if (!ring_->ring.push({&message, at, std::move(fields)})) {
    ring_->dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  wake();
}

void RingLogger::log_rarely(const Message& message, base::Time at, std::vector<Field> fields,
                            base::Duration apart) {
  auto& rare = rare_[&message];
  if (at.steady < rare.next) {
    ++rare.suppressed;
    return;
  }
  rare.next = at.steady + apart;
  if (rare.suppressed > 0) fields.push_back({"suppressed", rare.suppressed});
  rare.suppressed = 0;
  log(message, at.wall, std::move(fields));
}

// Either this thread sees `idle`, or the log's thread, which sets it and then looks once more, sees the line.
void RingLogger::wake() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!signal_->idle.load(std::memory_order_relaxed) || !signal_->idle.exchange(false)) return;
  if (auto* log = signal_->log.load()) signal_->loop.post(signal_->wake_task(log));
}

}  // namespace sallyport::telemetry
