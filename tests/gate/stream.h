#pragma once
// One direction of a connection: what was read and waits until it may leave, in order. The end of the stream is
// such a piece too, so that a half-closed connection stays one behind the gate. Bounded: at the limit nothing
// more is read.
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "conduct.h"

namespace sallyport::gate {

struct Damage {              // to what is read
  std::size_t truncate = 0;  // the stream ends after so many octets; 0: with its source
  std::size_t corrupt = 0;   // the last of each so many octets has a bit flipped; 0: none
};

class Stream {
 public:
  static constexpr std::size_t limit = 256 * 1024;  // octets held; one read may go beyond

  // False, of both: the connection is broken.
  bool take_from(int descriptor, Clock::time_point leaves, const Damage&);
  bool pass_to(int descriptor, Clock::time_point now, std::size_t drip);
  void hold() { held_back_ = true; }     // reads no more
  void end_here(Clock::time_point now);  // as if the source had ended

  [[nodiscard]] bool wants_more() const { return !end_taken_ && !held_back_ && held_ < limit; }
  [[nodiscard]] bool is_held_back() const { return held_back_ || end_taken_; }
  [[nodiscard]] bool is_blocked() const { return blocked_; }  // the receiver takes no more at present
  [[nodiscard]] bool has_ended() const { return end_passed_; }
  [[nodiscard]] std::optional<Clock::time_point> next() const;  // when something may leave

 private:
  struct Piece {
    Clock::time_point leaves;
    std::vector<char> octets;  // none: the end
    std::size_t passed = 0;
  };
  std::deque<Piece> pieces_;
  std::size_t held_ = 0, taken_ = 0;
  Clock::time_point next_drop_{};
  bool end_taken_ = false, end_passed_ = false, blocked_ = false, held_back_ = false;
};

}  // namespace sallyport::gate
