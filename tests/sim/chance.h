#pragma once
// All that is left to chance in a run, drawn from its seed (SplitMix64, Steele, Lea and Flood 2014): the same
// seed gives the same run.
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace sallyport::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t draw() {
    state_ += 0x9E3779B97F4A7C15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(draw() % bound); }
  double share() { return static_cast<double>(draw() >> 11U) * 0x1.0p-53; }  // from 0 to 1
  bool happens(double probability) { return share() < probability; }
  base::Duration between(base::Duration least, base::Duration most) {
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + base::Duration(static_cast<std::int64_t>(draw() % width));
  }
  // Mostly short, now and then much longer.
  base::Duration answer_time(base::Duration usual) {
    const double factor = 0.4 + share() + (happens(0.03) ? 4 * share() : 0);
    return base::Duration(static_cast<std::int64_t>(static_cast<double>(usual.count()) * factor));
  }
  Chance branch() { return Chance(draw()); }

 private:
  std::uint64_t state_;
};

// In place of the kernel's randomness (crypto/random.h), for this thread.
void seed_kernel_randomness(std::uint64_t seed);

}  // namespace sallyport::sim
