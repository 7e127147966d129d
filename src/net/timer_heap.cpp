#include "net/timer_heap.h"

#include "base/invariant.h"

namespace sallyport::net {

bool TimerHeap::before(const Entry& a, const Entry& b) {
  return a.due != b.due ? a.due < b.due : a.sequence < b.sequence;
}

void TimerHeap::put(std::size_t place, Entry* entry) {
  heap_[place] = entry;
  entry->place = place;
}

void TimerHeap::rise(std::size_t place) {
  Entry* const entry = heap_[place];
  while (place > 0) {
    const auto parent = (place - 1) / 2;
    if (!before(*entry, *heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void TimerHeap::sink(std::size_t place) {
  Entry* const entry = heap_[place];
  for (;;) {
    auto child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], *entry)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

void TimerHeap::add(Entry& entry, base::SteadyTime due, Task task) {
  remove(entry);
  entry.due = due;
  entry.sequence = next_sequence_++;
  entry.task = std::move(task);
  heap_.push_back(&entry);
  rise(heap_.size() - 1);
}

void TimerHeap::remove(Entry& entry) {
  const auto place = entry.place;
  if (place == Entry::unarmed) return;
  SALLYPORT_INVARIANT(place < heap_.size() && heap_[place] == &entry);
  Entry* const last = heap_.back();
  heap_.pop_back();
  entry.place = Entry::unarmed;
  if (last != &entry) {
    put(place, last);
    rise(place);
    sink(last->place);
  }
  // What the task holds may own the timer itself: it goes last, when nothing here is touched any more.
  const Task withdrawn = std::move(entry.task);
  entry.task = nullptr;
}

std::optional<base::SteadyTime> TimerHeap::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front()->due;
}

Task TimerHeap::take_due(base::SteadyTime now) {
  if (heap_.empty() || heap_.front()->due > now) return {};
  Entry& entry = *heap_.front();
  Task task = std::move(entry.task);
  entry.task = nullptr;
  remove(entry);
  return task;
}

void TimerHeap::abandon() {
  while (!heap_.empty()) remove(*heap_.back());
}

}  // namespace sallyport::net
