#include "crypto/keyed_hash.h"

#include <bit>

#include "crypto/random.h"

namespace sallyport::crypto {
namespace {

std::uint64_t little_endian(base::ByteView octets) {  // at most 8
  std::uint64_t value = 0;
  for (std::size_t i = octets.size(); i-- > 0;) value = value << 8U | octets[i];
  return value;
}

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

KeyedHash::KeyedHash(const Key& key)
    : k0_(little_endian(base::ByteView(key).first(8))), k1_(little_endian(base::ByteView(key).last(8))) {}

KeyedHash KeyedHash::with_random_key() {
  Key key;
  fill_random(key);
  return KeyedHash(key);
}

std::uint64_t KeyedHash::operator()(base::ByteView octets) const {
  State s{k0_ ^ 0x736f6d6570736575U, k1_ ^ 0x646f72616e646f6dU, k0_ ^ 0x6c7967656e657261U,
          k1_ ^ 0x7465646279746573U};
  auto rest = octets;
  for (; rest.size() >= 8; rest = rest.subspan(8)) s.absorb(little_endian(rest.first(8)));
  s.absorb(static_cast<std::uint64_t>(octets.size()) << 56U | little_endian(rest));
  s.v2 ^= 0xffU;
  for (int i = 0; i < 4; ++i) s.round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

}  // namespace sallyport::crypto
