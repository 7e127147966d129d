// In place of crypto/random.cpp, which the linker then leaves in its archive: what the gateway draws comes from
// the run's seed.
#include <algorithm>
#include <string_view>

#include "chance.h"
#include "crypto/random.h"

namespace sallyport {
namespace {

sim::Chance& kernel() {
  thread_local sim::Chance chance(1);
  return chance;
}

}  // namespace

void sim::seed_kernel_randomness(std::uint64_t seed) { kernel() = Chance(seed); }

namespace crypto {

void fill_random(std::span<std::uint8_t> out) {
  for (auto& octet : out) octet = static_cast<std::uint8_t>(kernel().draw());
}

base::Bytes random_bytes(std::size_t count) {
  base::Bytes out(count);
  fill_random(out);
  return out;
}

std::uint64_t random_below(std::uint64_t bound) { return kernel().below(bound); }

std::string random_base62(std::size_t length) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string out(length, '0');
  for (auto& letter : out) letter = alphabet[kernel().below(alphabet.size())];
  return out;
}

}  // namespace crypto
}  // namespace sallyport
