#include "stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sallyport::gate {
namespace {

bool only_for_now() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool Stream::take_from(int descriptor, Clock::time_point leaves) {
  static std::array<char, 64 * 1024> buffer;
  const auto size = recv(descriptor, buffer.data(), buffer.size(), 0);
  if (size < 0) return only_for_now();
  end_taken_ = size == 0;
  held_ += static_cast<std::size_t>(size);
  pieces_.push_back({leaves, {buffer.begin(), buffer.begin() + size}});
  return true;
}

bool Stream::pass_to(int descriptor, Clock::time_point now, std::size_t drip) {
  blocked_ = false;
  if (drip == 0) next_drop_ = {};
  while (!pieces_.empty() && *next() <= now) {
    auto& piece = pieces_.front();
    const auto left = piece.octets.size() - piece.passed;
    if (left > 0) {
      const auto size = send(descriptor, piece.octets.data() + piece.passed, drip > 0 ? 1 : left, MSG_NOSIGNAL);
      if (size < 0) return blocked_ = only_for_now();
      piece.passed += static_cast<std::size_t>(size);
      held_ -= static_cast<std::size_t>(size);
      if (drip > 0) next_drop_ = now + std::chrono::nanoseconds(std::chrono::seconds(1)) / drip;
      if (piece.passed < piece.octets.size()) continue;
    } else {
      shutdown(descriptor, SHUT_WR);
      end_passed_ = true;
    }
    pieces_.pop_front();
  }
  return true;
}

std::optional<Clock::time_point> Stream::next() const {
  if (pieces_.empty()) return std::nullopt;
  return std::max(pieces_.front().leaves, next_drop_);
}

}  // namespace sallyport::gate
