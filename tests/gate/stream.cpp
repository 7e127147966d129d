#include "stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace sallyport::gate {
namespace {

bool only_for_now() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool Stream::take_from(int descriptor, Clock::time_point leaves, const Damage& damage) {
  static std::array<char, 64 * 1024> buffer;
  const auto got = recv(descriptor, buffer.data(), buffer.size(), 0);
  if (got < 0) return only_for_now();
  auto size = static_cast<std::size_t>(got);
  if (damage.corrupt > 0)
    for (auto at = damage.corrupt - 1 - taken_ % damage.corrupt; at < size; at += damage.corrupt)
      buffer[at] = static_cast<char>(buffer[at] ^ 0x10);
  const bool ends = size == 0 || (damage.truncate > 0 && taken_ + size >= damage.truncate);
  if (ends && size > 0) size = damage.truncate > taken_ ? damage.truncate - taken_ : 0;
  taken_ += size;
  held_ += size;
  if (size > 0)
    pieces_.push_back({leaves, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)}});
  if (ends) end_here(leaves);
  return true;
}

void Stream::end_here(Clock::time_point now) {
  if (std::exchange(end_taken_, true)) return;
  pieces_.push_back({now, {}});
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
