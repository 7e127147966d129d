#include "crypto/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string_view>

#include "base/invariant.h"
#include "base/secret.h"

namespace sallyport::crypto {
namespace {

// The kernel's randomness by the block: a login draws several small numbers, and each would cost a system call.
// What was drawn is wiped at once, so that memory read later tells nothing about it.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() { base::wipe(octets_); }

  void draw(std::span<std::uint8_t> out) {
    while (!out.empty()) {
      if (left_ == 0) {
        fill_random(octets_);
        left_ = octets_.size();
      }
      const auto count = std::min(out.size(), left_);
      const auto drawn = std::span(octets_).subspan(octets_.size() - left_, count);
      std::ranges::copy(drawn, out.begin());
      base::wipe(drawn);
      left_ -= count;
      out = out.subspan(count);
    }
  }

 private:
  std::array<std::uint8_t, 1024> octets_{};
  std::size_t left_ = 0;
};

void draw(std::span<std::uint8_t> out) {
  thread_local Store store;
  store.draw(out);
}

}  // namespace

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    SALLYPORT_INVARIANT(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

base::Bytes random_bytes(std::size_t count) {
  base::Bytes octets(count);
  fill_random(octets);
  return octets;
}

std::uint64_t random_below(std::uint64_t bound) {
  SALLYPORT_INVARIANT(bound != 0);
  // Values from the incomplete last round of `bound` are drawn again, so that no remainder is favoured.
  const auto rounds_end = std::numeric_limits<std::uint64_t>::max() / bound * bound;
  for (;;) {
    std::uint64_t value = 0;
    draw({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    if (value < rounds_end) return value % bound;
  }
}

std::string random_base62(std::size_t length) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr unsigned rounds_end = 256 / 62 * 62;
  std::string text;
  text.reserve(length);
  std::array<std::uint8_t, 64> drawn;
  while (text.size() < length) {
    const auto some = std::span(drawn).first(std::min(drawn.size(), length - text.size()));
    draw(some);
    for (const auto octet : some) {
      if (octet < rounds_end) text.push_back(alphabet[octet % alphabet.size()]);
    }
  }
  base::wipe(drawn);
  return text;
}

}  // namespace sallyport::crypto
