#pragma once
// Counters, gauges and histograms that a worker writes without a lock (relaxed atomics of its own) and a scrape
// merges. Text format 0.0.4 of Prometheus.
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sallyport::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Histogram {  // of seconds; bounds 0.5 ms ... 30 s
 public:
  static constexpr std::array<double, 15> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                 0.25,   0.5,   1,      2.5,   5,    10,    30};
  void observe(base::Duration);
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum_seconds() const {
    return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9;
  }

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

// Making a metric takes a lock: at start and reload, not on the path of a login. Asking twice for the same name
// and labels gives two instances (one a worker), which the text shows as their sum.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  std::shared_ptr<Counter> counter(std::string_view name, std::string_view help, Labels = {});
  std::shared_ptr<Histogram> histogram(std::string_view name, std::string_view help, Labels = {});
  // Read at each scrape, from the scrape's thread; lives as long as the returned token.
  std::shared_ptr<void> gauge(std::string_view name, std::string_view help, Labels, std::function<double()>);
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sallyport::telemetry
