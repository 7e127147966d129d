#include "crypto/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <limits>
#include <string_view>

#include "base/invariant.h"

namespace sallyport::crypto {

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
    fill_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
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
    fill_random(drawn);
    for (const auto octet : drawn) {
      if (octet < rounds_end && text.size() < length) text.push_back(alphabet[octet % alphabet.size()]);
    }
  }
  return text;
}

}  // namespace sallyport::crypto
