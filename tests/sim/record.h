#pragma once
// Stands for the continuity record: lines are flushed together, a flush takes time, and it can fail.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chance.h"
#include "timeline.h"

namespace sallyport::sim {

class Record {
 public:
  using Done = std::move_only_function<void(bool)>;
  Record(Loop& loop, Chance chance, std::function<void(const std::string&)> line_is_durable)
      : loop_(loop), chance_(chance), line_is_durable_(std::move(line_is_durable)) {}

  void write(std::string line, Done done) {
    waiting_.emplace_back(std::move(line), std::move(done));
    if (!is_flushing_) flush();
  }
  void becomes(bool failing, base::Duration flush_takes) {
    is_failing_ = failing;
    flush_takes_ = flush_takes;
  }

 private:
  void flush() {
    is_flushing_ = true;
    const auto takes = chance_.answer_time(flush_takes_);
    loop_.at(loop_.now().steady + takes, [this, lines = std::exchange(waiting_, {})]() mutable {
      is_flushing_ = false;
      const bool is_durable = !is_failing_;
      for (auto& [line, done] : lines) {
        if (is_durable) line_is_durable_(line);
        done(is_durable);
      }
      if (!waiting_.empty()) flush();
    });
  }

  Loop& loop_;
  Chance chance_;
  std::function<void(const std::string&)> line_is_durable_;
  std::vector<std::pair<std::string, Done>> waiting_;
  bool is_flushing_ = false, is_failing_ = false;
  base::Duration flush_takes_ = std::chrono::milliseconds(4);
};

}  // namespace sallyport::sim
