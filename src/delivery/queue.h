#pragma once
// Which delivery is tried when: a value with time as an argument. One queue a channel.
//
//   add ──▶ waiting ──▶ under way ──▶ delivered, or refused by the receiver
//              ▲            │ failed
//              └── pause ◀──┘         waiting and out of life: dropped; waiting, and something newer of the
//                                     same kind, user and destination was delivered: overtaken (codes only)
//
// Bounded: when it is full, what is out of life goes, and then what would be first.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "delivery/parcel.h"

namespace sallyport::delivery {

enum class Ended { delivered, failed, refused };
enum class Why { expired, full, overtaken, refused };

// How long to wait after the `failures`th failure: `first`, twice that, and so on up to `most`.
base::Duration pause_after(int failures, base::Duration first, base::Duration most);

class Queue {
 public:
  struct Limits {
    std::size_t held = 10'000;  // waiting and under way
    std::size_t at_once = 8;
    base::Duration retry_first = std::chrono::seconds(1), retry_most = std::chrono::seconds(30);
  };
  using Ticket = std::uint64_t;
  struct Attempt {
    Ticket ticket;
    ParcelPointer parcel;
    int number;  // from 1
  };
  struct Dropped {
    ParcelPointer parcel;
    Why why;
    int attempts;  // that were made
  };
  struct Turn {
    std::vector<Attempt> begin;  // now; `ended` is owed for each
    std::vector<Dropped> dropped;
  };
  explicit Queue(Limits limits) : limits_(limits) {}

  std::vector<Dropped> add(ParcelPointer, base::SteadyTime now);
  Turn advance(base::SteadyTime now);
  std::vector<Dropped> ended(Ticket, Ended, base::SteadyTime now);
  [[nodiscard]] std::optional<base::SteadyTime> wake() const;  // when `advance` has something to do next

  [[nodiscard]] std::size_t held() const { return entries_.size(); }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }

 private:
  struct Entry {
    ParcelPointer parcel;
    std::string line;
    base::SteadyTime due;
    int attempts = 0;
  };
  struct Line {  // of one kind, user and destination
    std::set<Ticket> waiting;
    bool busy = false;
  };
  using Times = std::set<std::pair<base::SteadyTime, Ticket>>;

  void wait(Ticket);
  void leave(Ticket);  // what it waits in
  void begin(Ticket, Turn&);
  void set_busy(const std::string& line, bool);
  void drop(Ticket, Why, std::vector<Dropped>&);
  void expire(base::SteadyTime now, std::vector<Dropped>&);

  Limits limits_;
  Ticket next_ = 0;
  std::size_t under_way_ = 0;
  std::map<Ticket, Entry> entries_;
  std::unordered_map<std::string, Line> lines_;
  Times ready_;    // waiting, and their line is free
  Times expires_;  // waiting
};

}  // namespace sallyport::delivery
