#pragma once
// Armed timers of one loop, earliest first; those due at the same time in the order of arming. A binary heap
// whose entries know their place, so that cancelling leaves nothing behind.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/loop.h"

namespace sallyport::net {

class TimerHeap {
 public:
  struct Entry {
    static constexpr std::size_t unarmed = ~std::size_t{0};
    base::SteadyTime due{};
    std::uint64_t sequence = 0;
    std::size_t place = unarmed;
    Task task;
  };

  void add(Entry&, base::SteadyTime due, Task);
  void remove(Entry&);  // does nothing when it is not armed
  [[nodiscard]] std::optional<base::SteadyTime> earliest() const;
  // The task of the earliest entry that is due, which is unarmed by that; empty when none is.
  Task take_due(base::SteadyTime now);
  void abandon();  // the loop goes before its timers

 private:
  [[nodiscard]] static bool before(const Entry& a, const Entry& b);
  void put(std::size_t place, Entry*);
  void rise(std::size_t place);
  void sink(std::size_t place);

  std::vector<Entry*> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace sallyport::net
