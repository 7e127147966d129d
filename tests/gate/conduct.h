#pragma once
// What a gate does to what goes through it, as a value. A line of words is a whole conduct: what it does not
// name is as ever. A new fault begins here, with its word; connection.cpp, stream.cpp and datagrams.cpp heed
// it.
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace sallyport::gate {

using Clock = std::chrono::steady_clock;

enum class End { client, target };

enum class Door {
  open,
  silent,   // takes connections and lets nothing through, old and new ones alike
  refused,  // takes no new ones
  reset,    // ends all with an RST
};

enum class Ending { reset, close, half_close };

// Where in its life a connection breaks. A turn begins when an end speaks after the other did: of TLS 1.3 the
// client's first is the handshake, its second the first request; the target's second brings the answer. The
// turn's octets are not passed. A connection that is further already breaks at the next turn of that end.
struct Break {
  End end = End::target;
  int turn = 0;                        // counted from 1; 0: nowhere
  std::chrono::milliseconds after{0};  // the beginning of the turn
  Ending how = Ending::reset;          // half_close: the other end is told that this one has ended
};

struct Conduct {
  Door door = Door::open;
  std::chrono::milliseconds delay{0};   // of what the target answers
  std::chrono::milliseconds jitter{0};  // more of it, by lot; connections keep their order, datagrams do not
  std::chrono::milliseconds late{0};    // the same, but for its first turn: a TLS handshake's
  std::size_t drip = 0;                 // octets a second in which it comes; 0: as it came
  std::size_t truncate = 0;             // octets of the target after which a connection ends; 0: never
  std::size_t corrupt = 0;              // of so many octets of the target one is changed; 0: none
  Break breaks;
  // Of datagrams, out of a hundred:
  unsigned drop = 0;          // on the way to the target
  unsigned drop_answers = 0;  // on the way back
  unsigned duplicate = 0;     // either way
  unsigned reorder = 0;       // either way: kept back for a moment, so that later ones overtake them
};

// `pass`, or those that are wanted of: `silent`, `refuse`, `reset`; `delay MILLISECONDS`, `jitter
// MILLISECONDS`, `late MILLISECONDS`, `drip OCTETS-A-SECOND`, `truncate OCTETS`, `corrupt OCTETS`; `break
// client|target TURN`, `after MILLISECONDS`, `by reset|close|half_close`; `drop`, `drop_answers`, `duplicate`,
// `reorder PERCENT`.
std::optional<Conduct> conduct_of(const std::string& line);

}  // namespace sallyport::gate
