#pragma once
// One direction of a Link, for .cpp files of this room only: a bounded buffer between the library's end of the
// pair and the network's stream.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::net {

class PumpBuffer {
 public:
  [[nodiscard]] std::span<const std::uint8_t> filled() const {
    return std::span(octets_).subspan(begin_, end_ - begin_);
  }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::span<std::uint8_t> space() {
    if (empty()) begin_ = end_ = 0;
    return std::span(octets_).subspan(end_);
  }
  void fill(std::size_t count) { end_ += count; }
  void take(std::size_t count) { begin_ += count; }

 private:
  std::array<std::uint8_t, 16384> octets_{};
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace sallyport::net
