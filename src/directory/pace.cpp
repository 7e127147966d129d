#include "directory/pace.h"

#include <algorithm>
#include <utility>

namespace sallyport::directory {
namespace {

constexpr base::Duration step = std::chrono::milliseconds(4), longest_step = std::chrono::milliseconds(40);
constexpr double least_rate = 250;  // a second

double seconds(base::Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void Pace::go_on(base::SteadyTime deadline, net::Task task) {
  if (line_.empty()) {
    last_turn_ = loop_.now().steady;
    due_ = 1;
  }
  line_.push_back({deadline, std::move(task)});
  if (!timer_.armed()) arm();
}

void Pace::arm() {
  timer_.after(step, [this] { turn(); });
}

void Pace::turn() {
  const auto now = loop_.now().steady;
  const auto passed = std::min(now - std::exchange(last_turn_, now), longest_step);
  const auto left = std::max<base::Duration>((line_.front().deadline - now) / 2, step);
  due_ += seconds(passed) * std::max(least_rate, static_cast<double>(line_.size()) / seconds(left));
  const std::weak_ptr alive = alive_;
  for (; due_ >= 1 && !line_.empty(); --due_) {
    auto task = std::move(line_.front().task);
    line_.pop_front();
    task();
    if (alive.expired()) return;
  }
  if (!line_.empty()) arm();
}

}  // namespace sallyport::directory
