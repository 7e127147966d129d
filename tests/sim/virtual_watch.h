#pragma once
// Stands for server::ContinuityWatch: the same turns, probes and words around the real continuity::Monitor.
#include <array>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "continuity/monitor.h"
#include "virtual_channel.h"

namespace sallyport::sim {

class VirtualWatch {
 public:
  struct Word {  // to the workers
    continuity::Snapshot snapshot;
    base::SteadyTime published;
  };
  struct Place {
    Loop& loop;
    Oracle& oracle;
    std::unique_ptr<VirtualChannel> channel;
    continuity::Rules rules;
    bool is_armed = true;
    std::function<void(const Word&)> tell_workers;
    // Of the logins that wait, as the oracle sees it, and that began then or later.
    std::function<std::optional<base::SteadyTime>(base::SteadyTime)> oldest_waiting;
  };
  VirtualWatch(Place place, Chance chance);

  void begin();
  // From a worker; `seen` is what the oracle saw of the same exchanges.
  void report(std::vector<continuity::LoginEnd> ends, std::vector<ExchangeSeen> seen);
  void unanswered(base::SteadyTime began);
  [[nodiscard]] continuity::State state() const { return monitor_.state(); }
  [[nodiscard]] std::size_t probes_running() const { return running_[0] + running_[1]; }

 private:
  struct Running {
    Running(continuity::Probe p, base::SteadyTime b, Loop& loop) : probe(p), began(b), limit(loop) {}
    continuity::Probe probe;
    base::SteadyTime began;
    bool was_unfinished = false;
    Alarm limit;
  };
  void turn();
  void note_who_waits(std::initializer_list<base::SteadyTime> since);
  std::optional<base::SteadyTime> waits_since();
  void begin_probe(continuity::Probe);
  void ended(const std::shared_ptr<Running>&, cloud::Evidence);
  void observe(const continuity::Probed&);
  void take_changes();
  void after();

  Place place_;
  Chance chance_;
  continuity::Monitor monitor_;
  std::array<std::size_t, continuity::probes> running_{};
  base::SteadyTime published_{};
  std::vector<base::SteadyTime> unanswered_since_;
  std::vector<base::SteadyTime> waited_;  // the oldest at each of these
  bool unanswered_is_posted_ = false, has_changed_ = false;
  Alarm turn_;
};

}  // namespace sallyport::sim
