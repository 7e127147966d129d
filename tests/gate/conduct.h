#pragma once
// What a gate does to the connections through it, as a value. A line of words is a whole conduct: what it does
// not name is as ever. A new fault begins here, with its word; connection.cpp and stream.cpp heed it.
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace sallyport::gate {

using Clock = std::chrono::steady_clock;

enum class Door {
  open,
  silent,   // takes connections and lets nothing through, old and new ones alike
  refused,  // takes no new ones
  reset,    // ends all with an RST
};

struct Conduct {
  Door door = Door::open;
  std::chrono::milliseconds delay{0};  // of what the target answers
  std::chrono::milliseconds late{0};   // the same, but for its first turn: a TLS handshake's
  std::size_t drip = 0;                // octets a second in which it comes; 0: as it came
};

// `pass`, or of `silent`, `refuse`, `reset`, `delay MILLISECONDS`, `late MILLISECONDS` and `drip
// OCTETS-A-SECOND` those that are wanted.
std::optional<Conduct> conduct_of(const std::string& line);

}  // namespace sallyport::gate
