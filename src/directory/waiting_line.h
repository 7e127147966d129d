#pragma once
// What waits for its turn at one directory, each for a login: bounded, and those whose login is over give way.
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace sallyport::directory {

inline constexpr std::size_t most_waiting = 16384;

template <class Task>  // with a `question`
class WaitingLine {
 public:
  explicit WaitingLine(std::size_t limit = most_waiting) : limit_(limit) {}

  // False: the line is full, and the task is still the caller's.
  bool push(Task& task) {
    if (tasks_.size() >= limit_ && (refused_++ % sweep_each != 0 || !sweep())) return false;
    tasks_.push_back(std::move(task));
    return true;
  }
  std::optional<Task> pop() {
    while (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      if (!task.question->over) return task;
    }
    return std::nullopt;
  }
  std::deque<Task> take_all() { return std::exchange(tasks_, {}); }
  [[nodiscard]] bool empty() const { return tasks_.empty(); }
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }

 private:
  // Looking through a full line costs more than a refusal: not done for each.
  static constexpr std::size_t sweep_each = 256;
  bool sweep() {
    std::erase_if(tasks_, [](const Task& task) { return task.question->over; });
    return tasks_.size() < limit_;
  }

  std::size_t limit_, refused_ = 0;
  std::deque<Task> tasks_;
};

}  // namespace sallyport::directory
